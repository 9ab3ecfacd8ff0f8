/** AWS's words for a request that was not allowed (AWS page "Troubleshoot access denied error messages"). */
import type { AccessRequest, Evaluation } from "./evaluate.ts";
import { displayName } from "./principal.ts";

/**
 * The message of AccessDenied: `User: ARN is not authorized to perform: ACTION on resource: RESOURCE because no
 * identity-based policy allows the ACTION action`. The resource is left out where the action knows none.
 */
export function denialMessage(
  request: Pick<AccessRequest, "principal" | "action" | "resource">,
  evaluation: Exclude<Evaluation, { readonly decision: "allowed" }>,
): string {
  const { action, resource } = request;
  const onResource = resource === "*" ? "" : ` on resource: ${resource}`;
  return `User: ${displayName(request.principal)} is not authorized to perform: ${action}${onResource} ${reason(action, evaluation)}`;
}

function reason(action: string, evaluation: Exclude<Evaluation, { readonly decision: "allowed" }>): string {
  const { decision, source } = evaluation;
  if (decision === "implicitDeny") return `because no ${source} allows the ${action} action`;
  return `with an explicit deny in ${source === "identity-based policy" ? "an" : "a"} ${source}`;
}
