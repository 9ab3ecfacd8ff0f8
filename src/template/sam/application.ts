/**
 * AWS::Serverless::Application: a nested application, as a stack. One of the Serverless Application Repository is asked for
 * before anything is expanded.
 */
import { isObject, own } from "../value.ts";
import type { Json, JsonObject } from "../value.ts";
import type { ApplicationState, Expansion, SamPlugin, SamResource, TransformContext } from "./context.ts";
import { Draft, passThroughOf, tagList } from "./draft.ts";
import { isInteger, isMap, isText, isTruthy, listOf, oneOf, typed } from "./property-table.ts";
import { fromTemplate } from "./python/dict.ts";
import { dumps } from "./python/print.ts";
import { putMappings, putParameters } from "./references.ts";
import { reservedTag } from "./reserved-tags.ts";
import { invalidResource, SamFault } from "./sam-error.ts";
import type { TemplateResources } from "./template-resources.ts";
import type { TransformOptions } from "./transform-options.ts";

export const applicationPlugin: SamPlugin = {
  type: "AWS::Serverless::Application",
  table: {
    Location: typed(oneOf(isText, isMap), true),
    TemplateUrl: typed(isText),
    Parameters: typed(isMap),
    NotificationARNs: typed(listOf(oneOf(isText, isMap))),
    Tags: typed(isMap),
    TimeoutInMinutes: typed(isInteger),
  },
  derived: {},
  rank: 3,
  complete,
  expand,
};

interface AskedApplication {
  readonly id: string;
  readonly version: string;
  readonly templateId: string;
}

/**
 * Asks the repository for every application that the template nests, and waits for their templates as far as a pure
 * function can: it looks until nothing is being prepared any more. Puts the resolved ids into the resources.
 */
export function findApplications(
  resources: TemplateResources,
  scope: { readonly parameters: JsonObject; readonly mappings: JsonObject; readonly options: TransformOptions },
): { readonly states: ReadonlyMap<string, ApplicationState>; readonly asked: readonly AskedApplication[] } {
  const states = new Map<string, ApplicationState>();
  const asked: AskedApplication[] = [];
  for (const [id, resource] of resources) {
    const properties = own(resource, "Properties");
    const location = isObject(properties) ? own(properties, "Location") : undefined;
    if (own(resource, "Type") !== "AWS::Serverless::Application" || !isObject(properties) || !isObject(location))
      continue;
    const [writtenId, writtenVersion] = [own(location, "ApplicationId"), own(location, "SemanticVersion")];
    if ((writtenId ?? null) === null || (writtenVersion ?? null) === null) continue;
    const resolved = (value: Json | undefined): Json =>
      putMappings(putParameters(value ?? null, scope.parameters), scope.mappings);
    const [applicationId, version] = [resolved(writtenId), resolved(writtenVersion)];
    resources.set(id, {
      ...resource,
      Properties: {
        ...properties,
        Location: { ...location, ApplicationId: applicationId, SemanticVersion: version },
      },
    });
    const key = keyOf(applicationId, version);
    if (isObject(applicationId) || isObject(version) || states.has(key)) continue;
    const state = ask(id, applicationId, version, scope.options, asked);
    states.set(key, state);
  }
  return { states, asked };
}

function keyOf(applicationId: Json, version: Json): string {
  return `${dumps(fromTemplate(applicationId))} ${dumps(fromTemplate(version))}`;
}

function ask(
  id: string,
  applicationId: Json,
  version: Json,
  options: TransformOptions,
  asked: AskedApplication[],
): ApplicationState {
  const refuse = (message: string): ApplicationState => ({ kind: "refused", fault: invalidResource(id, message) });
  if (typeof applicationId !== "string") return refuse("Property 'Location.ApplicationId' should be a string.");
  if (typeof version !== "string") return refuse("Property 'Location.SemanticVersion' should be a string.");
  if (/\{\{resolve:ssm:[a-zA-Z0-9_.\-/]+(:\d+)?\}\}/.test(applicationId)) {
    return refuse("Serverless Application Repostiory does not support dynamic reference in 'ApplicationId' property.");
  }
  if (options.applications === undefined) {
    return refuse("Serverless Application Repository is not available in this region.");
  }
  const answer = options.applications.createTemplate(applicationId, version);
  if (answer.kind === "refused") return refuse(answer.message);
  if (answer.kind === "preparing") asked.push({ id: applicationId, version, templateId: answer.templateId });
  return { kind: "available", templateUrl: answer.templateUrl };
}

