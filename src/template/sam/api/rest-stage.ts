/**
 * The deployment and the stage of an AWS::Serverless::Api. The deployment's id changes with all that it deploys, since a
 * deployment is a snapshot that CloudFormation would not make anew by itself.
 */
import { createHash } from "node:crypto";
import type { Json, JsonObject } from "../../value.ts";
import type { TransformContext } from "../context.ts";
import { Draft, tagList } from "../draft.ts";
import { hashedId } from "../logical-id.ts";
import { Dict, dictToJson, isTrue, textOf, toJson } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { dumps, print } from "../python/print.ts";
import { ref } from "../references.ts";
import { invalidResource } from "../sam-error.ts";
import { present } from "./expect.ts";

/** The two, the deployment first. */
export function deploymentAndStage(
  apiId: string,
  properties: Dict,
  definition: Data | undefined,
  passed: JsonObject,
  context: TransformContext,
): readonly [deployment: Draft, stage: Draft] {
  const version = properties.get("OpenApiVersion");
  const digest = isTrue(definition) ? deployedDigest(apiId, properties, definition, context) : undefined;
  const deployment = new Draft(
    `${apiId}Deployment${digest?.slice(0, 10) ?? ""}`,
    "AWS::ApiGateway::Deployment",
    passed,
  ).set({
    Description: digest === undefined ? undefined : `RestApi deployment id: ${digest}`,
    RestApiId: ref(apiId),
    // A first stage that is never asked for; it stays for those who have it.
    StageName: isTrue(version) ? undefined : "Stage",
  });
  return [deployment, makeStage(apiId, properties, deployment.id, passed)];
}

function deployedDigest(apiId: string, properties: Dict, definition: Data, context: TransformContext): string {
  const parts = [print(definition)];
  const version = properties.get("OpenApiVersion");
  if (isTrue(version)) parts.push(print(version));
  const domain = properties.get("Domain");
  if (isTrue(domain)) parts.push(dumps(domain));
  const names = (context.functionNames.get(apiId) ?? []).join("");
  if (names !== "") parts.push(names);
  if (isTrue(properties.get("AlwaysDeploy"))) parts.splice(0, parts.length, String(seconds(apiId, context)));
  return createHash("sha1").update(parts.join("||"), "utf8").digest("hex");
}

function seconds(apiId: string, context: TransformContext): number {
  if (context.now !== undefined) return Math.floor(context.now / 1000);
  throw invalidResource(apiId, "Property 'AlwaysDeploy' needs to know the time of the deployment.");
}

function makeStage(apiId: string, properties: Dict, deploymentId: string, passed: JsonObject): Draft {
  const name = textOf(properties.get("StageName")) ?? "";
  const id = /^[\p{L}\p{N}]+$/u.test(name) ? `${apiId}${name}Stage` : hashedId(`${apiId}Stage`, name);
  const json = (property: string): Json | undefined => {
    const value = present(properties.get(property));
    return value === undefined ? undefined : toJson(value);
  };
  const tags = present(properties.get("Tags"));
  return new Draft(id, "AWS::ApiGateway::Stage", passed).set({
    AccessLogSetting: json("AccessLogSetting"),
    CacheClusterEnabled: json("CacheClusterEnabled"),
    CacheClusterSize: json("CacheClusterSize"),
    CanarySetting: json("CanarySetting"),
    DeploymentId: ref(deploymentId),
    RestApiId: ref(apiId),
    StageName: json("StageName"),
    Tags: tags instanceof Dict ? tagList(dictToJson(tags)) : undefined,
    TracingEnabled: json("TracingEnabled"),
    Variables: json("Variables"),
    MethodSettings: json("MethodSettings"),
  });
}
