/** API Gateway's operations for REST APIs, gathered. */
import type { Operations } from "../../service.ts";
import { accountOperations } from "./operations/account.ts";
import { apiKeyOperations } from "./operations/api-keys.ts";
import { apiOperations } from "./operations/apis.ts";
import { authorizerOperations } from "./operations/authorizers.ts";
import { basePathMappingOperations } from "./operations/base-path-mappings.ts";
import { deploymentOperations } from "./operations/deployments.ts";
import { domainOperations } from "./operations/domains.ts";
import { gatewayResponseOperations } from "./operations/gateway-responses.ts";
import { integrationOperations } from "./operations/integrations.ts";
import { methodOperations } from "./operations/methods.ts";
import { modelOperations } from "./operations/models.ts";
import { requestValidatorOperations } from "./operations/request-validators.ts";
import { resourceOperations } from "./operations/resources.ts";
import { keyImportOperations } from "./operations/key-import.ts";
import { stageOperations } from "./operations/stages.ts";
import { tagOperations } from "./operations/tags.ts";
import { usagePlanKeyOperations } from "./operations/usage-plan-keys.ts";
import { usagePlanOperations } from "./operations/usage-plans.ts";
import { usageOperations } from "./operations/usage.ts";
import { testInvokeOperations } from "./operations/test-invoke.ts";
import type { Sdk } from "./sdk.ts";
import type { Keeping } from "./serving/keeping.ts";

const operations = {
  ...accountOperations,
  ...apiKeyOperations,
  ...apiOperations,
  ...authorizerOperations,
  ...basePathMappingOperations,
  ...deploymentOperations,
  ...domainOperations,
  ...gatewayResponseOperations,
  ...integrationOperations,
  ...methodOperations,
  ...modelOperations,
  ...requestValidatorOperations,
  ...resourceOperations,
  ...stageOperations,
  ...tagOperations,
  ...keyImportOperations,
  ...usageOperations,
  ...usagePlanKeyOperations,
  ...usagePlanOperations,
} satisfies Operations<Sdk>;

/** Those that try a definition out need what serving keeps. */
export const createOperations = (keeping: Keeping) =>
  ({ ...operations, ...testInvokeOperations(keeping) }) satisfies Operations<Sdk>;
