/**
 * Edits the definition of an AWS::Serverless::Api: Swagger 2 or OpenAPI 3.
 */
import { Dict, isTrue, plain, py27, textOf } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { str, Text } from "../python/text.ts";
import { invalidDocument } from "../sam-error.ts";
import {
  conditional,
  DefinitionEditor,
  deepSet,
  INTEGRATION,
  integrationOf,
  isOpenApi3,
  methodName,
  pathItemDict,
} from "./definition-editor.ts";
import { corsMethod } from "./cors-method.ts";
import type { CorsRule } from "./cors-method.ts";

/** Members of a path that are no methods. */
const NOT_METHODS: ReadonlySet<string> = new Set(["summary", "description", "parameters"]);

const ENDPOINT = "x-amazon-apigateway-endpoint-configuration";
const VALIDATORS = "x-amazon-apigateway-request-validators";

/** What a path's method calls. */
export interface LambdaIntegration {
  readonly uri: Data;
  readonly methodAuth: Dict;
  readonly apiAuth: Dict;
  readonly condition: Data | undefined;
  readonly responseTransferMode: string | undefined;
  readonly partition: string;
}

export class SwaggerEditor extends DefinitionEditor {
  securityDefinitions: Data;
  gatewayResponses: Dict;
  resourcePolicy: Dict;
  definitions: Data;

  /** Takes a copy of a definition. Raises DocumentFault for one that is none. */
  constructor(definition: Data | undefined) {
    if (!isSwagger(definition)) {
      throw invalidDocument(
        "Invalid Swagger document or the Swagger document is not explicitly defined in 'DefinitionBody'.",
      );
    }
    const doc = definition.deepCopy();
    const paths = doc.get("paths");
    super(doc, paths instanceof Dict ? paths : py27());
    const security = doc.get("securityDefinitions");
    this.securityDefinitions = isTrue(security) ? security : py27();
    const responses = doc.get("x-amazon-apigateway-gateway-responses");
    this.gatewayResponses = responses instanceof Dict ? responses : py27();
    const policy = doc.get("x-amazon-apigateway-policy");
    this.resourcePolicy = policy instanceof Dict ? policy : py27();
    this.definitions = doc.get("definitions") ?? py27();
    for (const path of this.pathNames()) this.pathItems(path.text);
  }

  static skeleton(): Dict {
    return py27({
      swagger: "2.0",
      info: py27({ version: "1.0", title: plain({ Ref: "AWS::StackName" }) }),
      paths: py27(),
    });
  }

  /** A copy of the definition as it is now. */
  get swagger(): Dict {
    this.doc.set("paths", this.paths);
    if (isTrue(this.securityDefinitions)) this.doc.set("securityDefinitions", this.securityDefinitions);
    if (this.gatewayResponses.size > 0) this.doc.set("x-amazon-apigateway-gateway-responses", this.gatewayResponses);
    if (isTrue(this.definitions)) this.doc.set("definitions", this.definitions);
    return this.doc.deepCopy();
  }

  get isOpenApi3(): boolean {
    return isTrue(this.doc.get("openapi")) && isOpenApi3(this.doc.get("openapi"));
  }

  get isSwagger2(): boolean {
    return (this.doc.get("swagger") ?? null) !== null;
  }

  setPolicy(): void {
    this.doc.set("x-amazon-apigateway-policy", this.resourcePolicy);
  }

  setBinaryMediaTypes(types: Data): void {
    this.doc.set("x-amazon-apigateway-binary-media-types", types);
  }

  disableExecuteApiEndpoint(isDisabled: Data): void {
    const path = [ENDPOINT, "disableExecuteApiEndpoint"];
    if (!this.isOpenApi3) {
      const wrong = deepSet(this.doc, isDisabled, ...path);
      if (wrong !== undefined) throw invalidDocument(`Invalid OpenAPI definition: ${wrong.message}.`);
      return;
    }
    const servers = this.doc.get("servers") ?? [py27()];
    for (const [index, server] of (Array.isArray(servers) ? servers : []).entries()) {
      const wrong = deepSet(server, isDisabled, ...path);
      if (wrong !== undefined) {
        throw invalidDocument(`Invalid OpenAPI definition of 'servers[${index}]': ${wrong.message}.`);
      }
    }
    this.doc.set("servers", servers);
  }

