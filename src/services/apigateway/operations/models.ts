/** Models: JSON schemas of bodies, by name. */
import type { Operations } from "../../../service.ts";
import { badRequest, conflict, notFound, unsupported } from "../errors.ts";
import { isJson } from "../openapi/document.ts";
import { pageOf } from "../paging.ts";
import { patched, replaced } from "../patch.ts";
import type { Sdk } from "../sdk.ts";
import { present } from "../shown.ts";
import { apiOf, definitionOf, edit, type Definition, type Model } from "../state.ts";
import { newId } from "./apis.ts";

function modelOf({ models }: Definition, name: string): Model {
  return models[name] ?? notFound(`Invalid model name specified: ${name}`);
}

/** Raises BadRequestException for what is no schema. */
function checked(model: Model): Model {
  if (model.schema === undefined) return model;
  let schema: unknown;
  try {
    schema = JSON.parse(model.schema);
  } catch (error) {
    return badRequest(
      `Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified. ${error instanceof Error ? error.message : ""}]`,
    );
  }
  if (!isJson(schema)) {
    badRequest(
      "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified. It must be a JSON object]",
    );
  }
  return model;
}

/** Where a model is needed: methods, and models that refer to it. */
function usesOf(definition: Definition, restApiId: string, name: string): string[] {
  const uses: string[] = [];
  for (const { path, methods } of Object.values(definition.resources)) {
    for (const [httpMethod, { requestModels = {}, methodResponses = {} }] of Object.entries(methods)) {
      if (Object.values(requestModels).includes(name)) uses.push(`method request: ${path}/${httpMethod}`);
      for (const [status, { responseModels = {} }] of Object.entries(methodResponses)) {
        if (Object.values(responseModels).includes(name)) uses.push(`method response: ${path}/${httpMethod}/${status}`);
      }
    }
  }
  for (const other of Object.values(definition.models)) {
    if (other.name !== name && other.schema?.includes(`/restapis/${restApiId}/models/${name}"`) === true) {
      uses.push(`model: ${other.name ?? ""}`);
    }
  }
  return uses;
}

export const modelOperations = {
  CreateModel(context, { restApiId, ...given }) {
    apiOf(context, restApiId);
    return edit(context, restApiId, (definition) => {
      const { name } = given;
      if (!/^[A-Za-z0-9]+$/.test(name)) badRequest("Model name must be alphanumeric");
      if (definition.models[name] !== undefined) conflict("Model name already exists for this REST API");
      if (given.contentType === "") badRequest("Content type must be specified");
      const model = present(checked({ id: newId(context), ...given }));
      definition.models[name] = model;
      return model;
    });
  },

  GetModel(context, { restApiId, modelName, flatten }) {
    if (flatten === true) unsupported("flatten", "models are given as they were made");
    return modelOf(definitionOf(context, restApiId), modelName);
  },

  GetModels(context, { restApiId, ...page }) {
    return pageOf(Object.values(definitionOf(context, restApiId).models), page);
  },

  UpdateModel: (context, { restApiId, modelName, patchOperations }) =>
    edit(context, restApiId, (definition) => {
      const patchable = { "/description": replaced(), "/schema": replaced() };
      const { description, ...rest } = checked(patched(modelOf(definition, modelName), patchOperations, patchable));
      const model = description === "" ? rest : { ...rest, description };
      definition.models[modelName] = model;
      return model;
    }),

  DeleteModel: (context, { restApiId, modelName }) =>
    edit(context, restApiId, (definition) => {
      modelOf(definition, modelName);
      const [use] = usesOf(definition, restApiId, modelName);
      if (use !== undefined) conflict(`Cannot delete model '${modelName}', is referenced in ${use}`);
      delete definition.models[modelName];
      return {};
    }),
} satisfies Operations<Sdk>;
