/** PutParameter: a new parameter, or a new version of one that is there. */
import type { Handler, Input, ServiceContext } from "../../../service.ts";
import { encrypt, keyFor } from "../cipher.ts";
import { invalid, refuse } from "../errors.ts";
import { tellChange } from "../events.ts";
import { nameToWrite } from "../names.ts";
import { checkPattern } from "../pattern.ts";
import { carriedOver, parsePolicies } from "../policies.ts";
import { schedulePolicies } from "../policy-deadlines.ts";
import { checkDataType, checkValue, MOST_VERSIONS, tierFor } from "../rules.ts";
import type { Sdk } from "../sdk.ts";
import { count, counts, labelsOf, latestOf, parameters, versions, type Version } from "../state.ts";
import { checkTags, tagsOf } from "../tags.ts";

export const PutParameter: Handler<Sdk, "PutParameter"> = (context, input) => {
  const name = nameToWrite(context, input.Name);
  const before = latestOf(context, name);
  checkOverwrite(input, before);
  const tags = tagsOf(input.Tags ?? []);
  checkTags(context, tags);

  const version = nextVersion(context, name, input, before);
  if (before !== undefined) makeRoom(context, name);
  if (before?.tier !== version.tier) {
    if (before !== undefined) count(context, before.tier, -1);
    count(context, version.tier, 1);
  }
  const kept = context.table(parameters).get(name)?.tags;
  context.table(parameters).put([name], { name, version: version.version, tags: kept ?? tags });
  context.table(versions).put([name, version.version], version);
  schedulePolicies(context, name, version, before);
  tellChange(context, before === undefined ? "Create" : "Update", name, version);
  return { Version: version.version, Tier: version.tier };
};

type PutInput = Input<Sdk, "PutParameter">;

function checkOverwrite(input: PutInput, before: Version | undefined): void {
  const overwrite = input.Overwrite === true;
  if (overwrite && (input.Tags ?? []).length > 0) {
    invalid(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  if (before === undefined && input.Type === undefined) {
    invalid("A parameter type is required when you create a parameter.");
  }
  if (before !== undefined && !overwrite) {
    refuse(
      "ParameterAlreadyExists",
      "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    );
  }
}

/** What is not given stays as it was. */
function nextVersion(context: ServiceContext, name: string, input: PutInput, before: Version | undefined): Version {
  const type = input.Type ?? before?.type ?? "String";
  const dataType = input.DataType ?? before?.dataType ?? "text";
  const allowedPattern = orUndefined(input.AllowedPattern ?? before?.allowedPattern);
  const policies = input.Policies === undefined ? carriedOver(before?.policies ?? []) : parsePolicies(input.Policies);
  const secure = type === "SecureString";
  if (!secure && input.KeyId !== undefined) invalid("KeyId is required for SecureString type parameter only.");
  const keyId = secure ? keyFor(context, input.KeyId ?? before?.keyId) : undefined;
  checkValue(input.Value);
  checkDataType(dataType, type);
  const tier = tierFor({
    asked: input.Tier,
    current: before?.tier,
    value: input.Value,
    hasPolicies: policies.length > 0,
    countOf: (tier) => context.table(counts).get(tier) ?? 0,
  });
  checkPattern(allowedPattern, type, input.Value);
  return {
    version: (before?.version ?? 0) + 1,
    type,
    value: secure ? encrypt(context, name, input.Value) : input.Value,
    keyId,
    description: orUndefined(input.Description ?? before?.description),
    allowedPattern,
    tier,
    dataType,
    policies,
    modifiedAt: context.now,
    modifiedBy: context.principal.arn,
  };
}

/** An empty text takes it away. */
function orUndefined(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

/** The oldest version goes, unless somebody has put a label on it (AWS page "Working with parameter versions"). */
function makeRoom(context: ServiceContext, name: string): void {
  const table = context.table(versions);
  const latest = context.table(parameters).get(name)?.version ?? 0;
  const oldest = table.first([name])?.version ?? latest;
  if (latest - oldest + 1 < MOST_VERSIONS) return;
  if (labelsOf(context, name, oldest).length > 0) {
    refuse(
      "ParameterMaxVersionLimitExceeded",
      `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
    );
  }
  table.remove(name, oldest);
}
