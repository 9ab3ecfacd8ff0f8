/**
 * The names that every template may refer to ("Pseudo parameters reference").
 */
import { TemplateError } from "./template-error.ts";
import type { Json } from "./value.ts";

/** What the pseudo parameters stand for in one stack. */
export interface PseudoParameters {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly urlSuffix: string;
  readonly stackName: string;
  readonly stackId: string;
  readonly notificationArns: readonly string[];
}

/** Every name, AWS::NoValue included. */
export const PSEUDO_PARAMETERS: ReadonlySet<string> = new Set([
  "AWS::AccountId",
  "AWS::NoValue",
  "AWS::NotificationARNs",
  "AWS::Partition",
  "AWS::Region",
  "AWS::StackId",
  "AWS::StackName",
  "AWS::URLSuffix",
]);

/** The value of a pseudo parameter other than AWS::NoValue; undefined when the name is not one of them. */
export function pseudoValue(name: string, pseudo: PseudoParameters): Json | undefined {
  switch (name) {
    case "AWS::AccountId":
      return pseudo.accountId;
    case "AWS::NotificationARNs":
      return pseudo.notificationArns;
    case "AWS::Partition":
      return pseudo.partition;
    case "AWS::Region":
      return pseudo.region;
    case "AWS::StackId":
      return pseudo.stackId;
    case "AWS::StackName":
      return pseudo.stackName;
    case "AWS::URLSuffix":
      return pseudo.urlSuffix;
    default:
      if (name.startsWith("AWS::") && name !== "AWS::NoValue") {
        throw new TemplateError(`Template format error: Unrecognized pseudo parameter: ${name}`);
      }
      return undefined;
  }
}
