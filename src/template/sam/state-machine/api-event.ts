/**
 * The event type Api of a state machine: a path and method of a REST API that start an execution.
 */
import { isObject, own } from "../../value.ts";
import { setEventAuth } from "../api/event-auth.ts";
import { present } from "../api/expect.ts";
import { SwaggerEditor } from "../api/swagger-editor.ts";
import type { TransformContext } from "../context.ts";
import type { Draft } from "../draft.ts";
import { linkedApi } from "../events/api.ts";
import { isTruthy } from "../property-table.ts";
import { dictFromTemplate, fromTemplate, isTrue, plain } from "../python/dict.ts";
import type { Dict } from "../python/dict.ts";
import { unicode } from "../python/text.ts";
import { getAtt } from "../references.ts";
import { invalidEvent } from "../sam-error.ts";
import type { MachineEvent } from "./machine-event.ts";

/** Adds the method to the API's definition, where the transform manages that. Raises SamFault and DocumentFault. */
export function addApiIntegration(event: MachineEvent, role: Draft, context: TransformContext): void {
  const { properties, target } = event;
  const api = linkedApi(event, context);
  if (api === undefined || !isTrue(api.properties.get("__MANAGE_SWAGGER"))) return;
  const body = present(api.properties.get("DefinitionBody"));
  if (body === undefined) return;
  const path = unicode(String(own(properties, "Path")));
  const method = unicode(String(own(properties, "Method")).toLowerCase());
  const editor = new SwaggerEditor(body);
  if (editor.hasIntegration(path, method)) {
    throw invalidEvent(event.relativeId, `API method "${method.text}" defined multiple times for path "${path.text}".`);
  }
  const condition = target.attributes.get("Condition");
  editor.addStateMachineIntegration(path, method, {
    uri: plain({ "Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution" }),
    credentials: plain(getAtt(role.id, "Arn")),
    requestTemplates: requestTemplate(target.id, isTruthy(own(properties, "UnescapeMappingTemplate"))),
    condition: condition === undefined ? undefined : fromTemplate(condition),
  });
  const auth = own(properties, "Auth");
  if (isTruthy(auth) && isObject(auth)) {
    const stage = fromTemplate(own(properties, "Stage") ?? null);
    const on = { event: event.relativeId, auth: dictFromTemplate(auth), path, method, editor };
    setEventAuth({ ...on, api: { id: api.id, properties: api.properties, stage } }, context);
  }
  api.properties.set("DefinitionBody", editor.swagger);
}

/** What API Gateway makes of a request: the execution's input and the state machine. */
function requestTemplate(targetId: string, isUnescaped: boolean): Dict {
  const input = "$util.escapeJavaScript($input.json('$'))";
  const unescape = isUnescaped ? `.replaceAll("\\\\'","'")` : "";
  const template = `{"input": "${input}${unescape}", "stateMachineArn": "\${${targetId}}"}`;
  return plain({ "application/json": { "Fn::Sub": template } });
}
