/** A stack instance's row as an operation takes it up: what it becomes before anything is done outside. */
import type { OverrideChange, ParameterValue, StackInstanceRow, StackSetOperationRow, Target } from "./state.ts";

/** The instance as it is when an operation is about to work on it. */
export function touched(
  { id, overrides, work }: StackSetOperationRow,
  { account, region }: Target,
  there: StackInstanceRow | undefined,
): StackInstanceRow {
  const before = there ?? {
    account,
    region,
    stackId: undefined,
    overrides: [],
    status: "OUTDATED" as const,
    detailedStatus: "PENDING" as const,
    reason: undefined,
    lastOperationId: undefined,
    driftStatus: "NOT_CHECKED" as const,
    driftCheckedAt: undefined,
  };
  if (work === "drift") return before;
  const isMade = work === "create" || work === "update";
  return {
    ...before,
    status: isMade && before.status !== "INOPERABLE" ? "OUTDATED" : before.status,
    detailedStatus: "PENDING",
    reason: undefined,
    lastOperationId: id,
    overrides: overrides === undefined ? before.overrides : overriddenBy(overrides, before.overrides),
  };
}

/** Those that are not named fall back to the set's own value. */
function overriddenBy(
  changes: readonly OverrideChange[],
  before: readonly ParameterValue[],
): readonly ParameterValue[] {
  return changes.flatMap(({ key, text }) => {
    const value = text ?? before.find((old) => old.key === key)?.text;
    return value === undefined ? [] : [{ key, text: value }];
  });
}
