/** Dashboards: of the account, without a region. */
import { defineTable } from "../../../kernel/table.ts";

export interface Dashboard {
  readonly name: string;
  /** JSON, as it was given. */
  readonly body: string;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

/** [name] */
export const dashboards = defineTable<Dashboard>("cloudwatch.dashboards", "account");

export function dashboardArn(account: string, name: string): string {
  return `arn:aws:cloudwatch::${account}:dashboard/${name}`;
}
