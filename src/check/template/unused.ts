/** What a template declares and never uses: parameters, conditions and mappings. */
import { conditionName, functionCall, mentionsOf } from "../../template/intrinsics.ts";
import { isList, isObject, own } from "../../template/value.ts";
import type { Json } from "../../template/value.ts";
import { namesIn } from "./missing-sub.ts";
import type { TemplateView } from "./view.ts";

/** Warns of what nothing refers to. A template with a macro may use its things in ways that are not seen. */
export function checkUnused(view: TemplateView): void {
  const { written, document } = view;
  const used = usedNames(written.source);
  for (const name of written.parameters.keys()) {
    if (used.names.has(name)) continue;
    const message = `Parameter ${name} is not used.`;
    document.remark({ rule: "unused-parameter", severity: "warning", path: ["Parameters", name], message });
  }
  for (const name of Object.keys(written.conditions)) {
    if (used.conditions.has(name)) continue;
    const message = `Condition ${name} is not used.`;
    document.remark({ rule: "unused-condition", severity: "warning", path: ["Conditions", name], message });
  }
  for (const name of Object.keys(written.mappings)) {
    if (used.mappings.has(name) || used.anyMapping) continue;
    const message = `Mapping ${name} is not used.`;
    document.remark({ rule: "unused-mapping", severity: "warning", path: ["Mappings", name], message });
  }
}

interface UsedNames {
  readonly names: Set<string>;
  readonly conditions: Set<string>;
  readonly mappings: Set<string>;
  /** A function says which mapping is looked into. */
  anyMapping: boolean;
}

function usedNames(source: Json): UsedNames {
  const used: UsedNames = { names: new Set(), conditions: new Set(), mappings: new Set(), anyMapping: false };
  for (const { kind, name } of mentionsOf(source)) (kind === "If" ? used.conditions : used.names).add(name);
  collect(source, used);
  return used;
}

function collect(value: Json, used: UsedNames): void {
  if (typeof value === "string") {
    // A name that was meant to be put in, and one in a macro's or a policy template's own text.
    for (const name of namesIn(value)) used.names.add(name.split(".")[0] ?? name);
    return;
  }
  if (isList(value)) {
    for (const item of value) collect(item, used);
    return;
  }
  if (!isObject(value)) return;
  const condition = conditionName(value) ?? own(value, "Condition");
  if (typeof condition === "string") used.conditions.add(condition);
  const call = functionCall(value);
  if (call?.name === "Fn::FindInMap") {
    const name = isList(call.argument) ? call.argument[0] : undefined;
    if (typeof name === "string") used.mappings.add(name);
    else used.anyMapping = true;
  }
  if (call?.name === "Fn::ValueOf" || call?.name === "Fn::ValueOfAll") {
    for (const item of isList(call.argument) ? call.argument : []) if (typeof item === "string") used.names.add(item);
  }
  for (const member of Object.values(value)) collect(member, used);
}
