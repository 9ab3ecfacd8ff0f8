/** AWS::ApiGateway::RestApi. */
import { Readable } from "node:stream";
import { AwsError } from "../../../kernel/errors.ts";
import {
  asWritten,
  choice,
  document,
  flag,
  given,
  parsedDocument,
  present,
  requiredText,
  shownTags,
  structure,
  text,
  textMap,
  unlessEmpty,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import type { Progress, ResourceContext, ResourceRequest, ResourceType } from "../../../service.ts";
import { arnOf } from "../state.ts";
import { USUAL_MODELS } from "../usual-models.ts";
import { isMembers, membersOf, only, patchesBetween, propertiesOf, type Members } from "./members.ts";
import { isOwn, tagsOf, updateTags } from "./tagging.ts";
import { NOT_FOUND, unlessGone } from "./gone.ts";

export const restApi: ResourceType = {
  properties: [
    "ApiKeySourceType",
    "BinaryMediaTypes",
    "Body",
    "BodyS3Location",
    "CloneFrom",
    "Description",
    "DisableExecuteApiEndpoint",
    "EndpointConfiguration",
    "FailOnWarnings",
    "MinimumCompressionSize",
    "Mode",
    "Name",
    "Parameters",
    "Policy",
    "Tags",
  ],
  replaceOn: [],
  identifiers: ["RestApiId"],
  writeOnly: ["Body", "BodyS3Location", "CloneFrom", "FailOnWarnings", "Mode", "Parameters"],

  async create(context, request) {
    const { properties } = request;
    const earlier = request.retried ? await earlierApi(context, request) : undefined;
    const body = await bodyOf(context, properties);
    const name = text(properties, "Name") ?? (body === undefined ? requiredText(properties, "Name") : titleOf(body));
    const made =
      earlier ??
      (await context.call("apigateway", "CreateRestApi", {
        name,
        ...given("cloneFrom", text(properties, "CloneFrom")),
        tags: tagsOf(request),
      }));
    const id = made.id ?? "";
    try {
      if (body !== undefined) await put(context, id, body, properties);
      await settle(context, id, properties);
    } catch (error) {
      // An API of which a part was refused was not made.
      await unlessGone(context.call("apigateway", "DeleteRestApi", { restApiId: id }));
      throw error;
    }
    return described(context, id);
  },

  async update(context, request) {
    const { physicalId: id, properties, previousProperties } = request;
    // A document that is put overwrites what others made in the API: tags alone are no reason to.
    const isSame = withoutTags(properties) === withoutTags(previousProperties);
    const body = isSame ? undefined : await bodyOf(context, properties);
    if (body !== undefined) await put(context, id, body, properties);
    else if (!isSame && hasBody(previousProperties)) await empty(context, id, properties);
    await settle(context, id, properties);
    await updateTags(context, request, arnOf(context, `/restapis/${id}`));
    return described(context, id);
  },

  delete: (context, { physicalId: restApiId }) =>
    unlessGone(context.call("apigateway", "DeleteRestApi", { restApiId })),

  async read(context, { physicalId, properties }) {
    const found = await unlessMissing(context.call("apigateway", "GetRestApi", { restApiId: physicalId }), NOT_FOUND);
    if (found === undefined) return undefined;
    const { apiKeySource, binaryMediaTypes, description, disableExecuteApiEndpoint, endpointConfiguration } = found;
    return {
      physicalId,
      properties: present({
        ApiKeySourceType: apiKeySource,
        BinaryMediaTypes: unlessEmpty(binaryMediaTypes),
        Description: description,
        DisableExecuteApiEndpoint: disableExecuteApiEndpoint,
        EndpointConfiguration: endpointConfiguration && propertiesOf(endpointConfiguration),
        MinimumCompressionSize: found.minimumCompressionSize,
        Name: asWritten(properties["Name"], found.name, (name) => name),
        Policy: parsedDocument(found.policy),
        Tags: shownTags(found.tags),
      }),
      attributes: { RestApiId: physicalId, RootResourceId: found.rootResourceId },
    };
  },
};

async function earlierApi(context: ResourceContext, request: ResourceRequest) {
  const { items = [] } = await context.call("apigateway", "GetRestApis", { limit: 500 });
  return items.find(({ tags }) => isOwn(request, tags));
}

async function described(context: ResourceContext, id: string): Promise<Progress> {
  const { rootResourceId } = await context.call("apigateway", "GetRestApi", { restApiId: id });
  return { status: "SUCCESS", physicalId: id, attributes: { RestApiId: id, RootResourceId: rootResourceId } };
}

function withoutTags({ Tags: _, ...properties }: Properties): string {
  return JSON.stringify(properties);
}

function hasBody(properties: Properties): boolean {
  return properties["Body"] !== undefined || properties["BodyS3Location"] !== undefined;
}

/** The document, from the template or from S3. Raises ValidationError where it is not there. */
async function bodyOf(context: ResourceContext, properties: Properties): Promise<Buffer | undefined> {
  if (properties["Body"] !== undefined) return Buffer.from(document(properties, "Body"));
  const location = structure(properties, "BodyS3Location");
  if (location === undefined) return undefined;
  const { Body, ETag } = await context.call("s3", "GetObject", {
    Bucket: requiredText(location, "Bucket"),
    Key: requiredText(location, "Key"),
    ...given("VersionId", text(location, "Version")),
  });
  const expected = text(location, "ETag");
  if (expected !== undefined && expected.replaceAll('"', "") !== ETag?.replaceAll('"', "")) {
    throw new AwsError("ValidationError", "The ETag of the object that BodyS3Location names is another one");
  }
  return readAll(Body);
}

async function readAll(body: Readable | Uint8Array | string | undefined): Promise<Buffer> {
  if (body === undefined || typeof body === "string") return Buffer.from(body ?? "");
  if (!(body instanceof Readable)) return Buffer.from(body);
  const chunks: Uint8Array[] = [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object's body is bytes
  for await (const chunk of body) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

function titleOf(body: Buffer): string {
  const parsed = parsedDocument(body.toString());
  const info = isMembers(parsed) ? parsed["info"] : undefined;
  const title = isMembers(info) ? info["title"] : undefined;
  // In YAML the import itself will find it.
  return typeof title === "string" && title !== "" ? title : "imported";
}

/** A template that has no document any more: the API is as a new one. */
async function empty(context: ResourceContext, restApiId: string, properties: Properties): Promise<void> {
  const nothing = { swagger: "2.0", info: { title: text(properties, "Name") ?? "" }, paths: {} };
  await put(context, restApiId, Buffer.from(JSON.stringify(nothing)), { ...properties, Mode: "overwrite" });
  for (const model of USUAL_MODELS) await context.call("apigateway", "CreateModel", { restApiId, ...model });
}

async function put(context: ResourceContext, restApiId: string, body: Buffer, properties: Properties): Promise<void> {
  await context.call("apigateway", "PutRestApi", {
    restApiId,
    body,
    mode: choice<"merge" | "overwrite">(properties, "Mode") ?? "overwrite",
    ...given("failOnWarnings", flag(properties, "FailOnWarnings")),
    ...given("parameters", textMap(properties, "Parameters")),
  });
}

const SETTINGS = [
  "name",
  "description",
  "apiKeySource",
  "policy",
  "disableExecuteApiEndpoint",
  "minimumCompressionSize",
  "binaryMediaTypes",
  "endpointConfiguration",
];
/** What a document may say, too: where the template says nothing, it stays as the document has it. */
const OF_DOCUMENT = [
  "name",
  "description",
  "apiKeySource",
  "policy",
  "minimumCompressionSize",
  "binaryMediaTypes",
  "disableExecuteApiEndpoint",
];

/** Makes the API's settings those of the template, and AWS's own where neither template nor document says any. */
async function settle(context: ResourceContext, restApiId: string, properties: Properties): Promise<void> {
  const { ApiKeySourceType, Policy, EndpointConfiguration, ...rest } = properties;
  const types = textMap(properties, "Parameters")?.["endpointConfigurationTypes"];
  const endpoint = EndpointConfiguration ?? { Types: [types ?? "EDGE"] };
  const wanted = membersOf({
    ...rest,
    ...(ApiKeySourceType === undefined ? {} : { ApiKeySource: ApiKeySourceType }),
    ...(Policy === undefined ? {} : { Policy: document(properties, "Policy") }),
    EndpointConfiguration: endpoint,
  });
  const live: Members = { ...(await context.call("apigateway", "GetRestApi", { restApiId })) };
  const kept = hasBody(properties)
    ? only(live, OF_DOCUMENT)
    : { disableExecuteApiEndpoint: false, apiKeySource: "HEADER" };
  const { ipAddressType = "ipv4", ...configured } = isMembers(wanted["endpointConfiguration"])
    ? wanted["endpointConfiguration"]
    : {};
  const after = { ...kept, ...only(wanted, SETTINGS), endpointConfiguration: { ...configured, ipAddressType } };
  const patchOperations = typesFirst(
    patchesBetween(only(live, SETTINGS), { name: live["name"], ...after }),
    live,
    configured,
  );
  if (patchOperations.length > 0) await context.call("apigateway", "UpdateRestApi", { restApiId, patchOperations });
}

/** An endpoint has one type, which is replaced: it is not added and removed. */
function typesFirst(operations: ReturnType<typeof patchesBetween>, live: Members, wanted: Members) {
  const others = operations.filter(({ path = "" }) => !path.startsWith("/endpointConfiguration/types/"));
  const before = isMembers(live["endpointConfiguration"]) ? live["endpointConfiguration"]["types"] : undefined;
  const [old] = Array.isArray(before) ? before.map(String) : [];
  const [type] = Array.isArray(wanted["types"]) ? wanted["types"].map(String) : [];
  if (old === undefined || type === undefined || old === type) return others;
  return [{ op: "replace" as const, path: `/endpointConfiguration/types/${old}`, value: type }, ...others];
}
