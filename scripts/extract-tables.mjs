/**
 * Writes dist/tables/<service>.json: what the wire knows of each service, out of the AWS SDK clients' schemas and the
 * limits in src/wire/constraints/. Runs at build time on any machine with Node; does nothing when nothing changed.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(join(root, "package.json"));
const target = join(root, "dist", "tables");

/** Our name, the SDK's package and client class; the protocols and the XML namespace that the SDK does not tell. */
const SERVICES = [
  { name: "sts", sdk: "client-sts", client: "STSClient" },
  { name: "iam", sdk: "client-iam", client: "IAMClient" },
  { name: "s3", sdk: "client-s3", client: "S3Client" },
  { name: "lambda", sdk: "client-lambda", client: "LambdaClient" },
  { name: "logs", sdk: "client-cloudwatch-logs", client: "CloudWatchLogsClient" },
  { name: "cloudwatch", sdk: "client-cloudwatch", client: "CloudWatchClient", also: ["rpcv2Cbor"] },
  { name: "cloudformation", sdk: "client-cloudformation", client: "CloudFormationClient" },
  { name: "ssm", sdk: "client-ssm", client: "SSMClient" },
  { name: "codedeploy", sdk: "client-codedeploy", client: "CodeDeployClient" },
  { name: "apigateway", sdk: "client-api-gateway", client: "APIGatewayClient" },
  { name: "apigatewayv2", sdk: "client-apigatewayv2", client: "ApiGatewayV2Client" },
  { name: "sqs", sdk: "client-sqs", client: "SQSClient", xmlNamespace: "http://queue.amazonaws.com/doc/2012-11-05/" },
];

const PROTOCOLS = {
  AwsQueryProtocol: "awsQuery",
  AwsJson1_0Protocol: "awsJson1_0",
  AwsJson1_1Protocol: "awsJson1_1",
  AwsRestJsonProtocol: "restJson1",
  AwsRestXmlProtocol: "restXml",
  S3RestXmlProtocol: "restXml",
  AwsSmithyRpcV2CborProtocol: "rpcv2Cbor",
};

/** The bits of a numeric trait indicator, lowest first (`translateTraits` in @smithy/core/schema). */
const TRAIT_BITS = [
  "httpLabel",
  "idempotent",
  "idempotencyToken",
  "sensitive",
  "httpPayload",
  "httpResponseCode",
  "httpQueryParams",
];

const TIMESTAMP_FORMATS = { 5: "date-time", 6: "http-date", 7: "epoch-seconds" };

/** The numeric schemas (`SCHEMA` in @smithy/core/schema): a list of x is 64 + x, a map to x is 128 + x. */
function simpleShape(sentinel) {
  switch (sentinel) {
    case 0:
      return { type: "string" };
    case 1:
    case 17:
    case 19:
      return { type: "number" };
    case 2:
      return { type: "boolean" };
    case 4:
      return { type: "timestamp" };
    case 5:
    case 6:
    case 7:
      return { type: "timestamp", timestampFormat: TIMESTAMP_FORMATS[sentinel] };
    case 15:
      return { type: "document" };
    case 21:
      return { type: "blob" };
    case 42:
      return { type: "blob", streaming: true };
    default:
      throw new Error(`A schema sentinel that this script does not know: ${sentinel}`);
  }
}

function traitsOf(indicator) {
  if (typeof indicator === "object" && indicator !== null) return indicator;
  return Object.fromEntries(TRAIT_BITS.filter((_, bit) => (indicator >> bit) & 1).map((name) => [name, 1]));
}

/** The pattern as JavaScript can run it, or undefined when it cannot. */
function usablePattern(pattern) {
  try {
    RegExp(`^(?:${pattern})$`, pattern.includes("\\p{") ? "u" : "");
    return { pattern };
  } catch {
    return {};
  }
}

/** Collects one service's shapes into a list in which they refer to each other by index. */
class ShapeTable {
  shapes = [];
  #byKey = new Map();
  #ids = new Map();
  #constraints;

  constructor(constraints) {
    this.#constraints = constraints;
  }

