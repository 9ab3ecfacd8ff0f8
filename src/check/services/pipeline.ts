/**
 * The structure of a pipeline, as a resource of a template and as the file of `aws codepipeline create-pipeline` ("CodePipeline pipeline
 * structure reference").
 */
import { closest } from "../../template/schema/vocabulary.ts";
import { isObject } from "../../template/value.ts";
import type { Path } from "../../template/value.ts";
import type { Remark } from "../document.ts";
import { isCall, itemsOf, literal, literalsAt, membersAt } from "../template/written.ts";
import type { Place } from "../template/written.ts";
import type { ActionConfiguration } from "./action-types.ts";
import { ACTION_TYPE_NAMES, actionType, ACTION_MODES } from "./action-types.ts";

/** Whether members are called as CloudFormation calls them (`ActionTypeId`) or as the API does (`actionTypeId`). */
export type Spelling = "template" | "api";

/** One action as far as it is written out; what a function decides is undefined. */
export interface PipelineAction {
  readonly place: Place;
  readonly name: string | undefined;
  readonly stage: string | undefined;
  readonly stageIndex: number;
  readonly runOrder: number;
  readonly category: string | undefined;
  readonly owner: string | undefined;
  readonly provider: string | undefined;
  readonly inputs: readonly Named[];
  readonly outputs: readonly Named[];
  readonly configuration: Place | undefined;
}

interface Named {
  readonly name: string | undefined;
  readonly path: Path;
}

export type Tell = (remark: Omit<Remark, "rule">) => void;

/** A pipeline's actions in the order in which they run. */
export function actionsOf(pipeline: Place, spelling: Spelling): readonly PipelineAction[] {
  const key = speller(spelling);
  return membersAt(pipeline, key("Stages")).flatMap((stages) =>
    itemsOf(stages).flatMap((stage, stageIndex) =>
      membersAt(stage, key("Actions")).flatMap((actions) =>
        itemsOf(actions)
          .filter(({ value }) => isObject(value))
          .map((place) => readAction(place, { name: literalsAt(stage, key("Name"))[0]?.text, stageIndex }, key)),
      ),
    ),
  );
}

function speller(spelling: Spelling): (name: string) => string {
  return spelling === "template" ? (name) => name : (name) => name.charAt(0).toLowerCase() + name.slice(1);
}

function readAction(
  place: Place,
  stage: { readonly name: string | undefined; readonly stageIndex: number },
  key: (name: string) => string,
): PipelineAction {
  const text = (...keys: readonly string[]): string | undefined => literalsAt(place, ...keys.map(key))[0]?.text;
  const artifacts = (list: string): readonly Named[] =>
    membersAt(place, key(list)).flatMap((found) =>
      itemsOf(found).map((item) => {
        const [name] = literalsAt(item, key("Name"));
        return { name: name?.text ?? literal(item.value), path: name?.path ?? item.path };
      }),
    );
  return {
    place,
    name: text("Name"),
    stage: stage.name,
    stageIndex: stage.stageIndex,
    runOrder: Number(text("RunOrder") ?? "1"),
    category: text("ActionTypeId", "Category"),
    owner: text("ActionTypeId", "Owner"),
    provider: text("ActionTypeId", "Provider"),
    inputs: artifacts("InputArtifacts"),
    outputs: artifacts("OutputArtifacts"),
    configuration: membersAt(place, key("Configuration"))[0],
  };
}

/** Says what CodePipeline would refuse. */
export function checkPipeline(pipeline: Place, spelling: Spelling, tell: Tell): void {
  const key = speller(spelling);
  const [stages] = membersAt(pipeline, key("Stages"));
  if (stages === undefined || isCall(stages.value)) return;
  const stageItems = itemsOf(stages);
  if (stageItems.some(({ value }) => isCall(value))) return;
  for (const { value, path } of stageItems) {
    if (isObject(value)) continue;
    tell({
      path,
      message: `A stage is an object with a name and actions; this is ${JSON.stringify(value)}.`,
      advice: `Write {${key("Name")}: …, ${key("Actions")}: [{${key("Name")}: …, ${key("ActionTypeId")}: …}]} instead.`,
    });
  }
  if (stageItems.length < 2) {
    const message = `Pipeline has only ${stageItems.length} stage(s). There should be a minimum of 2 stages in a pipeline`;
    tell({ path: stages.path, message, advice: "Write a Source stage and at least one other." });
  }
  checkUnique(
    stageItems.flatMap((stage) => literalsAt(stage, key("Name"))),
    "Stage",
    tell,
  );
  for (const stage of stageItems) checkStage(stage, key, tell);
  const actions = actionsOf(pipeline, spelling);
  checkSources(actions, tell);
  checkArtifacts(actions, tell);
  for (const action of actions) checkAction(action, key, tell);
  checkStores(pipeline, key, tell);
}

