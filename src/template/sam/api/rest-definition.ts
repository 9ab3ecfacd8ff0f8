/**
 * Works an AWS::Serverless::Api's properties into its definition: CORS, authorizers, gateway responses, models and more.
 */
import { Dict, isTrue, py27, textOf } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { Text, unicode } from "../python/text.ts";
import { invalidDocument } from "../sam-error.ts";
import { isIntrinsicData } from "./definition-editor.ts";
import { complainOf, present } from "./expect.ts";
import type { Complain } from "./expect.ts";
import { checkGatewayResponses, gatewayResponse } from "./gateway-response.ts";
import { toOpenApi3 } from "./openapi-3.ts";
import { addCustomStatements, addResourcePolicy } from "./resource-policy.ts";
import { restAuthorizers } from "./rest-authorizer.ts";
import type { RestAuthorizers } from "./rest-authorizer.ts";
import { isSwagger, SwaggerEditor } from "./swagger-editor.ts";
import { addApiKeyDefinition, addAuthorizers, setDefaultApiKey, setDefaultAuthorizer } from "./swagger-security.ts";

/** An API at work. */
export interface RestApi {
  readonly id: string;
  /** Its properties, parameters put in. */
  readonly properties: Dict;
  readonly partition: string;
  /** The original's toggle `normalized_open_api_version`. */
  readonly isVersionNormalized: boolean;
}

const CORS_KEYS = ["AllowMethods", "AllowHeaders", "AllowOrigin", "MaxAge", "AllowCredentials"];
const AUTH_KEYS = [
  "Authorizers",
  "DefaultAuthorizer",
  "InvokeRole",
  "AddDefaultAuthorizerToCorsPreflight",
  "AddApiKeyRequiredToCorsPreflight",
  "ApiKeyRequired",
  "ResourcePolicy",
  "UsagePlan",
];

/** The definition with all that the properties say; undefined when there is none. Raises SamFault and DocumentFault. */
export function restDefinition(api: RestApi): Data | undefined {
  const complain = complainOf(api.id);
  let body = api.properties.get("DefinitionBody");
  for (const step of [addCors, addAuth, addGatewayResponses, addBinaryMediaTypes, addModels, addEndpoint]) {
    body = step(api, body, complain);
  }
  return body;
}

function postprocessed(api: RestApi, body: Dict): Dict {
  toOpenApi3(body, present(api.properties.get("OpenApiVersion")), api.isVersionNormalized);
  return body;
}

/** The definition's last change, before it is written down. */
export function finishDefinition(api: RestApi, body: Data): Data {
  return body instanceof Dict ? postprocessed(api, body) : body;
}

function addCors(api: RestApi, body: Data | undefined, complain: Complain): Data | undefined {
  const cors = api.properties.get("Cors");
  if (!isTrue(cors)) return body;
  if (!isTrue(body)) throw complain("Cors works only with inline Swagger specified in 'DefinitionBody' property.");
  const isOrigin = cors instanceof Text || isIntrinsicData(cors);
  if (!isOrigin && !(cors instanceof Dict)) throw complain("Invalid value for 'Cors' property");
  const rule = cors instanceof Dict && !isOrigin ? cors : py27().set("AllowOrigin", cors);
  const unknown = rule.keys().find(({ text }) => !CORS_KEYS.includes(text));
  if (unknown !== undefined) throw complain(`Invalid key '${unknown.text}' for 'Cors' property.`);
  if (!isSwagger(body)) {
    throw complain(
      "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid Swagger definition.",
    );
  }
  const origin = rule.has("AllowOrigin") ? (rule.get("AllowOrigin") ?? null) : new Text("'*'", false);
  const allowsCredentials = rule.get("AllowCredentials") === true;
  if (allowsCredentials && textOf(origin) === "'*'") {
    throw complain(
      "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set",
    );
  }
  const editor = new SwaggerEditor(body);
  const done = new Set<string>();
  for (const path of editor.pathNames()) {
    const plainPath = path.text === "/" ? "/" : path.text.replace(/\/+$/, "");
    if (done.has(plainPath)) continue;
    done.add(plainPath);
    if (!isTrue(origin) && editor.pathItems(path.text).some((item) => !item.has("options"))) {
      throw complain("Structure of the SAM template is invalid. Invalid input. Value for AllowedOrigins is required");
    }
    editor.addCors(path, {
      origin,
      headers: rule.get("AllowHeaders"),
      methods: rule.get("AllowMethods"),
      maxAge: rule.get("MaxAge"),
      allowsCredentials,
    });
  }
  return editor.swagger;
}

function addAuth(api: RestApi, body: Data | undefined, complain: Complain): Data | undefined {
  const auth = api.properties.get("Auth");
  if (!isTrue(auth)) return body;
  if (!isTrue(body)) throw complain("Auth works only with inline Swagger specified in 'DefinitionBody' property.");
  if (!(auth instanceof Dict) || !auth.keys().every(({ text }) => AUTH_KEYS.includes(text))) {
    throw complain("Invalid value for 'Auth' property");
  }
  if (!isSwagger(body)) {
    throw complain(
      "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid Swagger definition.",
    );
  }
  const editor = new SwaggerEditor(body);
  const name = auth.get("DefaultAuthorizer");
  const authorizers = restAuthorizers(api.id, auth.get("Authorizers"), name, api.partition);
  if (authorizers !== undefined) {
    addAuthorizers(editor, authorizers);
    addDefaultAuthorizer(editor, name, authorizers, isPreflight(auth, "AddDefaultAuthorizerToCorsPreflight"), complain);
  }
  if (isTrue(auth.get("ApiKeyRequired"))) {
    addApiKeyDefinition(editor);
    for (const path of editor.pathNames()) {
      setDefaultApiKey(editor, path, isPreflight(auth, "AddApiKeyRequiredToCorsPreflight"));
    }
  }
  const policy = auth.get("ResourcePolicy");
  if (isTrue(policy)) addPolicy(api, editor, policy);
  return postprocessed(api, editor.swagger);
}