  #idOf(schema) {
    const id = this.#ids.get(schema) ?? this.#ids.size;
    this.#ids.set(schema, id);
    return id;
  }

  /** The index of a schema's shape; `name` is the same shape's name in the constraints, when it has any. */
  add(schemaOrLazy, name) {
    const schema = typeof schemaOrLazy === "function" ? schemaOrLazy() : schemaOrLazy;
    if (schema === "unit") return this.add([3, "", "Unit", 0, [], []], undefined);
    const isStructure = Array.isArray(schema) && (schema[0] === 3 || schema[0] === -3 || schema[0] === 4);
    const base = Array.isArray(schema) ? (schema[2] === "Unit" ? "unit" : `#${this.#idOf(schema)}`) : String(schema);
    const key = isStructure ? base : `${base} ${name ?? ""}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const index = this.shapes.length;
    this.#byKey.set(key, index);
    this.shapes.push(undefined);
    // Where the SDK is newer than the constraints, a structure that both know is found by its own name.
    const ownName = isStructure && this.#constraints.shapes[schema[2]]?.members ? schema[2] : undefined;
    this.shapes[index] = this.#shape(schema, name ?? ownName);
    return index;
  }

  #limits(name) {
    const { min, max, pattern, enum: values, double } = this.#constraints.shapes[name] ?? {};
    return {
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(pattern === undefined ? {} : usablePattern(pattern)),
      ...(values === undefined ? {} : { enum: values }),
      ...(double ? { double } : {}),
    };
  }

  #shape(schema, name) {
    const limits = name === undefined ? {} : this.#limits(name);
    const known = (name === undefined ? undefined : this.#constraints.shapes[name]) ?? {};
    if (typeof schema === "number") {
      if (schema >= 128)
        return {
          type: "map",
          key: this.#member(0, known.key),
          value: this.#member(schema & 63, known.value),
          ...limits,
        };
      if (schema >= 64) return { type: "list", member: this.#member(schema & 63, known.member), ...limits };
      const { double, ...rest } = limits;
      const shape = simpleShape(schema);
      return { ...shape, ...(shape.type === "number" && !double ? { integer: true } : {}), ...rest };
    }
    const [kind, , ownName, ownTraits, first, second, requiredCount = 0] = schema;
    const traits = traitsOf(ownTraits);
    switch (kind) {
      case 0: {
        const shape = this.#shape(first, name);
        if (traits.streaming) shape.streaming = true;
        if (traits.sensitive) shape.sensitive = true;
        return shape;
      }
      case 1:
        return { type: "list", name: ownName, member: this.#member(first, known.member), ...limits };
      case 2:
        return {
          type: "map",
          name: ownName,
          key: this.#member(first, known.key),
          value: this.#member(second, known.value),
          ...limits,
        };
      case 3:
      case -3:
      case 4: {
        const members = first.map((memberName, i) => ({
          name: memberName,
          ...this.#member(second[i], known.members?.[memberName]),
          ...(i < requiredCount ? { required: true } : {}),
        }));
        return {
          type: kind === 4 ? "union" : "structure",
          name: ownName,
          ...(traits.xmlName ? { xmlName: traits.xmlName } : {}),
          ...(kind === 4 && traits.streaming ? { eventStream: true } : {}),
          members,
        };
      }
      default:
        throw new Error(`A schema kind that this script does not know: ${kind} (${ownName})`);
    }
  }

  #member(reference, name) {
    const all = [];
    let schema = reference;
    while (Array.isArray(schema) && schema.length === 2) {
      all.unshift(traitsOf(schema[1]));
      schema = schema[0];
    }
    const traits = Object.assign({}, ...all);
    const binding = bindingOf(traits);
    return {
      shape: this.add(schema, name),
      ...(binding ? { binding } : {}),
      ...(traits.xmlName ? { xmlName: traits.xmlName } : {}),
      ...(traits.xmlFlattened ? { xmlFlattened: true } : {}),
      ...(traits.xmlAttribute ? { xmlAttribute: true } : {}),
      ...(traits.xmlNamespace ? { xmlNamespace: traits.xmlNamespace } : {}),
      ...(traits.jsonName ? { jsonName: traits.jsonName } : {}),
      ...(traits.idempotencyToken ? { idempotencyToken: true } : {}),
      ...(traits.hostLabel ? { hostLabel: true } : {}),
      ...(traits.eventHeader ? { eventHeader: true } : {}),
      ...(traits.eventPayload ? { eventPayload: true } : {}),
    };
  }
}

function bindingOf(traits) {
  if (traits.httpLabel) return { in: "label" };
  if (traits.httpQuery) return { in: "query", name: traits.httpQuery };
  if (traits.httpQueryParams) return { in: "queryParams" };
  if (traits.httpHeader) return { in: "header", name: traits.httpHeader };
  if (traits.httpPrefixHeaders) return { in: "prefixHeaders", prefix: traits.httpPrefixHeaders };
  if (traits.httpPayload) return { in: "payload" };
  if (traits.httpResponseCode) return { in: "responseCode" };
  return undefined;
}

function extract({ name, sdk, client: className, also = [], xmlNamespace }) {
  const sdkModule = require(`@aws-sdk/${sdk}`);
  const client = new sdkModule[className]({ region: "us-east-1" });
  const { protocol, protocolSettings, apiVersion, serviceId, httpAuthSchemeProvider } = client.config;
  const constraints = JSON.parse(readFileSync(constraintsFile(name), "utf8"));
  const own = PROTOCOLS[protocol.constructor.name];
  if (own === undefined) throw new Error(`${sdk} speaks ${protocol.constructor.name}, which the wire does not`);
  const compatible = protocolSettings.awsQueryCompatible === true;
  const schemes = httpAuthSchemeProvider({
    region: "us-east-1",
    Region: "us-east-1",
    UseFIPS: false,
    UseDualStack: false,
  });
  const table = new ShapeTable(constraints);
  const operations = {};
  const errors = {};
  for (const schema of Object.values(sdkModule)) {
    if (!Array.isArray(schema)) continue;
    const traits = traitsOf(schema[3]);
    if (schema[0] === 9) {
      const [input, output] = constraints.operations[schema[2]] ?? [];
      const [method, uri, status] = traits.http ?? [];
      operations[schema[2]] = {
        input: table.add(schema[4], input ?? undefined),
        output: table.add(schema[5], output ?? undefined),
        ...(method ? { http: { method, uri, status } } : {}),
        ...(traits.endpoint ? { hostPrefix: traits.endpoint[0] } : {}),
      };
    } else if (schema[0] === -3 && traits.error) {
      const [queryCode, queryStatus] = traits.awsQueryError ?? [];
      errors[schema[2]] = {
        status: traits.httpError ?? (traits.error === "server" ? 500 : 400),
        fault: traits.error,
        ...(queryCode ? { queryCode, queryStatus } : {}),
        shape: table.add(schema, undefined),
      };
    }
  }
  return {
    name,
    serviceId,
    signingName: schemes[0].signingProperties.name,
    apiVersion,
    protocols: [...new Set([own, ...also, ...(compatible ? ["awsQuery"] : [])])],
    targetPrefix: protocolSettings.serviceTarget,
    xmlNamespace: protocolSettings.xmlNamespace ?? xmlNamespace,
    awsQueryCompatible: compatible,
    operations,
    errors,
    shapes: table.shapes,
  };
}

function constraintsFile(name) {
  return join(root, "src", "wire", "constraints", `${name}.json`);
}

/** What the tables were made from: this script, the clients' versions and the constraints. */
function fingerprint() {
  const hash = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)));
  for (const { name, sdk } of SERVICES) {
    hash.update(readFileSync(join(root, "node_modules", "@aws-sdk", sdk, "package.json")));
    hash.update(readFileSync(constraintsFile(name)));
  }
  return hash.digest("hex");
}

const stampFile = join(target, ".stamp");
const stamp = fingerprint();
if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
  // The SDK's notice about Node versions says nothing about the tables.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  mkdirSync(target, { recursive: true });
  for (const service of SERVICES) {
    const file = join(target, `${service.name}.json`);
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(extract(service)));
    renameSync(`${file}.${process.pid}`, file);
  }
  writeFileSync(stampFile, stamp);
}
