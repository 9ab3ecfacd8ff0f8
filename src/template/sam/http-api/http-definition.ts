/**
 * Works an HTTP API's CORS rule and authorizers into its definition.
 */
import { isIntrinsicData, isNoValueData } from "../api/definition-editor.ts";
import { expectText } from "../api/expect.ts";
import type { Complain } from "../api/expect.ts";
import { Dict, isTrue, plain, sameData } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { str } from "../python/text.ts";
import { httpAuthorizers } from "./http-authorizer.ts";
import { isOpenApi, OpenApiEditor } from "./openapi-editor.ts";

const CORS_KEYS = ["AllowMethods", "AllowHeaders", "AllowOrigins", "MaxAge", "ExposeHeaders", "AllowCredentials"];
const AUTH_KEYS = ["Authorizers", "DefaultAuthorizer", "EnableIamAuthorizer"];

export function addCors(cors: Data | undefined, body: Data | undefined, complain: Complain): Data | undefined {
  if (!isTrue(body)) throw complain("Cors works only with inline OpenApi specified in 'DefinitionBody' property.");
  const rule = corsRule(cors, complain);
  if (!isOpenApi(body)) {
    throw complain(
      "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid OpenApi definition.",
    );
  }
  if (rule.get("AllowCredentials") === true && sameData(rule.get("AllowOrigins"), [str("*")])) {
    throw complain(
      "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set.",
    );
  }
  const editor = new OpenApiEditor(body);
  editor.setCors(rule);
  return editor.openapi;
}

function corsRule(cors: Data | undefined, complain: Complain): Dict {
  if (typeof cors === "boolean") return plain({ AllowOrigins: ["*"] });
  if (cors !== undefined && isIntrinsicData(cors)) return plain({ AllowOrigins: cors });
  if (!(cors instanceof Dict)) throw complain("Invalid value for 'Cors' property.");
  const unknown = cors.keys().find(({ text }) => !CORS_KEYS.includes(text));
  if (unknown !== undefined) throw complain(`Invalid key '${unknown.text}' for 'Cors' property.`);
  return cors;
}

export function addAuth(
  auth: Data | undefined,
  body: Data | undefined,
  complain: Complain,
  partition: string,
): Data | undefined {
  if (!isTrue(auth)) return body;
  if (!isTrue(body)) {
    throw complain("Auth works only with inline OpenApi specified in the 'DefinitionBody' property.");
  }
  if (!(auth instanceof Dict) || !auth.keys().every(({ text }) => AUTH_KEYS.includes(text))) {
    throw complain("Invalid value for 'Auth' property");
  }
  if (!isOpenApi(body)) {
    throw complain(
      "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid OpenApi definition.",
    );
  }
  const editor = new OpenApiEditor(body);
  const authorizers = httpAuthorizers(auth.get("Authorizers"), auth.get("EnableIamAuthorizer"), partition, complain);
  const schemes = editor.securitySchemes;
  for (const authorizer of authorizers.values()) {
    if (schemes instanceof Dict) schemes.set(authorizer.name, authorizer.openapi());
  }
  const name = auth.get("DefaultAuthorizer");
  if (isTrue(name) && !isNoValueData(name)) {
    const text = expectText(name, "Auth.DefaultAuthorizer", complain);
    const authorizer = authorizers.get(text.text);
    if (authorizer === undefined) {
      throw complain(`Unable to set DefaultAuthorizer because '${text.text}' was not defined in 'Authorizers'.`);
    }
    for (const path of editor.pathNames()) editor.setDefaultAuthorizer(path, text, authorizer.scopes ?? []);
  }
  return editor.openapi;
}
