/** Parameter Store's verbs, each in the file of its noun. */
import { DeleteParameter, DeleteParameters } from "./operations/delete.ts";
import { DescribeParameters } from "./operations/describe.ts";
import { PutParameter } from "./operations/put-parameter.ts";
import { GetParameter, GetParameterHistory, GetParameters, GetParametersByPath } from "./operations/read.ts";

export const operations = {
  PutParameter,
  GetParameter,
  GetParameters,
  GetParametersByPath,
  GetParameterHistory,
  DescribeParameters,
  DeleteParameter,
  DeleteParameters,
};
