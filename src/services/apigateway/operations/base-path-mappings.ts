/** Base path mappings: which API, and which of its stages, the first part of a path at a domain name leads to. */
import type { Operations, ServiceContext } from "../../../service.ts";
import { badRequest, conflict, notFound } from "../errors.ts";
import { pageOf } from "../paging.ts";
import { patched, replaced, type Patchable } from "../patch.ts";
import type { Sdk } from "../sdk.ts";
import { apis, mappings, stages, type MappingRow } from "../state.ts";
import { domainOf, type Named } from "./domains.ts";

/** The base path of what is mapped at the domain's root. */
const NONE = "(none)";

function find(context: ServiceContext, input: Named & { readonly basePath: string }): MappingRow {
  const { domainName } = domainOf(context, input);
  const row = context.table(mappings).get(domainName, input.basePath);
  return row ?? notFound("Invalid base path mapping identifier specified");
}

function checked(context: ServiceContext, row: MappingRow): MappingRow {
  const { restApiId, stage, basePath } = row;
  if (basePath !== NONE && !/^[\w$.+!*'()-]+$/.test(basePath)) {
    badRequest("API Gateway base path only allows a-zA-Z0-9 and $-_.+!*'()");
  }
  if (!context.table(apis).has(restApiId)) badRequest("Invalid REST API identifier specified");
  if (stage === undefined || stage === "") return { basePath, restApiId };
  if (!context.table(stages).has(restApiId, stage)) badRequest("Invalid stage identifier specified");
  return row;
}

const PATCHABLE: Patchable = {
  "/basePath": replaced(),
  "/restapiId": replaced(),
  "/restApiId": replaced(),
  "/stage": replaced(),
};

export const basePathMappingOperations = {
  CreateBasePathMapping(context, { restApiId, stage, basePath, ...input }) {
    const { domainName } = domainOf(context, input);
    const row = checked(context, {
      basePath: basePath === undefined || basePath === "" ? NONE : basePath,
      restApiId,
      stage,
    });
    if (context.table(mappings).has(domainName, row.basePath)) {
      conflict("Base path already exists for this domain name");
    }
    context.table(mappings).put([domainName, row.basePath], row);
    return row;
  },

  GetBasePathMapping: (context, input) => find(context, input),

  GetBasePathMappings(context, input) {
    const { domainName } = domainOf(context, input);
    return pageOf(context.table(mappings).list([domainName]), input);
  },

  UpdateBasePathMapping(context, input) {
    const before = find(context, input);
    const { domainName } = domainOf(context, input);
    // AWS's page writes /restapiId.
    const operations = (input.patchOperations ?? []).map((one) =>
      one.path === "/restapiId" ? { ...one, path: "/restApiId" } : one,
    );
    const changed = patched(before, operations, PATCHABLE);
    const row = checked(context, { ...changed, basePath: changed.basePath === "" ? NONE : changed.basePath });
    if (row.basePath !== before.basePath) {
      if (context.table(mappings).has(domainName, row.basePath)) {
        conflict("Base path already exists for this domain name");
      }
      context.table(mappings).remove(domainName, before.basePath);
    }
    context.table(mappings).put([domainName, row.basePath], row);
    return row;
  },

  DeleteBasePathMapping(context, input) {
    const { basePath } = find(context, input);
    context.table(mappings).remove(domainOf(context, input).domainName, basePath);
    return {};
  },
} satisfies Operations<Sdk>;
