/** What STS keeps: the temporary keys that it gave out. */
import { defineTable } from "../../kernel/table.ts";
import type { Principal } from "../../service.ts";

/** Temporary credentials and whom they stand for. */
export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly principal: Principal;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** Keys of the session tags that go along when this session assumes a further role. */
  readonly transitiveTagKeys: readonly string[];
}

/** [access key id], over all accounts: a request brings nothing but the id. */
export const sessions = defineTable<Session>("sts.sessions", "global");
