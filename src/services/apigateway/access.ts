/**
 * What each operation needs to be allowed: API Gateway's actions are the methods of HTTP, its resources the paths (AWS page "Actions, resources, and
 * condition keys for Amazon API Gateway Management").
 */
import type { Access } from "../../service.ts";
import type { operations } from "./operations.ts";
import type { Sdk } from "./sdk.ts";
import { arnOf } from "./state.ts";

interface Where {
  readonly account: string;
  readonly region: string;
}

type Verb = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** `path` as the operation's own, with `{member}` for what the input says. */
function on<In extends object>(verb: Verb, path: string) {
  return {
    action: `apigateway:${verb}`,
    resource: (input: In, where: Where) =>
      arnOf(
        where,
        path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(Reflect.get(input, name))),
      ),
  };
}

function onTags(verb: Verb) {
  return {
    action: `apigateway:${verb}`,
    resource: ({ resourceArn }: { readonly resourceArn: string }, where: Where) =>
      arnOf(where, `/tags/${encodeURIComponent(resourceArn)}`),
  };
}

const API = "/restapis/{restApiId}";
const DEPLOYMENT = `${API}/deployments/{deploymentId}`;
const STAGE = `${API}/stages/{stageName}`;

export const access: Access<Sdk, typeof operations> = {
  GetAccount: on("GET", "/account"),
  UpdateAccount: on("PATCH", "/account"),
  CreateRestApi: on("POST", "/restapis"),
  ImportRestApi: on("POST", "/restapis"),
  PutRestApi: on("PUT", API),
  GetRestApi: on("GET", API),
  GetRestApis: on("GET", "/restapis"),
  UpdateRestApi: on("PATCH", API),
  DeleteRestApi: on("DELETE", API),
  GetExport: on("GET", `${STAGE}/exports/{exportType}`),
  CreateDeployment: on("POST", `${API}/deployments`),
  GetDeployment: on("GET", DEPLOYMENT),
  GetDeployments: on("GET", `${API}/deployments`),
  UpdateDeployment: on("PATCH", DEPLOYMENT),
  DeleteDeployment: on("DELETE", DEPLOYMENT),
  CreateStage: on("POST", `${API}/stages`),
  GetStage: on("GET", STAGE),
  GetStages: on("GET", `${API}/stages`),
  UpdateStage: on("PATCH", STAGE),
  DeleteStage: on("DELETE", STAGE),
  TagResource: onTags("PUT"),
  UntagResource: onTags("DELETE"),
  GetTags: onTags("GET"),
  FlushStageCache: on("DELETE", `${STAGE}/cache/data`),
};
