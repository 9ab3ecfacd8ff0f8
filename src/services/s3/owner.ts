/** Canonical user ids: another name of an account, which S3 uses for owners and grantees (AWS page "Canonical user ID"). */
import { createHash } from "node:crypto";

const known = new Map<string, string>();

/** The canonical user id of an account: 64 hex digits, always the same for the same account. */
export function canonicalId(account: string): string {
  let id = known.get(account);
  if (id === undefined) {
    id = createHash("sha256").update(`canonical user of ${account}`).digest("hex");
    known.set(account, id);
  }
  return id;
}

/** S3's Owner. (AWS no longer tells display names: the page "Release notes", November 2025.) */
export function ownerOf(account: string): { ID: string } {
  return { ID: canonicalId(account) };
}
