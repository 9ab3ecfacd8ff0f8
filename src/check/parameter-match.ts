/** Which template a file of parameters is for: the one near it that declares most of its names. */
import type { Template } from "../template/template.ts";

export interface Candidate {
  readonly file: string;
  readonly template: Template;
}

/**
 * The template that declares all of `names`, or else at least half of them; of several, the one whose folder and name
 * are nearest to the file's. Undefined where nothing fits, or several fit alike.
 */
export function templateFor(
  file: string,
  names: readonly string[],
  candidates: readonly Candidate[],
): Candidate | undefined {
  const scored = candidates
    .map((candidate) => ({
      candidate,
      known: names.filter((name) => candidate.template.parameters.has(name)).length,
      missing: [...candidate.template.parameters].filter(
        ([name, { defaultValue }]) => defaultValue === undefined && !names.includes(name),
      ).length,
      isWhole: names.every((name) => candidate.template.parameters.has(name)),
      near: nearness(file, candidate.file),
    }))
    .filter(({ known }) => known > 0 && known * 2 >= names.length)
    .sort(
      (left, right) =>
        Number(right.isWhole) - Number(left.isWhole) ||
        right.near - left.near ||
        right.known - left.known ||
        left.missing - right.missing,
    );
  const [first, second] = scored;
  if (first === undefined) return undefined;
  const isTie =
    second !== undefined &&
    second.isWhole === first.isWhole &&
    second.near === first.near &&
    second.known === first.known &&
    second.missing === first.missing;
  return isTie ? undefined : first.candidate;
}

/** How much two paths have in common: folders first, then words of their names. */
function nearness(left: string, right: string): number {
  const [leftFolders, leftWords] = partsOf(left);
  const [rightFolders, rightWords] = partsOf(right);
  let shared = 0;
  while (shared < leftFolders.length && leftFolders[shared] === rightFolders[shared]) shared += 1;
  const apart = leftFolders.length + rightFolders.length - 2 * shared;
  const words = leftWords.filter((word) => rightWords.includes(word)).length;
  return words - apart;
}

function partsOf(path: string): readonly [readonly string[], readonly string[]] {
  const folders = path.split("/");
  const name = folders.pop() ?? "";
  const words = name
    .replace(/\.[^.]*$/, "")
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => !["template", "parameters", "params", "parameter", "config", "configuration", ""].includes(word));
  return [folders, words];
}
