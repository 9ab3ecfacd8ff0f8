/** What each operation needs to be allowed (AWS page "Actions, resources, and condition keys for AWS Systems Manager"). */
import { tryParseArn } from "../../languages/arn.ts";
import type { Access } from "../../service.ts";
import { canonical, parameterArn } from "./names.ts";
import type { operations } from "./operations.ts";
import type { Sdk } from "./sdk.ts";
import type { Owner } from "./state.ts";

/** The parameter as a whole, whatever selector stands behind its name. */
function named(given: string, where: Owner): string {
  const text = given.trim();
  const arn = text.startsWith("arn:") ? tryParseArn(text) : undefined;
  const path = arn === undefined ? text : arn.resource.replace(/^parameter/, "");
  return parameterArn(arn ?? where, canonical(path.split(":")[0] ?? ""));
}

const onName = (action: string) => ({
  action: `ssm:${action}`,
  resource: ({ Name }: { readonly Name: string }, where: Owner) => named(Name, where),
});
const onNames = (action: string) => ({
  action: `ssm:${action}`,
  resource: ({ Names }: { readonly Names: readonly string[] }, where: Owner) => Names.map((name) => named(name, where)),
});
const onTagged = (action: string) => ({
  action: `ssm:${action}`,
  // Other types than parameters are refused by the operation itself.
  resource: ({ ResourceId }: { readonly ResourceId: string }, where: Owner) => named(ResourceId, where),
});
const onArn = (action: string) => ({
  action: `ssm:${action}`,
  resource: ({ ResourceArn }: { readonly ResourceArn: string }) => ResourceArn,
});

export const access: Access<Sdk, typeof operations> = {
  PutParameter: {
    action: (input) =>
      (input.Tags ?? []).length > 0 ? ["ssm:PutParameter", "ssm:AddTagsToResource"] : "ssm:PutParameter",
    resource: (input, where) => named(input.Name, where),
  },
  GetParameter: onName("GetParameter"),
  GetParameters: onNames("GetParameters"),
  GetParametersByPath: {
    action: "ssm:GetParametersByPath",
    resource: (input, where) => parameterArn(where, input.Path.trim()),
  },
  GetParameterHistory: onName("GetParameterHistory"),
  DescribeParameters: {
    action: "ssm:DescribeParameters",
    resource: (_, { account, region }) => `arn:aws:ssm:${region}:${account}:*`,
  },
  DeleteParameter: onName("DeleteParameter"),
  DeleteParameters: onNames("DeleteParameters"),
  LabelParameterVersion: onName("LabelParameterVersion"),
  UnlabelParameterVersion: onName("UnlabelParameterVersion"),
  AddTagsToResource: onTagged("AddTagsToResource"),
  RemoveTagsFromResource: onTagged("RemoveTagsFromResource"),
  ListTagsForResource: onTagged("ListTagsForResource"),
  PutResourcePolicy: onArn("PutResourcePolicy"),
  GetResourcePolicies: onArn("GetResourcePolicies"),
  DeleteResourcePolicy: onArn("DeleteResourcePolicy"),
};
