/**
 * The implicit REST API, `ServerlessRestApi`.
 */
import type { ImplicitKind } from "./implicit-api.ts";
import { isSwagger, SwaggerEditor } from "./swagger-editor.ts";
import { py27 } from "../python/dict.ts";

export const implicitRestApi: ImplicitKind = {
  id: "ServerlessRestApi",
  type: "AWS::Serverless::Api",
  eventType: "Api",
  reference: "RestApiId",
  skeleton: SwaggerEditor.skeleton,
  properties: { StageName: "Prod" },
  isValid: isSwagger,
  edit: (definition) => new SwaggerEditor(definition),
  result: (editor) => (editor instanceof SwaggerEditor ? editor.swagger : py27()),
  needsProperties: false,
  complete: (properties) => properties,
};
