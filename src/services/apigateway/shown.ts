/** What an answer shows of an entity: what was never given is not there. */

export function present<T extends object>(members: T): T {
  const said = Object.entries(members).filter(([, value]: [string, unknown]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only members that may be absent are
  return Object.fromEntries(said) as T;
}

/** The same where empty texts, lists and maps, too, are as good as nothing. */
export function withoutEmpty<T extends object>(members: T): T {
  const said = Object.entries(members).filter(([, value]: [string, unknown]) => !isEmpty(value));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return Object.fromEntries(said) as T;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === "") return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
