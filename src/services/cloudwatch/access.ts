/** What each operation needs to be allowed (AWS page "Actions, resources, and condition keys for Amazon CloudWatch"): metrics have no ARNs. */
import type { Access } from "../../service.ts";
import type * as operations from "./operations.ts";
import type { Sdk } from "./sdk.ts";

const everything = (): string => "*";

export const access: Access<Sdk, typeof operations> = {
  PutMetricData: { action: "cloudwatch:PutMetricData", resource: everything },
  ListMetrics: { action: "cloudwatch:ListMetrics", resource: everything },
  GetMetricStatistics: { action: "cloudwatch:GetMetricStatistics", resource: everything },
  GetMetricData: { action: "cloudwatch:GetMetricData", resource: everything },
};
