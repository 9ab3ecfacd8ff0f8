/**
 * FunctionUrlConfig: the URL of a function or alias, and who may call it.
 */
import { isObject, own } from "../value.ts";
import type { Json } from "../value.ts";
import type { SamResource } from "./context.ts";
import { Draft, passThroughOf } from "./draft.ts";
import { isArray, isFlag, isInteger, isTruthy } from "./property-table.ts";
import type { Check } from "./property-table.ts";
import { isIntrinsic, ref } from "./references.ts";
import { invalidResource } from "./sam-error.ts";

const CORS: ReadonlyMap<string, readonly [Check, string]> = new Map([
  ["AllowOrigins", [isArray, "list"]],
  ["AllowMethods", [isArray, "list"]],
  ["AllowCredentials", [isFlag, "bool"]],
  ["AllowHeaders", [isArray, "list"]],
  ["ExposeHeaders", [isArray, "list"]],
  ["MaxAge", [isInteger, "int"]],
]);

/** The URL and, for a public one, its two permissions. Raises SamFault. */
export function functionUrl(resource: SamResource, alias: Draft | undefined): readonly Draft[] {
  const { id, properties } = resource;
  const config = own(properties, "FunctionUrlConfig");
  if (!isTruthy(config) || !isObject(config)) return [];
  const auth = own(config, "AuthType");
  if (!isIntrinsic(config)) {
    if (!isIntrinsic(auth) && auth !== "AWS_IAM" && auth !== "NONE") {
      throw invalidResource(
        id,
        "AuthType is required to configure function property `FunctionUrlConfig`. Please provide either AWS_IAM or NONE.",
      );
    }
    checkCors(id, own(config, "Cors"));
  }
  const attributes = passThroughOf(resource.attributes);
  const target: Json = ref(alias?.id ?? id);
  const cors = own(config, "Cors");
  const url = new Draft(`${id}Url`, "AWS::Lambda::Url", attributes).set({
    TargetFunctionArn: target,
    AuthType: auth,
    Cors: isTruthy(cors) ? cors : undefined,
    InvokeMode: own(config, "InvokeMode"),
  });
  if (auth !== "NONE" || isIntrinsic(config)) return [url];
  return [
    url,
    new Draft(`${id}UrlPublicPermissions`, "AWS::Lambda::Permission", attributes).set({
      Action: "lambda:InvokeFunctionUrl",
      FunctionName: target,
      Principal: "*",
      FunctionUrlAuthType: auth,
    }),
    new Draft(`${id}URLInvokeAllowPublicAccess`, "AWS::Lambda::Permission", attributes).set({
      Action: "lambda:InvokeFunction",
      FunctionName: target,
      Principal: "*",
      InvokedViaFunctionUrl: true,
    }),
  ];
}

function checkCors(id: string, cors: Json | undefined): void {
  if (!isTruthy(cors) || isIntrinsic(cors)) return;
  if (!isObject(cors)) throw invalidResource(id, "Property 'FunctionUrlConfig.Cors' should be a map.");
  for (const [name, value] of Object.entries(cors)) {
    const rule = CORS.get(name);
    if (rule === undefined) throw invalidResource(id, `${name} is not a valid property for configuring Cors.`);
    const [check, type] = rule;
    if (!isIntrinsic(value) && !check(value)) throw invalidResource(id, `${name} must be of type ${type}.`);
  }
}
