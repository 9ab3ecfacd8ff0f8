/** Looks for drift of an instance's stack ("Performing drift detection on CloudFormation StackSets"): DetectStackDrift, as the execution role. */
import { isAwsError } from "../../../kernel/errors.ts";
import type { Principal, ServiceContext } from "../../../service.ts";
import { detections, stackDrifts } from "../drift/state.ts";
import type { Job, Outcome } from "./job.ts";

/** Begins a detection. Raises what DetectStackDrift raises. */
export async function startDriftWork(context: ServiceContext, as: Principal, job: Job): Promise<Outcome> {
  const { account, region, attempted } = job.result;
  const stackId = job.instance.stackId ?? "";
  try {
    const where = { as, account, region };
    const { StackDriftDetectionId: detectionId } = await context.call(
      "cloudformation",
      "DetectStackDrift",
      { StackName: stackId },
      where,
    );
    return { type: "looks", stackId, detectionId };
  } catch (error) {
    // An attempt that was killed may have begun it.
    const [newest] = context.table(stackDrifts, { account, region }).get(stackId)?.detections ?? [];
    if (!attempted || newest === undefined || !isAwsError(error)) throw error;
    return { type: "looks", stackId, detectionId: newest };
  }
}

/** What the detection has come to. */
export function settledDrift(context: ServiceContext, { result }: Job): Outcome {
  const { account, region, detectionId = "", stackId = "" } = result;
  const detection = context.table(detections, { account, region }).get(detectionId);
  switch (detection?.status) {
    case undefined:
      return { type: "failed", reason: `Drift detection with id [${detectionId}] does not exist` };
    case "DETECTION_IN_PROGRESS":
      return { type: "looks", stackId, detectionId };
    case "DETECTION_FAILED":
      return { type: "failed", reason: detection.reason ?? "Drift detection failed" };
    case "DETECTION_COMPLETE":
      return { type: "checked", status: detection.stackStatus ?? "UNKNOWN", checkedAt: detection.startedAt };
  }
}
