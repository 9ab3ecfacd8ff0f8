/** Labels of a parameter's versions (AWS page "Working with parameter labels in Parameter Store"). */
import type { Handler, ServiceContext } from "../../../service.ts";
import { notFound, refuse } from "../errors.ts";
import { tellChange } from "../events.ts";
import { nameAlone } from "../names.ts";
import type { Sdk } from "../sdk.ts";
import { noSuchVersion } from "../shown.ts";
import { labels, labelsOf, parameters, versions, type Version } from "../state.ts";

const MOST_LABELS = 10;
const LABEL = /^(?!\d|aws|ssm)[a-z0-9_.-]+$/i;

/** A label that another version has moves; those that no label can be come back. */
export const LabelParameterVersion: Handler<Sdk, "LabelParameterVersion"> = (context, input) => {
  const name = nameAlone(input.Name);
  const version = versionOf(context, name, input.ParameterVersion);
  const wanted = [...new Set(input.Labels)];
  const valid = wanted.filter((label) => LABEL.test(label));
  const had = labelsOf(context, name, version.version);
  if (new Set([...had, ...valid]).size > MOST_LABELS) {
    refuse(
      "ParameterVersionLabelLimitExceeded",
      `A parameter version can have maximum ${MOST_LABELS} labels. Move one or more labels to another version and try again.`,
    );
  }
  for (const label of valid) context.table(labels).put([name, label], version.version);
  if (valid.length > 0) tellChange(context, "LabelParameterVersion", name, version);
  return { InvalidLabels: wanted.filter((label) => !valid.includes(label)), ParameterVersion: version.version };
};

export const UnlabelParameterVersion: Handler<Sdk, "UnlabelParameterVersion"> = (context, input) => {
  const name = nameAlone(input.Name);
  const { version } = versionOf(context, name, input.ParameterVersion);
  const table = context.table(labels);
  const RemovedLabels: string[] = [];
  const InvalidLabels: string[] = [];
  for (const label of new Set(input.Labels)) {
    const attached = table.get(name, label) === version;
    if (attached) table.remove(name, label);
    (attached ? RemovedLabels : InvalidLabels).push(label);
  }
  return { RemovedLabels, InvalidLabels };
};

/** The latest unless a version is given. Raises ParameterNotFound and ParameterVersionNotFound. */
function versionOf(context: ServiceContext, name: string, given: number | undefined): Version {
  const parameter = context.table(parameters).get(name);
  if (parameter === undefined) throw notFound();
  const number = given ?? parameter.version;
  return context.table(versions).get(name, number) ?? noSuchVersion(name, number);
}
