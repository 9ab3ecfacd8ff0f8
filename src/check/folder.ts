/** What the other files of a folder say to a template's checks. */
import { isList, isObject, own } from "../template/value.ts";
import type { CheckedDocument } from "./document.ts";

export interface Folder {
  /** The buildspec that a project names by its path. */
  buildspecAt(path: string): CheckedDocument | undefined;
  /** The functions that the hooks of the folder's AppSpecs for Lambda call. */
  readonly hooks: readonly string[];
}

/** The folder with these files. */
export function folderOf(buildspecs: readonly CheckedDocument[], appspecs: readonly CheckedDocument[]): Folder {
  return { buildspecAt: (path) => buildspecAt(buildspecs, path), hooks: appspecs.flatMap(hooksOf) };
}

/** The path counts from the source's root, which is not always the folder that is checked. */
function buildspecAt(buildspecs: readonly CheckedDocument[], path: string): CheckedDocument | undefined {
  const exact = buildspecs.find(({ file }) => file === path);
  if (exact !== undefined) return exact;
  const ending = buildspecs.filter(({ file }) => file.endsWith(`/${path}`));
  return ending.length === 1 ? ending[0] : undefined;
}

function hooksOf({ value }: CheckedDocument): readonly string[] {
  const resources = isObject(value) ? (own(value, "Resources") ?? own(value, "resources")) : undefined;
  const hooks = isObject(value) ? (own(value, "Hooks") ?? own(value, "hooks")) : undefined;
  if (!isList(resources) || !isList(hooks) || !JSON.stringify(resources).includes("AWS::Lambda::Function")) return [];
  return hooks
    .flatMap((hook) => (isObject(hook) ? Object.values(hook) : []))
    .filter((name) => typeof name === "string");
}
