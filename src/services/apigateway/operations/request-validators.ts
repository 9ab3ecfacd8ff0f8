/** Request validators: which parts of a request are checked before it is handed on. */
import type { Operations } from "../../../service.ts";
import { conflict, notFound } from "../errors.ts";
import { pageOf } from "../paging.ts";
import { patched, replaced } from "../patch.ts";
import type { Sdk } from "../sdk.ts";
import { apiOf, definitionOf, edit, type Definition, type RequestValidator } from "../state.ts";
import { newId } from "./apis.ts";

function validatorOf({ requestValidators }: Definition, id: string): RequestValidator {
  return requestValidators[id] ?? notFound("Invalid Request Validator identifier specified");
}

const PATCHABLE = {
  "/name": replaced(),
  "/validateRequestBody": replaced("boolean"),
  "/validateRequestParameters": replaced("boolean"),
};

export const requestValidatorOperations = {
  CreateRequestValidator(context, input) {
    const { restApiId, name, validateRequestBody = false, validateRequestParameters = false } = input;
    apiOf(context, restApiId);
    return edit(context, restApiId, (definition) => {
      const id = newId(context);
      const validator = { id, ...(name === undefined ? {} : { name }), validateRequestBody, validateRequestParameters };
      definition.requestValidators[id] = validator;
      return validator;
    });
  },

  GetRequestValidator: (context, { restApiId, requestValidatorId }) =>
    validatorOf(definitionOf(context, restApiId), requestValidatorId),

  GetRequestValidators(context, { restApiId, ...page }) {
    return pageOf(Object.values(definitionOf(context, restApiId).requestValidators), page);
  },

  UpdateRequestValidator: (context, { restApiId, requestValidatorId, patchOperations }) =>
    edit(context, restApiId, (definition) => {
      const validator = patched(validatorOf(definition, requestValidatorId), patchOperations, PATCHABLE);
      definition.requestValidators[requestValidatorId] = validator;
      return validator;
    }),

  DeleteRequestValidator: (context, { restApiId, requestValidatorId }) =>
    edit(context, restApiId, (definition) => {
      validatorOf(definition, requestValidatorId);
      for (const { path, methods } of Object.values(definition.resources)) {
        for (const [httpMethod, method] of Object.entries(methods)) {
          if (method.requestValidatorId !== requestValidatorId) continue;
          conflict(
            `Cannot delete request validator '${requestValidatorId}', is referenced in method: ${path}/${httpMethod}`,
          );
        }
      }
      delete definition.requestValidators[requestValidatorId];
      return {};
    }),
} satisfies Operations<Sdk>;