function addPolicy(api: RestApi, editor: SwaggerEditor, policy: Data): void {
  if (!(policy instanceof Dict)) {
    throw invalidDocument("ResourcePolicy must be a map (ResourcePolicyStatement).");
  }
  const stage = api.properties.get("StageName") ?? null;
  for (const path of editor.pathNames()) addResourcePolicy(editor, policy, path, stage);
  const statements = policy.get("CustomStatements");
  if (isTrue(statements)) addCustomStatements(editor, statements);
}

function isPreflight(auth: Dict, name: string): boolean {
  return auth.has(name) ? isTrue(auth.get(name)) : true;
}

function addDefaultAuthorizer(
  editor: SwaggerEditor,
  name: Data | undefined,
  authorizers: RestAuthorizers,
  isForPreflight: boolean,
  complain: Complain,
): void {
  if (!isTrue(name)) return;
  if (!(name instanceof Text)) throw complain("DefaultAuthorizer is not a string.");
  if (!authorizers.has(name.text) && name.text !== "AWS_IAM") {
    throw complain(`Unable to set DefaultAuthorizer because '${name.text}' was not defined in 'Authorizers'.`);
  }
  for (const path of editor.pathNames()) setDefaultAuthorizer(editor, path, name, authorizers, isForPreflight);
}

function addGatewayResponses(api: RestApi, body: Data | undefined, complain: Complain): Data | undefined {
  const responses = api.properties.get("GatewayResponses");
  if (!isTrue(responses)) return body;
  if (!isTrue(body)) {
    throw complain("GatewayResponses works only with inline Swagger specified in 'DefinitionBody' property.");
  }
  if (!(responses instanceof Dict)) throw complain("Property 'GatewayResponses' should be a map.");
  checkGatewayResponses(responses, complain);
  if (!isSwagger(body)) {
    throw complain(
      "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid Swagger definition.",
    );
  }
  const editor = new SwaggerEditor(body);
  const ordered = py27();
  for (const [type, response] of responses.entries()) {
    ordered.set(type, response instanceof Dict ? gatewayResponse(type.text, response, complain) : null);
  }
  for (const [type, response] of ordered.entries()) editor.gatewayResponses.set(type, response);
  return editor.swagger;
}

function addBinaryMediaTypes(api: RestApi, body: Data | undefined): Data | undefined {
  const types = api.properties.get("BinaryMediaTypes");
  if (!isTrue(types) || !isTrue(body)) return body;
  const editor = new SwaggerEditor(body);
  editor.setBinaryMediaTypes(unescaped(types));
  return editor.swagger;
}

/** `~1` stands for a slash. */
function unescaped(types: Data): Data {
  const slashed = (text: Text): Text => unicode(text.text.replaceAll("~1", "/"));
  if (types instanceof Text) return slashed(types);
  if (Array.isArray(types)) return types.map(unescaped);
  if (!(types instanceof Dict)) return types;
  const made = py27();
  for (const [key, value] of types.entries()) made.set(slashed(key), unescaped(value));
  return made;
}

function addModels(api: RestApi, body: Data | undefined, complain: Complain): Data | undefined {
  const models = api.properties.get("Models");
  if (!isTrue(models)) return body;
  if (!isTrue(body)) throw complain("Models works only with inline Swagger specified in 'DefinitionBody' property.");
  if (!isSwagger(body)) {
    throw complain(
      "Unable to add Models definitions because 'DefinitionBody' does not contain a valid Swagger definition.",
    );
  }
  if (!(models instanceof Dict)) throw complain("Invalid value for 'Models' property");
  const schemas = models.entries().map(([name, schema]) => {
    if (!(schema instanceof Dict)) throw complain("Invalid value for 'Models' property");
    return [name, schema] as const;
  });
  const editor = new SwaggerEditor(body);
  const definitions = editor.definitions instanceof Dict ? editor.definitions : py27();
  editor.definitions = definitions;
  for (const [name, schema] of schemas) {
    if (!isTrue(schema.get("type"))) throw invalidDocument("'Models' schema is missing 'type'.");
    definitions.set(
      name.map((text) => text.toLowerCase()),
      schema,
    );
  }
  return postprocessed(api, editor.swagger);
}

function addEndpoint(api: RestApi, body: Data | undefined, complain: Complain): Data | undefined {
  const isDisabled = present(api.properties.get("DisableExecuteApiEndpoint"));
  if (isDisabled === undefined) return body;
  if (!isTrue(body)) throw complain("DisableExecuteApiEndpoint works only within 'DefinitionBody' property.");
  const editor = new SwaggerEditor(body);
  editor.disableExecuteApiEndpoint(isDisabled);
  return editor.swagger;
}
