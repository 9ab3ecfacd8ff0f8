/** AWS::ApiGateway::Model. */
import { isAwsError } from "../../../kernel/errors.ts";
import {
  document,
  given,
  parsedDocument,
  present,
  requiredText,
  text,
  unlessMissing,
  type Properties,
} from "../../../resource.ts";
import type { ResourceType } from "../../../service.ts";
import { NOT_FOUND, unlessGone } from "./gone.ts";

export const model: ResourceType = {
  properties: ["ContentType", "Description", "Name", "RestApiId", "Schema"],
  required: ["RestApiId"],
  replaceOn: ["ContentType", "Name", "RestApiId"],
  nameProperty: "Name",

  async create(context, request) {
    const { properties, retried } = request;
    const restApiId = requiredText(properties, "RestApiId");
    const name = text(properties, "Name") ?? request.generatedName({ maxLength: 128 }).replaceAll("-", "");
    const making = context.call("apigateway", "CreateModel", {
      restApiId,
      name,
      contentType: text(properties, "ContentType") ?? "application/json",
      schema: schemaOf(properties),
      ...given("description", text(properties, "Description")),
    });
    await making.catch((error: unknown) => {
      if (!retried || !isAwsError(error, "ConflictException")) throw error;
    });
    return { status: "SUCCESS", physicalId: name };
  },

  async update(context, { properties, physicalId: modelName }) {
    await context.call("apigateway", "UpdateModel", {
      restApiId: requiredText(properties, "RestApiId"),
      modelName,
      patchOperations: [
        { op: "replace", path: "/description", value: text(properties, "Description") ?? "" },
        { op: "replace", path: "/schema", value: schemaOf(properties) },
      ],
    });
    return { status: "SUCCESS", physicalId: modelName };
  },

  delete: (context, { properties, physicalId: modelName }) =>
    unlessGone(
      context.call("apigateway", "DeleteModel", { restApiId: requiredText(properties, "RestApiId"), modelName }),
    ),

  async read(context, { physicalId: modelName, properties }) {
    const restApiId = requiredText(properties, "RestApiId");
    const found = await unlessMissing(context.call("apigateway", "GetModel", { restApiId, modelName }), NOT_FOUND);
    if (found === undefined) return undefined;
    return {
      physicalId: modelName,
      properties: present({
        RestApiId: restApiId,
        ContentType: found.contentType,
        Description: found.description === "" ? undefined : found.description,
        Name: found.name,
        Schema: typeof properties["Schema"] === "string" ? found.schema : parsedDocument(found.schema),
      }),
    };
  },
};

function schemaOf(properties: Properties): string {
  return properties["Schema"] === undefined ? "{}" : document(properties, "Schema");
}
