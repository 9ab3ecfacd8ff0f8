/**
 * An event's Auth, set on its method of a REST API.
 */
import type { TransformContext } from "../context.ts";
import { Dict, isTrue, textOf } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { resolveData } from "../python/parameters.ts";
import { show } from "../python/print.ts";
import type { Text } from "../python/text.ts";
import { invalidEvent, invalidResource } from "../sam-error.ts";
import { expectList, expectMap, present } from "./expect.ts";
import { addCustomStatements, addResourcePolicy } from "./resource-policy.ts";
import type { SwaggerEditor } from "./swagger-editor.ts";
import { setMethodAuth } from "./swagger-security.ts";

/** A method whose caller must be known. */
export interface AuthorizedMethod {
  /** The event's id. */
  readonly event: string;
  readonly auth: Dict;
  readonly api: { readonly id: string; readonly properties: Dict; readonly stage: Data };
  readonly path: Text;
  readonly method: Text;
  readonly editor: SwaggerEditor;
}

/** Sets authorizer, API key and resource policy. Raises SamFault and DocumentFault. */
export function setEventAuth(on: AuthorizedMethod, context: TransformContext): void {
  const { event, auth, api, path, method, editor } = on;
  const written = present(api.properties.get("Auth"));
  const apiAuth = written === undefined ? undefined : resolveData(written, context.parameterData);
  const authorizer = auth.get("Authorizer");
  if (isTrue(authorizer)) checkAuthorizer(on, authorizer, apiAuth);
  const scopes = auth.get("AuthorizationScopes");
  if (isTrue(scopes)) {
    expectList(scopes, "Auth.AuthorizationScopes", (message) => invalidEvent(event, message));
    if (!isTrue(authorizer)) throw invalidEvent(event, "AuthorizationScopes works only when Authorizer is set");
  }
  const needsKey = present(auth.get("ApiKeyRequired"));
  if (needsKey !== undefined && !isTrue(needsKey) && !isTrue(memberOf(apiAuth, "ApiKeyRequired"))) {
    throw invalidEvent(
      event,
      `Unable to set ApiKeyRequired [False] on API method [${method.text}] for path [${path.text}] because the related API does not specify any ApiKeyRequired.`,
    );
  }
  if (isTrue(authorizer) || needsKey !== undefined) setMethodAuth(editor, path, method, auth, api.properties);
  const policy = auth.get("ResourcePolicy");
  if (!isTrue(policy)) return;
  // The original names the event as if it were a resource here.
  const map = expectMap(policy, "Auth.ResourcePolicy", (message) => invalidResource(event, message));
  addResourcePolicy(editor, map, path, api.stage);
  const statements = map.get("CustomStatements");
  if (isTrue(statements)) addCustomStatements(editor, statements);
}

function memberOf(data: Data | undefined, name: string): Data | undefined {
  return data instanceof Dict ? data.get(name) : undefined;
}

function checkAuthorizer(
  { event, api, path, method }: AuthorizedMethod,
  authorizer: Data,
  apiAuth: Data | undefined,
): void {
  const name = textOf(authorizer);
  const authorizers = memberOf(apiAuth, "Authorizers");
  if (isTrue(authorizers)) {
    expectMap(authorizers, "Auth.Authorizers", (message) => invalidResource(api.id, message));
  }
  const at = `on API method [${method.text}] for path [${path.text}]`;
  if (name === "AWS_IAM") return;
  if (name === "NONE") {
    if (isTrue(memberOf(apiAuth, "DefaultAuthorizer"))) return;
    throw invalidEvent(
      event,
      `Unable to set Authorizer ${at} because 'NONE' is only a valid value when a DefaultAuthorizer on the API is specified.`,
    );
  }
  const shown = show(authorizer);
  if (!isTrue(authorizers)) {
    throw invalidEvent(
      event,
      `Unable to set Authorizer [${shown}] ${at} because the related API does not define any Authorizers.`,
    );
  }
  checkAuthorizerTypes(event, at, authorizer, authorizers);
  if (!isTrue(memberOf(authorizers, name ?? ""))) {
    throw invalidEvent(
      event,
      `Unable to set Authorizer [${shown}] ${at} because it wasn't defined in the API's Authorizers.`,
    );
  }
}

/** Checks that an authorizer is a name and that the API has a mapping of them. Raises SamFault. */
export function checkAuthorizerTypes(event: string, at: string, authorizer: Data, authorizers: Data | undefined): void {
  if (textOf(authorizer) !== undefined && authorizers instanceof Dict) return;
  throw invalidEvent(
    event,
    `Unable to set Authorizer [${show(authorizer)}] ${at}. The method authorizer must be a string with a corresponding dict entry in the api authorizer.`,
  );
}
