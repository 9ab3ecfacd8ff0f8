/** A stage as templates describe it, in AWS::ApiGateway::Stage and in a deployment's StageDescription: what UpdateStage is to be told. */
import { structures, type Properties } from "../../../resource.ts";
import type { Output, ResourceContext } from "../../../service.ts";
import { USUAL_SETTING } from "../stage-patch.ts";
import type { Sdk } from "../sdk.ts";
import { escaped, isMembers, membersOf, only, patchesBetween, propertiesOf, type Members } from "./members.ts";

type Stage = Output<Sdk, "GetStage">;

/** By the key that a method's settings have in a stage (`~1users/GET`, `*` with `*`). */
export function methodSettings(properties: Properties): Record<string, Members> {
  return Object.fromEntries(
    structures(properties, "MethodSettings").map(({ ResourcePath = "/*", HttpMethod = "*", ...rest }) => [
      `${pathKey(String(ResourcePath))}/${String(HttpMethod)}`,
      membersOf(rest),
    ]),
  );
}

/** `/*` is all; `/`, `/~1users` and `/users` name one path. */
function pathKey(path: string): string {
  const rest = path.replace(/^\//, "");
  if (rest === "*") return "*";
  return rest.startsWith("~1") ? rest : `~1${escaped(rest)}`;
}

const PATHS: Readonly<Record<string, string>> = {
  metricsEnabled: "metrics/enabled",
  loggingLevel: "logging/loglevel",
  dataTraceEnabled: "logging/dataTrace",
  throttlingBurstLimit: "throttling/burstLimit",
  throttlingRateLimit: "throttling/rateLimit",
  cachingEnabled: "caching/enabled",
  cacheTtlInSeconds: "caching/ttlInSeconds",
  cacheDataEncrypted: "caching/dataEncrypted",
};

/** Makes a stage's settings those of the template. `canary` is where the template says so itself. */
export async function settleStage(
  context: ResourceContext,
  where: { readonly restApiId: string; readonly stageName: string },
  wanted: Members,
  settings: Readonly<Record<string, Members>>,
): Promise<void> {
  const live: Stage = await context.call("apigateway", "GetStage", where);
  const names = ["description", "deploymentId", "variables", "tracingEnabled", "accessLogSettings", "canarySettings"];
  const after = { tracingEnabled: false, deploymentId: live.deploymentId, ...only(wanted, names) };
  const operations = patchesBetween(mapped(only({ ...live }, names)), mapped(after)).flatMap((operation) =>
    // Variables go one by one: there is no way to remove all of them at once.
    operation.op === "remove" && operation.path === "/variables"
      ? Object.keys(live.variables ?? {}).map((name) => ({
          op: "remove" as const,
          path: `/variables/${escaped(name)}`,
        }))
      : [operation],
  );
  for (const key of Object.keys(live.methodSettings ?? {})) {
    if (settings[key] === undefined) operations.push({ op: "remove", path: `/${key}` });
  }
  for (const [key, setting] of Object.entries(settings)) {
    const before: Members = { ...USUAL_SETTING, ...live.methodSettings?.[key] };
    const target: Members = { ...USUAL_SETTING, ...setting };
    const isNew = live.methodSettings?.[key] === undefined;
    for (const [member, path] of Object.entries(PATHS)) {
      if (
        target[member] === undefined ||
        (String(target[member]) === String(before[member]) && !(isNew && member === "metricsEnabled"))
      )
        continue;
      operations.push({ op: "replace", path: `/${key}/${path}`, value: String(target[member]) });
    }
  }
  if (operations.length > 0) await context.call("apigateway", "UpdateStage", { ...where, patchOperations: operations });
}

function mapped(members: Members): Members {
  const { canarySettings, ...rest } = members;
  return isMembers(canarySettings)
    ? { ...rest, canarySettings: { percentTraffic: 0, useStageCache: false, ...canarySettings } }
    : rest;
}

/** A stage's own members, by CloudFormation's names for them. */
export function stageMembers(properties: Properties): Members {
  const {
    AccessLogSetting,
    CanarySetting,
    MethodSettings: _,
    Tags: __,
    RestApiId: ___,
    StageName: ____,
    ...rest
  } = properties;
  return membersOf({
    ...rest,
    ...(AccessLogSetting === undefined ? {} : { AccessLogSettings: AccessLogSetting }),
    ...(CanarySetting === undefined ? {} : { CanarySettings: CanarySetting }),
  });
}

/** Live settings as the template lists them. */
export function shownSettings(stage: Stage): Record<string, unknown>[] {
  return Object.entries(stage.methodSettings ?? {}).map(([key, setting]) => {
    const at = key.lastIndexOf("/");
    const { requireAuthorizationForCacheControl: _, unauthorizedCacheControlHeaderStrategy: __, ...rest } = setting;
    return { ResourcePath: `/${key.slice(0, at)}`, HttpMethod: key.slice(at + 1), ...propertiesOf(rest) };
  });
}
