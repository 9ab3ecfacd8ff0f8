/** API Gateway's operations for REST APIs, gathered. */
import type { Operations } from "../../service.ts";
import { accountOperations } from "./operations/account.ts";
import { apiOperations } from "./operations/apis.ts";
import { deploymentOperations } from "./operations/deployments.ts";
import { stageOperations } from "./operations/stages.ts";
import { tagOperations } from "./operations/tags.ts";
import type { Sdk } from "./sdk.ts";

export const operations = {
  ...accountOperations,
  ...apiOperations,
  ...deploymentOperations,
  ...stageOperations,
  ...tagOperations,
} satisfies Operations<Sdk>;
