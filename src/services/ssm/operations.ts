/** Parameter Store's verbs, each in the file of its noun. */
import { DeleteParameter, DeleteParameters } from "./operations/delete.ts";
import { DescribeParameters } from "./operations/describe.ts";
import * as labels from "./operations/labels.ts";
import { PutParameter } from "./operations/put-parameter.ts";
import * as read from "./operations/read.ts";
import * as resourcePolicies from "./operations/resource-policies.ts";
import * as tags from "./operations/tags.ts";

export const operations = {
  PutParameter,
  ...read,
  DescribeParameters,
  DeleteParameter,
  DeleteParameters,
  ...labels,
  ...tags,
  ...resourcePolicies,
};
