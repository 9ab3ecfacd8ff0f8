/** `seatrial journal`: what the cloud did, a line each. */
import type { JournalEntry } from "../kernel/journal.ts";
import { UsageError } from "../kernel/errors.ts";
import { ask } from "./control-client.ts";

export async function printJournal({ port, limit }: { port: number; limit: string }): Promise<void> {
  if (!/^[1-9]\d*$/.test(limit))
    throw new UsageError(`--limit takes a whole number of 1 or more; this is ${JSON.stringify(limit)}.`);
  const { entries } = await ask<{ entries: JournalEntry[] }>(port, "GET", `journal?limit=${limit}`);
  for (const entry of entries) console.log(line(entry));
}

function line(entry: JournalEntry): string {
  const what = `${new Date(entry.at).toISOString()}  ${entry.service} ${entry.name}`;
  const more =
    entry.error === undefined ? (entry.detail ?? entry.input ?? "") : `${entry.error.code}: ${entry.error.message}`;
  return `${what}  ${entry.principal ?? ""}  ${more}`;
}
