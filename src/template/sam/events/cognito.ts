/**
 * The event type Cognito: a trigger of a user pool of the same template.
 */
import { isList, isObject, own } from "../../value.ts";
import type { Json, JsonObject } from "../../value.ts";
import type { TransformContext } from "../context.ts";
import { Draft } from "../draft.ts";
import { isText, listOf, oneOf, passThrough, readProperties, strict, typed } from "../property-table.ts";
import type { PropertyTable } from "../property-table.ts";
import { fromTemplate } from "../python/dict.ts";
import { show } from "../python/print.ts";
import { getAtt } from "../references.ts";
import { invalidEvent, invalidResource } from "../sam-error.ts";
import { permission } from "./event-source.ts";
import type { EventInstance, EventSource } from "./event-source.ts";

export const cognitoSource: EventSource = {
  type: "Cognito",
  table: { UserPool: typed(isText, true), Trigger: strict(oneOf(isText, listOf(isText)), true) },
  check: (event, context) => {
    poolOf(event, context);
  },
  expand,
};

/** The properties of a user pool that SAM takes through; one that it does not know is an error. */
const POOL_PROPERTIES: PropertyTable = Object.fromEntries(
  `AccountRecoverySetting AdminCreateUserConfig AliasAttributes AutoVerifiedAttributes DeletionProtection
    DeviceConfiguration EmailAuthenticationMessage EmailAuthenticationSubject EmailConfiguration
    EmailVerificationMessage EmailVerificationSubject EnabledMfas LambdaConfig MfaConfiguration Policies Schema
    SmsAuthenticationMessage SmsConfiguration SmsVerificationMessage UserAttributeUpdateSettings UsernameAttributes
    UsernameConfiguration UserPoolAddOns UserPoolName UserPoolTags UserPoolTier VerificationMessageTemplate
    WebAuthnRelyingPartyID WebAuthnUserVerification`
    .split(/\s+/)
    .map((name) => [name, passThrough()]),
);

const POOL_ATTRIBUTES = ["DeletionPolicy", "UpdatePolicy", "Condition", "UpdateReplacePolicy", "Metadata"];

function poolOf(
  event: Pick<EventInstance, "id" | "relativeId" | "properties">,
  context: TransformContext,
): { readonly id: string; readonly pool: JsonObject } {
  const property = own(event.properties, "UserPool");
  const id = isObject(property) ? own(property, "Ref") : undefined;
  if (id !== undefined && typeof id !== "string") throw invalidEvent(event.id, "Ref in Userpool is not a string.");
  const pool = id === undefined ? undefined : context.written.get(id);
  if (id === undefined || pool === undefined) {
    throw invalidEvent(event.relativeId, "Cognito events must reference a Cognito UserPool in the same template.");
  }
  return { id, pool };
}

function expand(event: EventInstance, context: TransformContext): readonly Draft[] {
  const { id, pool } = poolOf(event, context);
  const allow = permission({ ...event, id: `${event.target.id}Cognito` }, "cognito-idp.amazonaws.com", {
    arn: getAtt(id, "Arn"),
  });
  const properties = own(pool, "Properties") ?? {};
  if (!isObject(properties)) throw invalidResource(id, "Properties of a resource must be an object.");
  const config = own(properties, "LambdaConfig") ?? {};
  if (!isObject(config)) throw invalidResource(id, "Property 'LambdaConfig' should be a map.");
  const changed: JsonObject = {
    ...pool,
    Properties: { ...properties, LambdaConfig: withTriggers(event, config) },
  };
  context.written.set(id, changed);
  return [allow, poolDraft(id, changed)];
}

function withTriggers(event: EventInstance, config: JsonObject): JsonObject {
  const written = own(event.properties, "Trigger") ?? [];
  const made = new Map<string, Json>(Object.entries(config));
  for (const trigger of isList(written) ? written : [written]) {
    const name = String(trigger);
    if (made.has(name)) {
      const shown = isList(written) ? `[${written.map((item) => `'${String(item)}'`).join(", ")}]` : String(written);
      throw invalidEvent(event.relativeId, `Cognito trigger "${shown}" defined multiple times.`);
    }
    made.set(name, event.target.arn);
  }
  return Object.fromEntries(made);
}

function poolDraft(id: string, pool: JsonObject): Draft {
  const type = own(pool, "Type");
  if (type === undefined) throw invalidResource(id, "Resource dict missing key 'Type'.");
  if (type !== "AWS::Cognito::UserPool") {
    throw invalidResource(
      id,
      `Resource has incorrect Type; expected 'AWS::Cognito::UserPool', got '${show(fromTemplate(type ?? null))}'`,
    );
  }
  const properties = own(pool, "Properties");
  const attributes = Object.fromEntries(Object.entries(pool).filter(([name]) => POOL_ATTRIBUTES.includes(name)));
  return new Draft(id, type, attributes, own(pool, "DependsOn")).set(
    readProperties(id, type, isObject(properties) ? properties : {}, POOL_PROPERTIES),
  );
}
