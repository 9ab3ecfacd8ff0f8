/** API Gateway v2's verbs, each in the file of its noun. */
import { CreateApi, DeleteApi, DeleteCorsConfiguration, GetApi, GetApis, UpdateApi } from "./operations/apis.ts";
import {
  CreateAuthorizer,
  DeleteAuthorizer,
  GetAuthorizer,
  GetAuthorizers,
  UpdateAuthorizer,
} from "./operations/authorizers.ts";
import * as domains from "./operations/domains.ts";
import { ExportApi } from "./operations/export.ts";
import { ImportApi, ReimportApi } from "./operations/import.ts";
import {
  CreateIntegration,
  DeleteIntegration,
  GetIntegration,
  GetIntegrations,
  UpdateIntegration,
} from "./operations/integrations.ts";
import * as models from "./operations/models.ts";
import { CreateRoute, DeleteRoute, GetRoute, GetRoutes, UpdateRoute } from "./operations/routes.ts";
import * as stages from "./operations/stages.ts";
import * as tags from "./operations/tags.ts";
import { resetAuthorizersCache } from "./operations/reset.ts";
import type { Serving } from "./serve/door.ts";

/** The operations of one cloud, which know what serves its requests. */
export const operations = (serving: Serving) => ({
  CreateApi,
  ImportApi,
  ReimportApi,
  ExportApi,
  UpdateApi,
  GetApi,
  GetApis,
  DeleteApi,
  DeleteCorsConfiguration,
  CreateRoute,
  UpdateRoute,
  GetRoute,
  GetRoutes,
  DeleteRoute,
  CreateIntegration,
  UpdateIntegration,
  GetIntegration,
  GetIntegrations,
  DeleteIntegration,
  CreateAuthorizer,
  UpdateAuthorizer,
  GetAuthorizer,
  GetAuthorizers,
  DeleteAuthorizer,
  ...stages,
  ...models,
  ...domains,
  ...tags,
  ResetAuthorizersCache: resetAuthorizersCache(serving),
});
