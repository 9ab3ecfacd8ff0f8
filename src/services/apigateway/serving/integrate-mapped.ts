/**
 * AWS, HTTP and MOCK: the request becomes what the integration wants by a template, its answer becomes the reply by another one (AWS page
 * "Integrations for REST APIs").
 */
import type { Integration, IntegrationResponse } from "../state.ts";
import { isJson } from "../openapi/document.ts";
import { actionOf, callAction } from "./aws-action.ts";
import { headerOf, methodArn, queryValues, type Exchange, type Route } from "./exchange.ts";
import { GatewayFault, misconfigured } from "./fault.ts";
import { endpointUrl, fetched } from "./integrate-http.ts";
import { callFunction, functionArnOf } from "./lambda.ts";
import { mapped, type Overrides } from "./mapping.ts";
import { requestValues, responseValue } from "./parameters.ts";
import { isBinary } from "./proxy-event.ts";
import { addHeader, type Reply } from "./reply.ts";
import type { Roles } from "./roles.ts";
import { unknownTarget, withVariables } from "./target.ts";

/** What an integration answered. `told` is what selection patterns are held against: a status, or a function's error. */
interface Answered {
  readonly told: string;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

export async function integrateMapped(exchange: Exchange, route: Route, roles: Roles): Promise<Reply> {
  const { methodIntegration = {} } = route.method;
  const request = requestBody(exchange, route, methodIntegration);
  const answered = await ask(exchange, route, methodIntegration, request, roles);
  exchange.integration = { status: answered.status, latencyMs: 0 };
  return replyOf(exchange, route, methodIntegration, answered, request.overrides);
}

interface RequestBody {
  readonly body: Buffer;
  readonly overrides: Overrides | undefined;
}

/** The template of the request's type, or the body as it is where `passthroughBehavior` lets it. Raises GatewayFault (415) where it does not. */
function requestBody(exchange: Exchange, route: Route, integration: Integration): RequestBody {
  const { incoming, served } = exchange;
  const { requestTemplates = {}, passthroughBehavior = "WHEN_NO_MATCH", contentHandling } = integration;
  const given = headerOf(incoming, "content-type");
  const type = (given ?? "application/json").split(";")[0]?.trim().toLowerCase() ?? "";
  const isBytes = isBinary(served.snapshot.binaryMediaTypes, given);
  const body =
    isBytes && contentHandling === "CONVERT_TO_TEXT"
      ? Buffer.from(incoming.body.toString("base64"))
      : !isBytes && contentHandling === "CONVERT_TO_BINARY"
        ? Buffer.from(incoming.body.toString(), "base64")
        : incoming.body;
  const found = Object.entries(requestTemplates).find(([name]) => name.toLowerCase() === type);
  const template = found?.[1] ?? requestTemplates["$default"];
  if (template !== undefined) {
    const { text, overrides } = mapped(exchange, route, template, body.toString());
    return { body: Buffer.from(text), overrides };
  }
  const hasTemplates = Object.keys(requestTemplates).length > 0;
  if (passthroughBehavior === "NEVER" || (passthroughBehavior === "WHEN_NO_TEMPLATES" && hasTemplates)) {
    throw new GatewayFault("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type");
  }
  return { body, overrides: undefined };
}

function ask(
  exchange: Exchange,
  route: Route,
  integration: Integration,
  { body, overrides }: RequestBody,
  roles: Roles,
): Promise<Answered> {
  switch (integration.type) {
    case "MOCK":
      return askNobody(exchange, body);
    case "HTTP":
      return askHttp(exchange, route, integration, body, overrides);
    case "AWS":
    case "AWS_PROXY":
    case "HTTP_PROXY":
    case undefined:
      return askAws(exchange, route, integration, body, roles);
  }
}

/** A MOCK's template must say a status: `{"statusCode": 200}`. */
async function askNobody(exchange: Exchange, body: Buffer): Promise<Answered> {
  const [, status] = /"?statusCode"?\s*:\s*"?(\d{3})/.exec(body.toString()) ?? [];
  if (status === undefined) {
    exchange.lines.push(
      "Execution failed due to configuration error: Unable to parse statusCode. It should be an integer and in valid json format",
    );
    return misconfigured();
  }
  return { told: status, status: Number(status), headers: [], body: NOTHING };
}

const NOTHING = Buffer.alloc(0);

async function askHttp(
  exchange: Exchange,
  route: Route,
  integration: Integration,
  body: Buffer,
  overrides: Overrides | undefined,
): Promise<Answered> {
  const values = requestValues(exchange, route);
  const { header = {}, querystring = {}, path = {} } = overrides?.requestOverride ?? {};
  const type = headerOf(exchange.incoming, "content-type") ?? "application/json";
  const headers = [
    ["content-type", type] as const,
    ...Object.entries(values.header).flatMap(([name, all]) => all.map((value) => [name, value] as const)),
  ].filter(([name]) => !Object.keys(header).some((key) => key.toLowerCase() === name.toLowerCase()));
  const response = await fetched(exchange, {
    url: endpointUrl(
      withVariables(integration.uri ?? "", exchange.variables),
      { ...route.parameters, ...values.path, ...texts(path) },
      {
        ...values.querystring,
        ...Object.fromEntries(Object.entries(texts(querystring)).map(([name, one]) => [name, [one]])),
      },
    ),
    method: integration.httpMethod ?? exchange.incoming.method,
    headers: [...headers, ...Object.entries(texts(header))],
    body,
    timeoutMs: integration.timeoutInMillis ?? 29_000,
  });
  return { told: String(response.status), ...response };
}

function texts(given: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
}

async function askAws(
  exchange: Exchange,
  route: Route,
  integration: Integration,
  body: Buffer,
  roles: Roles,
): Promise<Answered> {
  const { context, caller, lines } = exchange;
  const uri = withVariables(integration.uri ?? "", exchange.variables);
  const functionArn = functionArnOf(uri);
  const values = requestValues(exchange, route);
  const timeoutMs = integration.timeoutInMillis ?? 29_000;
  if (functionArn === undefined) {
    const action = actionOf(uri);
    if (action === undefined) return unknownTarget(exchange, uri);
    return callAction(exchange, {
      action,
      integration,
      values,
      query: queryValues(exchange.incoming.query),
      body,
      roles,
      timeoutMs,
    });
  }
  const { payload, functionError } = await callFunction(
    context,
    roles,
    {
      functionArn,
      payload: body.length === 0 ? "{}" : body.toString(),
      sourceArn: methodArn(exchange, route.resource.path),
      credentials: integration.credentials,
      caller,
      timeoutMs,
      isEvent: isAsynchronous(values.header),
    },
    (line) => void lines.push(line),
  );
  const answer = Buffer.from(payload);
  if (functionError === undefined) return { told: "", status: 200, headers: [], body: answer };
  return { told: errorMessage(payload), status: 200, headers: [["X-Amz-Function-Error", functionError]], body: answer };
}

/** `integration.request.header.X-Amz-Invocation-Type` is 'Event' (AWS page "Set up asynchronous invocation of the backend Lambda function"). */
function isAsynchronous(header: Readonly<Record<string, readonly string[]>>): boolean {
  return Object.entries(header).some(
    ([name, [value]]) => name.toLowerCase() === "x-amz-invocation-type" && value === "Event",
  );
}

function errorMessage(payload: string): string {
  try {
    const value: unknown = JSON.parse(payload);
    return isJson(value) && typeof value["errorMessage"] === "string" ? value["errorMessage"] : "";
  } catch {
    return "";
  }
}

/** The response whose pattern is of the whole of what was told, else the one without a pattern. */
function selected(integration: Integration, told: string): IntegrationResponse | undefined {
  const all = Object.values(integration.integrationResponses ?? {});
  const isPlain = ({ selectionPattern = "" }: IntegrationResponse): boolean => selectionPattern === "";
  const matching = all.find(
    (one) => !isPlain(one) && new RegExp(`^(?:${one.selectionPattern ?? ""})$`, "s").test(told),
  );
  return matching ?? all.find(isPlain);
}

function replyOf(
  exchange: Exchange,
  route: Route,
  integration: Integration,
  answered: Answered,
  asked: Overrides | undefined,
): Reply {
  const response = selected(integration, answered.told);
  if (response === undefined) {
    exchange.lines.push(
      `Execution failed due to configuration error: No match for output mapping and no default endpoint response. Status code: ${answered.status}`,
    );
    return misconfigured();
  }
  const { responseTemplates = {}, responseParameters = {}, contentHandling } = response;
  const type = chosenType(exchange, responseTemplates);
  const template = responseTemplates[type];
  const text = answered.body.toString();
  const result = template === undefined || template === "" ? undefined : mapped(exchange, route, template, text);
  const body = result === undefined ? answered.body : Buffer.from(result.text);
  const headers = new Map<string, string[]>([["Content-Type", [type]]]);
  for (const [target, source] of Object.entries(responseParameters)) {
    const name = target.replace(/^method\.response\.header\./, "");
    const values = responseValue(exchange, source, { headers: answered.headers, body: text });
    if (values !== undefined) addHeader(headers, name, values);
  }
  let status = Number(response.statusCode ?? 200);
  for (const overrides of [asked, result?.overrides]) {
    const { status: other, header = {} } = overrides?.responseOverride ?? {};
    if (other !== undefined) status = Number(other);
    for (const [name, value] of Object.entries(header)) addHeader(headers, name, [String(value)]);
  }
  return { status, headers, body: converted(body, contentHandling) };
}

/** The type that the client accepts among those that there are templates for, else the first of them. */
function chosenType({ incoming }: Exchange, templates: Readonly<Record<string, string>>): string {
  const types = Object.keys(templates);
  const accepted = (headerOf(incoming, "accept") ?? "").split(",").map((one) => one.split(";")[0]?.trim());
  return types.find((type) => accepted.includes(type)) ?? types[0] ?? "application/json";
}

function converted(body: Buffer, handling: IntegrationResponse["contentHandling"]): Buffer {
  if (handling === "CONVERT_TO_BINARY") return Buffer.from(body.toString(), "base64");
  return handling === "CONVERT_TO_TEXT" ? Buffer.from(body.toString("base64")) : body;
}
