/**
 * The Globals section: properties given once for all resources of a type.
 */
import { isList, isObject, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import { isTruthy } from "./property-table.ts";
import { isIntrinsic } from "./references.ts";
import { invalidResource, SamFault } from "./sam-error.ts";

/** The properties that may be global, by section. "Globals section" of the SAM specification. */
const GLOBAL_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  Function: words(`Handler Runtime CodeUri DeadLetterQueue Description MemorySize Timeout VpcConfig Environment Tags
    PropagateTags Tracing KmsKeyArn AutoPublishAlias AutoPublishAliasAllProperties Layers DeploymentPreference RolePath
    PermissionsBoundary ReservedConcurrentExecutions ProvisionedConcurrencyConfig AssumeRolePolicyDocument
    EventInvokeConfig FileSystemConfigs CodeSigningConfigArn Architectures SnapStart EphemeralStorage FunctionUrlConfig
    RuntimeManagementConfig LoggingConfig RecursiveLoop SourceKMSKeyArn TenancyConfig DurableConfig
    CapacityProviderConfig FunctionScalingConfig PublishToLatestPublished VersionDeletionPolicy`),
  Api: words(`Auth Name DefinitionUri CacheClusterEnabled CacheClusterSize MergeDefinitions Variables
    EndpointConfiguration MethodSettings BinaryMediaTypes MinimumCompressionSize Cors GatewayResponses AccessLogSetting
    CanarySetting TracingEnabled OpenApiVersion Domain AlwaysDeploy PropagateTags SecurityPolicy EndpointAccessMode`),
  HttpApi: words(`Auth AccessLogSettings StageVariables Tags CorsConfiguration DefaultRouteSettings Domain RouteSettings
    FailOnWarnings PropagateTags`),
  SimpleTable: ["SSESpecification"],
  StateMachine: ["PropagateTags"],
  LayerVersion: ["PublishLambdaVersion"],
  CapacityProvider: words(`VpcConfig OperatorRole Tags InstanceRequirements ScalingConfig KmsKeyArn PropagateTags`),
  WebSocketApi: words(`AccessLogSettings ApiKeySelectionExpression DefaultRouteSettings DisableExecuteApiEndpoint
    DisableSchemaValidation Domain FailOnWarnings IpAddressType PropagateTags RouteSelectionExpression RouteSettings
    StageVariables Tags`),
};

function words(text: string): readonly string[] {
  return text.split(/\s+/);
}

/** The global properties by resource type. */
export type Globals = ReadonlyMap<string, JsonObject>;

/** Reads a Globals section. Raises SamFault for a section or property that cannot be global. */
export function readGlobals(section: Json | undefined): Globals {
  if (section === undefined) return new Map();
  if (!isObject(section)) throw globalsFault("It must be a non-empty dictionary");
  const globals = new Map<string, JsonObject>();
  for (const [name, properties] of Object.entries(section)) {
    const supported = own(GLOBAL_PROPERTIES, name);
    if (!isList(supported)) {
      throw globalsFault(
        `'${name}' is not supported. Must be one of the following values - ${python(Object.keys(GLOBAL_PROPERTIES).sort())}`,
      );
    }
    // The original forgot to fill its placeholder in, and its words are the measure.
    if (!isObject(properties)) throw globalsFault("Value of ${section} must be a dictionary");
    const unknown = Object.keys(properties).find((key) => !supported.includes(key));
    if (unknown !== undefined) {
      throw globalsFault(
        `'${unknown}' is not a supported property of '${name}'. Must be one of the following values - ${python(supported)}`,
      );
    }
    globals.set(`AWS::Serverless::${name}`, properties);
  }
  return globals;
}

function globalsFault(message: string): SamFault {
  return new SamFault(`'Globals' section is invalid. ${message}`, "Globals", ["Globals"]);
}

/** A list as Python prints it. */
export function python(list: readonly Json[]): string {
  return `[${list.map((item) => `'${String(item)}'`).join(", ")}]`;
}

/** A resource's properties with the global ones of its type below them. Raises SamFault for a wrong IgnoreGlobals. */
export function mergeGlobals(id: string, resource: JsonObject, properties: JsonObject, globals: Globals): JsonObject {
  const type = own(resource, "Type");
  const given = typeof type === "string" ? globals.get(type) : undefined;
  if (given === undefined) return properties;
  const merged = merge(withoutIgnored(id, given, own(resource, "IgnoreGlobals")), properties);
  return isObject(merged) ? merged : properties;
}

function withoutIgnored(id: string, globals: JsonObject, ignored: Json | undefined): JsonObject {
  if (!isTruthy(ignored)) return globals;
  if (ignored === "*") return {};
  checkIgnored(id, ignored, (key) => Object.hasOwn(globals, key));
  return Object.fromEntries(Object.entries(globals).filter(([key]) => !isList(ignored) || !ignored.includes(key)));
}

/** Checks that IgnoreGlobals lists properties that are global. Raises SamFault. */
export function checkIgnored(id: string, ignored: Json, isGlobal: (key: string) => boolean): void {
  if (!isList(ignored)) throw invalidResource(id, `Resource ${id} has invalid resource attribute 'IgnoreGlobals'.`);
  const wrong = ignored.find((key) => typeof key !== "string" || !isGlobal(key));
  if (wrong === undefined) return;
  throw invalidResource(
    id,
    `Resource ${id} has invalid resource attribute 'IgnoreGlobals' on item '${String(wrong)}'.`,
  );
}

/** Lists are joined, mappings merged, all else is the local value; a function counts as a plain value. */
function merge(global: Json, local: Json): Json {
  if (isList(global) && isList(local)) return [...global, ...local];
  if (isObject(global) && isObject(local) && !isIntrinsic(global) && !isIntrinsic(local)) {
    const merged = new Map(Object.entries(global));
    for (const [key, value] of Object.entries(local)) {
      const below = merged.get(key);
      merged.set(key, below === undefined ? value : merge(below, value));
    }
    return Object.fromEntries(merged);
  }
  return local;
}
