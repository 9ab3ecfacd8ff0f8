/**
 * The door for `UpdatePolicy: CodeDeployLambdaAliasUpdate`: the update of an alias whose version changes is a deployment, which moves the
 * traffic and is waited for ("UpdatePolicy attribute"). There is no CodeDeploy yet: such an update fails and says so.
 */
import type { Progress, ResourceUpdate } from "../../../service.ts";
import type { JsonObject } from "../../../template/value.ts";
import { ALIAS_DEPLOYMENT } from "../attributes.ts";
import { ResourceFailure } from "../failure.ts";

/** True when the update has to go through a deployment: nothing else of an alias moves traffic. */
export function needsDeployment(
  policy: JsonObject | undefined,
  { properties, previousProperties }: ResourceUpdate,
): boolean {
  return (
    policy?.[ALIAS_DEPLOYMENT] !== undefined && properties["FunctionVersion"] !== previousProperties["FunctionVersion"]
  );
}

/** Raises ResourceFailure. */
export function deployAlias({ logicalId }: ResourceUpdate): Promise<Progress> {
  const reason = `Seatrial has no CodeDeploy yet: the UpdatePolicy ${ALIAS_DEPLOYMENT} of ${logicalId} cannot shift its traffic.`;
  return Promise.reject(new ResourceFailure(reason));
}
