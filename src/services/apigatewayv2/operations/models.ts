/** Models: JSON schemas that an API's definition carries along. */
import type { Handler } from "../../../service.ts";
import { badRequest, conflict } from "../errors.ts";
import { findApi, findModel, merged } from "../find.ts";
import { newId } from "../names.ts";
import { takePage } from "../paging.ts";
import type { Sdk } from "../sdk.ts";
import { models, type ModelRow } from "../state.ts";

export const CreateModel: Handler<Sdk, "CreateModel"> = (context, { ApiId, ...given }) => {
  findApi(context, ApiId);
  for (const { Name } of context.table(models).list([ApiId])) {
    if (Name === given.Name) conflict(`Model with name ${Name} already exists for this API`);
  }
  const row: ModelRow = { ContentType: "application/json", ...given, ModelId: newId(context.random) };
  checkSchema(row);
  context.table(models).put([ApiId, row.ModelId], row);
  return row;
};

function checkSchema({ Schema = "" }: ModelRow): void {
  try {
    JSON.parse(Schema);
  } catch {
    badRequest("Invalid model schema specified: it is no JSON");
  }
}

export const UpdateModel: Handler<Sdk, "UpdateModel"> = (context, { ApiId, ModelId, ...changes }) => {
  const row = merged(findModel(context, ApiId, ModelId), changes);
  checkSchema(row);
  context.table(models).put([ApiId, ModelId], row);
  return row;
};

export const GetModel: Handler<Sdk, "GetModel"> = (context, { ApiId, ModelId }) => findModel(context, ApiId, ModelId);

export const GetModelTemplate: Handler<Sdk, "GetModelTemplate"> = (context, { ApiId, ModelId }) => {
  const { Schema } = findModel(context, ApiId, ModelId);
  return { Value: Schema };
};

export const GetModels: Handler<Sdk, "GetModels"> = (context, input) => {
  findApi(context, input.ApiId);
  const { page, rest } = takePage(context.table(models).list([input.ApiId]), ({ ModelId }) => ModelId, input);
  return { Items: page, ...rest };
};

export const DeleteModel: Handler<Sdk, "DeleteModel"> = (context, { ApiId, ModelId }) => {
  findModel(context, ApiId, ModelId);
  context.table(models).remove(ApiId, ModelId);
  return {};
};
