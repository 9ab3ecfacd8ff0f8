/** A fault becomes the deployment's end. Inside a transaction. */
import type { ServiceContext } from "../../../service.ts";
import type { DeploymentFault } from "../errors.ts";
import type { Deployment } from "../state.ts";
import { end } from "./course.ts";

export function failed(
  context: ServiceContext,
  deployment: Deployment,
  { code, message, diagnostics }: DeploymentFault,
): void {
  end(context, deployment, { status: "Failed", code, message, diagnostics });
}