  addLambdaIntegration(path: Text, method: Text, integration: LambdaIntegration): void {
    const { condition } = integration;
    const name = methodName(method);
    if (this.hasIntegration(path, name)) {
      throw invalidDocument(`Lambda integration already exists on Path=${path.text}, Method=${name.text}`);
    }
    this.addPath(path, name);
    const uri = condition === undefined ? integration.uri : conditional(condition, integration.uri);
    for (const item of this.pathItems(path.text)) {
      const definition = itemMethod(item, name, path.text);
      const made = py27({ type: "aws_proxy", httpMethod: "POST", uri });
      definition.set(INTEGRATION, made);
      if (integration.responseTransferMode === "RESPONSE_STREAM") made.set("responseTransferMode", str("STREAM"));
      const credentials = invokeCredentials(integration);
      if (credentials !== undefined) made.set("credentials", credentials);
      definition.setDefault("responses", py27());
      if (condition !== undefined) item.set(name, conditional(condition, definition));
    }
  }

  addStateMachineIntegration(
    path: Text,
    method: Text,
    integration: {
      readonly uri: Data;
      readonly credentials: Data;
      readonly requestTemplates: Data;
      readonly condition: Data | undefined;
    },
  ): void {
    const name = methodName(method);
    if (this.hasIntegration(path, name)) {
      throw invalidDocument(`Integration already exists on Path=${path.text}, Method=${name.text}`);
    }
    this.addPath(path, name);
    const { condition } = integration;
    const uri = condition === undefined ? integration.uri : conditional(condition, integration.uri);
    for (const item of this.pathItems(path.text)) {
      const definition = itemMethod(item, name, path.text);
      const responses = py27({ "200": py27({ statusCode: "200" }), "400": py27({ statusCode: "400" }) });
      const made = py27({ type: "aws", httpMethod: "POST", uri, responses, credentials: integration.credentials });
      definition.set(INTEGRATION, made);
      definition.setDefault(
        "responses",
        py27({ "200": py27({ description: "OK" }), "400": py27({ description: "Bad Request" }) }),
      );
      made.update(plain({ requestTemplates: integration.requestTemplates }));
      if (condition !== undefined) item.set(name, conditional(condition, definition));
    }
  }

  /** Every method of a path that has an integration. */
  methods(path: Text): readonly (readonly [Text, Dict])[] {
    return this.methodsOf(path, NOT_METHODS);
  }

  addCors(path: Text, rule: CorsRule): void {
    let methods = rule.methods;
    for (const item of this.pathItems(path.text)) {
      if (item.has("options")) continue;
      if (!isTrue(methods)) methods = str(`'${allowedMethods(item)}'`);
      item.set("options", corsMethod({ ...rule, methods }));
    }
  }

  addRequestValidator(path: Text, method: Text, validatesBody: boolean, validatesParameters: boolean): void {
    const name = validatorName(validatesBody, validatesParameters);
    const validator = py27({ validateRequestBody: validatesBody, validateRequestParameters: validatesParameters });
    if (!isTrue(this.doc.get(VALIDATORS))) this.doc.set(VALIDATORS, py27());
    const validators = this.doc.get(VALIDATORS);
    if (validators instanceof Dict && !isTrue(validators.get(name))) validators.update(py27({ [name]: validator }));
    for (const definition of this.definitionsOf(path, method)) {
      definition.update(py27({ "x-amazon-apigateway-request-validator": name }));
    }
  }