/** How often a template that is being prepared is looked at: the original waits two seconds between, 105 in all. */
const LOOKS = 53;

/** Waits for the templates that were being prepared. Raises SamFault. */
export function awaitApplications(asked: readonly AskedApplication[], options: TransformOptions): void {
  let left = asked;
  for (let look = 0; look < LOOKS && left.length > 0; look += 1) {
    left = left.filter(({ id, templateId }) => {
      const status = options.applications?.templateStatus(id, templateId);
      if (status === "EXPIRED") {
        throw invalidResource(
          id,
          `Template for ${id} with id ${templateId} returned status: EXPIRED. Cannot access an expired template.`,
        );
      }
      return status !== "ACTIVE";
    });
  }
  if (left.length === 0) return;
  const ids = `[${left.map(({ id }) => `'${id}'`).join(", ")}]`;
  throw new SamFault(
    `Resource with id [${ids}] is invalid. Timed out waiting for nested stack templates to reach ACTIVE status.`,
    ids,
    ["Resources", ...left.slice(0, 1).map(({ id }) => id)],
  );
}

/** Gives the resource the template's URL. Raises SamFault. */
function complete(id: string, properties: JsonObject, context: TransformContext): JsonObject {
  if (!Object.hasOwn(properties, "Location")) {
    throw invalidResource(id, "Resource is missing the required [Location] property.");
  }
  const location = own(properties, "Location") ?? null;
  if (!isObject(location)) return { ...properties, TemplateUrl: location };
  for (const name of ["ApplicationId", "SemanticVersion"]) {
    if (!Object.hasOwn(location, name)) {
      throw invalidResource(id, `Resource is missing the required [${name}] property.`);
    }
  }
  const [applicationId, version] = [own(location, "ApplicationId") ?? null, own(location, "SemanticVersion") ?? null];
  const unresolved = (name: string): SamFault =>
    invalidResource(
      id,
      `Property '${name}' cannot be resolved. Only FindInMap and Ref intrinsic functions are supported.`,
    );
  if (applicationId === null) throw invalidResource(id, "Property 'ApplicationId' is required.");
  if (isObject(applicationId)) throw unresolved("ApplicationId");
  if (!isTruthy(version)) throw invalidResource(id, "Property 'SemanticVersion' cannot be blank.");
  if (isObject(version)) throw unresolved("SemanticVersion");
  const state = context.scope.applications.get(keyOf(applicationId, version));
  if (state?.kind === "refused") throw state.fault;
  return { ...properties, TemplateUrl: state?.templateUrl ?? "" };
}

function expand(resource: SamResource): Expansion {
  const { id, properties, attributes, dependsOn } = resource;
  const location = own(properties, "Location");
  const tags = own(properties, "Tags");
  const given = isObject(tags) ? tags : {};
  reservedTag(id, given);
  const ofRepository: [string, Json][] = [];
  for (const [key, name] of [
    ["serverlessrepo:applicationId", "ApplicationId"],
    ["serverlessrepo:semanticVersion", "SemanticVersion"],
  ] as const) {
    const value = isObject(location) ? (own(location, name) ?? null) : null;
    if (value !== null) ofRepository.push([key, value]);
  }
  const url = own(properties, "TemplateUrl");
  const draft = new Draft(id, "AWS::CloudFormation::Stack", passThroughOf(attributes), dependsOn).set({
    TemplateURL: isTruthy(url) ? url : "",
    Parameters: own(properties, "Parameters"),
    NotificationARNs: own(properties, "NotificationARNs"),
    Tags: [...tagList({ "lambda:createdBy": "SAM" }), ...tagList(Object.fromEntries(ofRepository)), ...tagList(given)],
    TimeoutInMinutes: own(properties, "TimeoutInMinutes"),
  });
  return { drafts: [draft] };
}
