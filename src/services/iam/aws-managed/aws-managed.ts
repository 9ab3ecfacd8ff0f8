/** AWS managed policies by ARN: read when the first one is asked for, the same in every account, changed by nobody. */
import { createHash } from "node:crypto";
import { BASE32 } from "../../../kernel/random.ts";
import type { ManagedPolicy } from "../state.ts";
import { awsManagedPolicyLines } from "./policies.ts";

type Line = [
  name: string,
  path: string,
  version: string,
  created: string,
  changed: string,
  description: string,
  document: object,
];

let byArn: ReadonlyMap<string, string> | undefined;

/** One line for each ARN; only the lines that somebody asks for are parsed. */
function lines(): ReadonlyMap<string, string> {
  byArn ??= new Map(
    awsManagedPolicyLines
      .trim()
      .split("\n")
      .map((line) => {
        const [, name = "", path = ""] = /^\["([^"]+)","([^"]+)"/.exec(line) ?? [];
        return [`arn:aws:iam::aws:policy${path}${name}`, line];
      }),
  );
  return byArn;
}

/** True for an ARN in AWS's own name space, whether the policy is there or not. */
export function isAwsManagedArn(arn: string): boolean {
  return arn.startsWith("arn:aws:iam::aws:policy/");
}

/** The policy, or undefined when Seatrial does not carry it. */
export function awsManagedPolicy(arn: string): ManagedPolicy | undefined {
  const line = lines().get(arn);
  return line === undefined ? undefined : read(arn, line);
}

/** How many of AWS's policies are here. */
export function awsManagedPolicyCount(): number {
  return lines().size;
}

/** All of them, by name. */
export function* awsManagedPolicies(): Iterable<ManagedPolicy> {
  for (const [arn, line] of lines()) yield read(arn, line);
}

function read(arn: string, line: string): ManagedPolicy {
  // The lines are our own, written by extract.py.
  const parsed: Line = JSON.parse(line);
  const [name, path, version, created, changed, description, document] = parsed;
  const updateDate = Date.parse(changed);
  return {
    name,
    path,
    arn,
    id: awsId(name),
    createDate: Date.parse(created),
    updateDate,
    ...(description === "" ? {} : { description }),
    defaultVersionId: version,
    nextVersion: 0,
    versions: [{ id: version, document: JSON.stringify(document, undefined, 2), createDate: updateDate }],
    tags: [],
  };
}

/** AWS's own ids of its policies are not published with them: one that stays the same, of the same form. */
function awsId(name: string): string {
  const digest = createHash("sha256").update(name).digest();
  return `ANPAI${Array.from(digest.subarray(0, 16), (byte) => BASE32[byte % BASE32.length]).join("")}`;
}