  addRequestModel(path: Text, method: Text, model: Text, isRequired: Data | undefined): void {
    const name = model.map((text) => text.toLowerCase());
    const required = isRequired === undefined || isRequired === null ? undefined : isRequired;
    for (const definition of this.definitionsOf(path, method)) {
      if (this.isSwagger2) {
        const schema = plain({ $ref: `#/definitions/${name.text}` });
        const parameter = py27({ in: "body", name, schema });
        if (required !== undefined) parameter.set("required", required);
        definition.set("parameters", [...listOf(definition.get("parameters")), parameter]);
      } else if (this.isOpenApi3) {
        const schema = { $ref: `#/components/schemas/${name.text}` };
        const body = plain({ content: { "application/json": { schema } } });
        definition.set("requestBody", body);
        if (required !== undefined) body.set("required", required);
      }
    }
  }

  addRequestParameters(
    path: Text,
    method: Text,
    parameters: readonly { readonly name: Text; readonly isRequired: Data; readonly isCached: Data }[],
  ): void {
    for (const definition of this.definitionsOf(path, method)) {
      const made = [...listOf(definition.get("parameters"))];
      for (const { name, isRequired, isCached } of parameters) {
        const [place = "", ...rest] = name.text.replaceAll("method.request.", "").split(".");
        const location = place === "querystring" ? str("query") : new Text(place, name.isUnicode);
        made.push(
          py27({ in: location, name: new Text(rest.join("."), name.isUnicode), required: isRequired, type: "string" }),
        );
        if (isTrue(isCached)) {
          const integration = integrationOf(definition);
          integration.set("cacheKeyParameters", [...listOf(integration.get("cacheKeyParameters")), name]);
        }
      }
      definition.set("parameters", made);
    }
  }
}

/** Whether data is a definition that can be edited. */
export function isSwagger(data: Data | undefined): data is Dict {
  if (!(data instanceof Dict) || !(data.get("paths") instanceof Dict)) return false;
  if (isTrue(data.get("swagger"))) return true;
  return isTrue(data.get("openapi")) && isOpenApi3(data.get("openapi"));
}

/** A path with `*` for its parameters, as a permission's ARN has it. */
export function pathPattern(path: string): string {
  return path.replace(/\{([a-zA-Z0-9._-]+|[a-zA-Z0-9._-]+\+|proxy\+)\}/g, "*");
}

function itemMethod(item: Dict, name: Text, path: string): Dict {
  return pathItemDict(item.get(name.text), path);
}

function listOf(data: Data | undefined): readonly Data[] {
  return Array.isArray(data) ? data : [];
}

function validatorName(validatesBody: boolean, validatesParameters: boolean): string {
  if (validatesBody) return validatesParameters ? "body-and-params" : "body-only";
  return validatesParameters ? "params-only" : "no-validation";
}

/** The role that API Gateway calls the function with, where the method is authorized by IAM. */
function invokeCredentials({ methodAuth, apiAuth, partition }: LambdaIntegration): Data | undefined {
  const isIam =
    textOf(methodAuth.get("Authorizer")) === "AWS_IAM" ||
    (textOf(apiAuth.get("DefaultAuthorizer")) === "AWS_IAM" && methodAuth.size === 0);
  if (!isIam) return undefined;
  const roleOf = (auth: Dict): Data | undefined => {
    const role = auth.get("InvokeRole");
    return isTrue(role) ? role : auth.has("InvokeRole") ? str("NONE") : undefined;
  };
  const role = roleOf(methodAuth) ?? roleOf(apiAuth);
  if (textOf(role) === "NONE") return undefined;
  const isCaller = role === undefined || textOf(role) === "CALLER_CREDENTIALS";
  return isCaller ? str(`arn:${partition}:iam::*:user/*`) : role;
}

const ALL_METHODS = ["OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"];

function allowedMethods(item: Dict): string {
  const names = item.keys().map(({ text }) => text);
  const methods = names.includes("x-amazon-apigateway-any-method") ? ALL_METHODS : [...names, "options"];
  return [...new Set(methods.map((name) => name.toUpperCase()))].sort().join(",");
}
