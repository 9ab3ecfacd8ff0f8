/** Issuers' JSON Web Key Sets (RFC 7517), kept for two hours of whatever time they are told. */
import type { SetKey } from "./jwt.ts";

const KEPT_MS = 2 * 3_600_000;
/** How long a set is taken for the newest when a token names a key that is not in it. */
const FRESH_MS = 5 * 60_000;

export interface KeySets {
  /**
   * The issuer's keys; from `fetchKeys` where they are not known, are old, or lack the key of that id. `now` in epoch milliseconds. Raises
   * what `fetchKeys` raises.
   */
  of(
    issuer: string,
    keyId: string | undefined,
    now: number,
    fetchKeys: () => Promise<readonly SetKey[]>,
  ): Promise<readonly SetKey[]>;
}

export function createKeySets(): KeySets {
  const sets = new Map<string, { readonly keys: readonly SetKey[]; readonly fetchedAt: number }>();
  return {
    async of(issuer, keyId, now, fetchKeys) {
      const known = sets.get(issuer);
      const has = known?.keys.some(({ kid }) => keyId === undefined || kid === keyId) === true;
      if (known !== undefined && now - known.fetchedAt < (has ? KEPT_MS : FRESH_MS)) return known.keys;
      const keys = await fetchKeys();
      sets.set(issuer, { keys, fetchedAt: now });
      return keys;
    },
  };
}
