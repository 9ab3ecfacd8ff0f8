/** The macros of an account in a region, as AWS::CloudFormation::Macro makes them. */
import { defineTable } from "../../../kernel/table.ts";

export interface MacroRow {
  readonly name: string;
  /** A Lambda function's ARN or name. */
  readonly functionName: string;
  readonly description: string | undefined;
  /** Where errors of the function are told, and as whom. */
  readonly logGroupName: string | undefined;
  readonly logRoleArn: string | undefined;
  /** Whose resource it is. */
  readonly stackId: string;
  readonly logicalId: string;
}

/** By name. */
export const macros = defineTable<MacroRow>("cloudformation.macros");