function checkStage(stage: Place, key: (name: string) => string, tell: Tell): void {
  if (!isObject(stage.value)) return;
  const [actions] = membersAt(stage, key("Actions"));
  if (actions === undefined || isCall(actions.value)) return;
  const items = itemsOf(actions);
  const name = literalsAt(stage, key("Name"))[0]?.text ?? "";
  if (items.length === 0) tell({ path: actions.path, message: `Stage ${name} has no actions.` });
  if (items.length > 50) tell({ path: actions.path, message: `Stage ${name} has more than 50 actions.` });
  checkUnique(
    items.flatMap((action) => literalsAt(action, key("Name"))),
    `In stage ${name}, action`,
    tell,
  );
}

function checkUnique(names: readonly (Place & { text: string })[], noun: string, tell: Tell): void {
  const seen = new Set<string>();
  for (const { text, path } of names) {
    if (seen.has(text)) tell({ path, message: `${noun} names must be unique; ${text} stands twice.` });
    seen.add(text);
    if (!/^[A-Za-z0-9.@\-_]{1,100}$/.test(text) && !text.includes("${")) {
      tell({
        path,
        message: `Value '${text}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+`,
      });
    }
  }
}

/** "The first stage of a pipeline must contain at least one source action", and only such; no other stage may have one. */
function checkSources(actions: readonly PipelineAction[], tell: Tell): void {
  for (const { stageIndex, category, name, stage, place } of actions) {
    if (category === undefined) continue;
    if (stageIndex === 0 && category !== "Source") {
      const message = `The first stage may contain only source actions; ${name ?? "this action"} of ${stage ?? "it"} is of category ${category}.`;
      tell({ path: place.path, message, advice: "Put it into a stage of its own behind the source stage." });
    }
    if (stageIndex > 0 && category === "Source") {
      const message = `Source actions may only be in the first stage; ${name ?? "this action"} is in ${stage ?? "another"}.`;
      tell({ path: place.path, message, advice: "Put it into the first stage." });
    }
  }
}

/** "Every input artifact for an action must match the output artifact of an action earlier in the pipeline." */
function checkArtifacts(actions: readonly PipelineAction[], tell: Tell): void {
  const made = new Map<string, PipelineAction>();
  let isOpen = false;
  for (const action of actions) {
    for (const { name, path } of action.outputs) {
      if (name === undefined) isOpen = true;
      else if (made.has(name)) {
        tell({ path, message: `Output artifact names must be unique in a pipeline; ${name} stands twice.` });
      } else made.set(name, action);
    }
  }
  if (isOpen) return;
  for (const action of actions) {
    for (const { name, path } of action.inputs) {
      if (name === undefined) continue;
      const maker = made.get(name);
      if (maker !== undefined && isBefore(maker, action)) continue;
      const near = maker === undefined ? closest(name, made.keys()) : undefined;
      const message =
        maker === undefined
          ? `Input artifact ${name} of action ${action.name ?? ""} is the output artifact of no action.`
          : `Input artifact ${name} of action ${action.name ?? ""} is made by action ${maker.name ?? ""}, which does not run before it.`;
      tell({ path, message, advice: near === undefined ? undefined : `Write ${near} instead.` });
    }
  }
}

function isBefore(left: PipelineAction, right: PipelineAction): boolean {
  return left.stageIndex < right.stageIndex || (left.stageIndex === right.stageIndex && left.runOrder < right.runOrder);
}

function checkAction(action: PipelineAction, key: (name: string) => string, tell: Tell): void {
  const { category, owner, provider, name = "", place } = action;
  if (!Number.isInteger(action.runOrder) || action.runOrder < 1 || action.runOrder > 999) {
    tell({ path: [...place.path, key("RunOrder")], message: "RunOrder is a whole number from 1 to 999." });
  }
  if (category === undefined || owner === undefined || provider === undefined) return;
  const at = [...place.path, key("ActionTypeId")];
  if (!["AWS", "ThirdParty", "Custom"].includes(owner)) {
    tell({
      path: [...at, key("Owner")],
      message: `Owner ${owner} is none.`,
      advice: "Write AWS, ThirdParty or Custom.",
    });
    return;
  }
  if (owner === "Custom") return;
  const type = actionType(category, owner, provider);
  if (type === undefined) {
    const near = closest(`${category}/${owner}/${provider}`, ACTION_TYPE_NAMES);
    tell({
      // A third party's own action may be one that is not listed.
      severity: owner === "AWS" ? "error" : "warning",
      path: at,
      message: `ActionType (Category: '${category}', Provider: '${provider}', Owner: '${owner}', Version: '1') in action '${name}' is not available`,
      advice: near === undefined ? undefined : `Write ${near.split("/").join(", ")} instead.`,
    });
    return;
  }
  checkCounts(action, "input", action.inputs.length, type.inputs, key, tell);
  checkCounts(action, "output", action.outputs.length, type.outputs, key, tell);
  if (type.configuration !== undefined) checkConfiguration(action, type.configuration, key, tell);
}

