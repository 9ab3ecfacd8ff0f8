/**
 * The `options` method that answers a browser's preflight request.
 */
import { isTrue, plain, py27 } from "../python/dict.ts";
import type { Data, Dict } from "../python/dict.ts";
import { str } from "../python/text.ts";

/** What Cors says, as an API has it: texts with their inner quotes. */
export interface CorsRule {
  readonly origin: Data;
  readonly headers: Data | undefined;
  readonly methods: Data | undefined;
  readonly maxAge: Data | undefined;
  readonly allowsCredentials: boolean;
}

/** The method. */
export function corsMethod(rule: CorsRule): Dict {
  const parameters = py27({ [parameter("Allow-Origin")]: rule.origin });
  const headers = py27({ "Access-Control-Allow-Origin": plain({ type: "string" }) });
  const add = (name: string, value: Data, type: string): void => {
    parameters.set(parameter(name), value);
    headers.set(`Access-Control-${name}`, plain({ type }));
  };
  if (isTrue(rule.headers)) add("Allow-Headers", rule.headers, "string");
  if (isTrue(rule.methods)) add("Allow-Methods", rule.methods, "string");
  if (rule.maxAge !== undefined && rule.maxAge !== null) add("Max-Age", rule.maxAge, "integer");
  if (rule.allowsCredentials) add("Allow-Credentials", str("'true'"), "string");
  const answer = py27({
    statusCode: "200",
    responseParameters: parameters,
    responseTemplates: plain({ "application/json": "{}\n" }),
  });
  return py27({
    summary: "CORS support",
    consumes: ["application/json"],
    produces: ["application/json"],
    "x-amazon-apigateway-integration": py27({
      type: "mock",
      requestTemplates: plain({ "application/json": '{\n  "statusCode" : 200\n}\n' }),
      responses: py27({ default: answer }),
    }),
    responses: py27({ "200": py27({ description: "Default response for CORS method", headers }) }),
  });
}

function parameter(name: string): string {
  return `method.response.header.Access-Control-${name}`;
}
