/** Parameter Store's nouns and their tables. A parameter is known by its canonical name (names.ts). Times are epoch milliseconds. */
import type { ParameterType } from "@aws-sdk/client-ssm";
import { defineTable } from "../../kernel/table.ts";
import type { ServiceContext } from "../../service.ts";

/** What a parameter is kept in; Intelligent-Tiering chooses one of the two. */
export type Tier = "Standard" | "Advanced";

export interface Parameter {
  readonly name: string;
  /** The number of its latest version. */
  readonly version: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** One version, with all that PutParameter can say of it. Its labels stand in a table of their own. */
export interface Version {
  readonly version: number;
  readonly type: ParameterType;
  /** Bytes where it is a SecureString: cipher.ts. */
  readonly value: string | Uint8Array;
  readonly keyId?: string | undefined;
  readonly description?: string | undefined;
  readonly allowedPattern?: string | undefined;
  readonly tier: Tier;
  readonly dataType: string;
  readonly policies: readonly ParameterPolicy[];
  readonly modifiedAt: number;
  /** The ARN of who put it. */
  readonly modifiedBy: string;
}

/** A parameter policy as it is shown. */
export interface ParameterPolicy {
  /** JSON. */
  readonly text: string;
  readonly type: "Expiration" | "ExpirationNotification" | "NoChangeNotification";
  readonly status: "Pending" | "Finished";
}

/** What lets other accounts read a parameter. */
export interface ResourcePolicy {
  readonly id: string;
  readonly hash: string;
  readonly policy: string;
}

/** [name] */
export const parameters = defineTable<Parameter>("ssm.parameters");
/** [name, version] */
export const versions = defineTable<Version>("ssm.versions");
/** [name, label]: the version that has the label. */
export const labels = defineTable<number>("ssm.labels");
/** [name, policy id] */
export const resourcePolicies = defineTable<ResourcePolicy>("ssm.resource-policies");
/** [key id]: 32 bytes. */
export const keys = defineTable<Uint8Array>("ssm.keys");
/** [tier]: how many parameters it has. */
export const counts = defineTable<number>("ssm.counts");

/** Whose parameters are meant. */
export interface Owner {
  readonly account: string;
  readonly region: string;
}

/** The latest version of a parameter. */
export function latestOf(context: ServiceContext, name: string, owner: Owner = context): Version | undefined {
  const parameter = context.table(parameters, owner).get(name);
  return parameter && context.table(versions, owner).get(name, parameter.version);
}

/** A version's labels, in order. */
export function labelsOf(context: ServiceContext, name: string, version: number, owner: Owner = context): string[] {
  const found: string[] = [];
  for (const [[, label], labelled] of context.table(labels, owner).entries([name])) {
    if (labelled === version) found.push(String(label));
  }
  return found;
}

/** Keeps the number of a tier's parameters; inside a transaction. */
export function count(context: ServiceContext, tier: Tier, change: 1 | -1): void {
  const table = context.table(counts);
  table.put([tier], (table.get(tier) ?? 0) + change);
}
