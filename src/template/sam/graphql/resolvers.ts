/**
 * The functions of a GraphQL API and the resolvers that run them one after the other.
 */
import { isList, isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import { Draft } from "../draft.ts";
import { isTruthy } from "../property-table.ts";
import { getAtt } from "../references.ts";
import { invalidResource } from "../sam-error.ts";
import { mapOf } from "./graphql-draft.ts";
import type { GraphQlApi } from "./graphql-draft.ts";

/** What a resolver without code of its own does: it passes the last function's result on. */
const PIPELINE_CODE =
  "\nexport function request(ctx) {\n    return {};\n}\n\nexport function response(ctx) {\n    return ctx.prev.result;\n}\n";

/** Functions, resolvers, and the data source of functions that need none. Raises SamFault. */
export function functionsAndResolvers(
  api: GraphQlApi,
  sources: ReadonlyMap<string, Json>,
  schemaId: string,
  attributes: JsonObject,
): readonly Draft[] {
  const ids = new Map<string, Json>();
  const none = api.draft(`${api.id}NoneDataSource`, "AWS::AppSync::DataSource");
  none.set({ ApiId: api.apiId, Name: none.id, Type: "NONE" });
  let needsNone = false;
  const functions = Object.entries(mapOf(api.properties, "Functions")).flatMap(([name, config]) => {
    const members = isObject(config) ? config : {};
    const id = own(members, "Id");
    if (isTruthy(id)) {
      if (Object.keys(members).length !== 1) {
        throw invalidResource(name, "'Id' cannot be defined with other properties in Function.");
      }
      ids.set(name, id);
      return [];
    }
    const draft = makeFunction(api, name, members, (source) => {
      if (source !== "none") return sources.get(source);
      needsNone = true;
      return getAtt(none.id, "Name");
    });
    ids.set(name, getAtt(draft.id, "FunctionId"));
    return [draft];
  });
  const resolvers = Object.entries(mapOf(api.properties, "Resolvers")).flatMap(([type, fields]) =>
    Object.entries(isObject(fields) ? fields : {}).map(([name, config]) =>
      makeResolver(api, { type, name, members: isObject(config) ? config : {} }, ids, schemaId, attributes),
    ),
  );
  return [...functions, ...resolvers, ...(needsNone ? [none] : [])];
}

function makeFunction(
  api: GraphQlApi,
  name: string,
  members: JsonObject,
  sourceName: (source: string) => Json | undefined,
): Draft {
  const [inline, uri] = [own(members, "InlineCode"), own(members, "CodeUri")];
  const given = own(members, "Name");
  if (isTruthy(inline) && isTruthy(uri)) throw bothCodes(name);
  if (!isTruthy(inline) && !isTruthy(uri)) {
    throw invalidResource(name, "One of 'InlineCode' or 'CodeUri' must be set.");
  }
  const sync = own(members, "Sync");
  return api.draft(api.id + name, "AWS::AppSync::FunctionConfiguration").set({
    ApiId: api.apiId,
    Code: isTruthy(inline) ? inline : undefined,
    CodeS3Location: isTruthy(inline) ? undefined : uri,
    DataSourceName: dataSourceName(name, own(members, "DataSource"), sourceName),
    Description: own(members, "Description"),
    MaxBatchSize: own(members, "MaxBatchSize"),
    Name: isTruthy(given) ? given : name,
    Runtime: runtimeOf(name, members),
    SyncConfig: isTruthy(sync) ? sync : undefined,
  });
}

function bothCodes(name: string): Error {
  return invalidResource(name, "Both 'InlineCode' and 'CodeUri' cannot be defined at the same time.");
}

function dataSourceName(
  name: string,
  source: Json | undefined,
  sourceName: (source: string) => Json | undefined,
): Json {
  if (!isTruthy(source)) throw invalidResource(name, "'DataSource' must be set.");
  if (typeof source !== "string") return source;
  const found = sourceName(source.toLowerCase() === "none" ? "none" : source);
  if (found !== undefined) return found;
  throw invalidResource(
    name,
    `Either define DataSource '${source}' in 'DataSources' or use intrinsic function like GetAtt, ImportValue, Sub or another one to reference a DataSource defined outside of this GraphQLApi resource.`,
  );
}

function runtimeOf(name: string, members: JsonObject): JsonObject {
  const runtime = own(members, "Runtime");
  if (!isObject(runtime)) throw invalidResource(name, `'Runtime' must be defined as a property in ${name}.`);
  return { Name: own(runtime, "Name") ?? null, RuntimeVersion: own(runtime, "Version") ?? null };
}

function makeResolver(
  api: GraphQlApi,
  { type, name, members }: { readonly type: string; readonly name: string; readonly members: JsonObject },
  ids: ReadonlyMap<string, Json>,
  schemaId: string,
  attributes: JsonObject,
): Draft {
  const [inline, uri] = [own(members, "InlineCode"), own(members, "CodeUri")];
  if (isTruthy(inline) && isTruthy(uri)) throw bothCodes(name);
  const hasCode = isTruthy(inline) || isTruthy(uri);
  const runtime = hasCode ? runtimeOf(name, members) : { Name: "APPSYNC_JS", RuntimeVersion: "1.0.0" };
  const pipeline = own(members, "Pipeline");
  if (!isTruthy(pipeline) || !isList(pipeline)) {
    throw invalidResource(
      name,
      `Resolver '${name}' must have Pipeline defined. Unit resolvers are not supported. If you need a Unit resolver you can use AppSync resource.`,
    );
  }
  const functions = pipeline.map((item) => {
    const id = ids.get(String(item));
    if (id === undefined) throw invalidResource(name, `Function '${String(item)}' does not exist.`);
    return id;
  });
  const [field, caching, batch] = [own(members, "FieldName"), own(members, "Caching"), own(members, "MaxBatchSize")];
  return new Draft(api.id + type + name, "AWS::AppSync::Resolver", attributes, [schemaId]).set({
    ApiId: api.apiId,
    CachingConfig: isTruthy(caching) ? caching : undefined,
    Code: hasCode ? inline : PIPELINE_CODE,
    CodeS3Location: uri,
    FieldName: isTruthy(field) ? field : name,
    Kind: "PIPELINE",
    MaxBatchSize: isTruthy(batch) ? batch : undefined,
    PipelineConfig: { Functions: functions },
    Runtime: runtime,
    TypeName: type,
  });
}