function checkCounts(
  { place, name = "" }: PipelineAction,
  kind: "input" | "output",
  count: number,
  [least, most]: readonly [number, number],
  key: (name: string) => string,
  tell: Tell,
): void {
  const list = key(kind === "input" ? "InputArtifacts" : "OutputArtifacts");
  if (membersAt(place, list).some(({ value }) => isCall(value))) return;
  if (count >= least && count <= most) return;
  const bound = count < least ? `less than the minimum count (${least})` : `more than the maximum count (${most})`;
  tell({
    path: [...place.path, list],
    message: `Action ${name} declares ${count} ${kind} artifacts which is ${bound}`,
    advice: least === most ? `Name ${least === 0 ? "none" : least}.` : `Name ${least} to ${most}.`,
  });
}

function checkConfiguration(
  action: PipelineAction,
  { required, optional }: ActionConfiguration,
  key: (name: string) => string,
  tell: Tell,
): void {
  const { configuration, place, name = "" } = action;
  const value = configuration?.value ?? {};
  if (!isObject(value) || isCall(value)) return;
  const path = configuration?.path ?? place.path;
  const [mode] = configuration === undefined ? [] : literalsAt(configuration, "ActionMode");
  const needed = [...required, ...(mode === undefined ? [] : (ACTION_MODES.get(mode.text) ?? []))];
  const known = [...required, ...optional];
  for (const wanted of needed) {
    if (Object.hasOwn(value, wanted)) continue;
    const message = `Action configuration for action '${name}' is missing required configuration '${wanted}'`;
    tell({ path, message, advice: `Write ${wanted} into ${key("Configuration")}.` });
  }
  for (const given of Object.keys(value)) {
    if (known.includes(given) || given.startsWith("Fn::")) continue;
    const near = closest(given, known) ?? known.find((other) => other.startsWith(given) || given.startsWith(other));
    const message = `Action configuration for action '${name}' contains unknown configuration '${given}'`;
    tell({
      path: [...path, given],
      message,
      advice: near === undefined ? `Take it away; ${known.join(", ")} are known.` : `Write ${near} instead.`,
    });
  }
  if (mode !== undefined && action.provider === "CloudFormation" && !ACTION_MODES.has(mode.text)) {
    const modes = [...ACTION_MODES.keys()];
    const message = `ActionMode '${mode.text}' of action '${name}' is none.`;
    tell({ path: mode.path, message, advice: `Write one of ${modes.join(", ")}.` });
  }
  checkPaths(action, tell);
}

/** `Artifact::file` in a configuration names an artifact that the action takes. */
function checkPaths({ configuration, inputs, name = "" }: PipelineAction, tell: Tell): void {
  if (configuration === undefined || inputs.some((input) => input.name === undefined)) return;
  for (const member of ["TemplatePath", "TemplateConfiguration"]) {
    for (const { text, path } of literalsAt(configuration, member)) {
      const [artifact = "", file] = text.split("::");
      if (file === undefined) {
        const message = `${member} of action '${name}' is ${JSON.stringify(text)}, which names no artifact.`;
        tell({ path, message, advice: "Write ARTIFACT::FILE instead." });
      } else if (!inputs.some((input) => input.name === artifact)) {
        const message = `${member} of action '${name}' is in artifact ${artifact}, which is none of its input artifacts.`;
        tell({ path, message, advice: `Add ${artifact} to the action's InputArtifacts.` });
      }
    }
  }
}

/** A pipeline has one artifact store, or one for each region that its actions run in. */
function checkStores({ value, path }: Place, key: (name: string) => string, tell: Tell): void {
  if (!isObject(value)) return;
  const hasOne = Object.hasOwn(value, key("ArtifactStore"));
  const hasMany = Object.hasOwn(value, key("ArtifactStores"));
  if (hasOne && hasMany) {
    const message = "A pipeline has either artifactStore or artifactStores, not both.";
    tell({ path: [...path, key("ArtifactStores")], message, advice: "Take one of them away." });
  }
  if (!hasOne && !hasMany) {
    tell({ path, message: "A pipeline needs an artifact store.", advice: `Write ${key("ArtifactStore")}.` });
  }
}
