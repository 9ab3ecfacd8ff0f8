/** Amazon CloudWatch: metrics, published and read. */
import { defineService } from "../../service.ts";
import { access } from "./access.ts";
import { deadlines } from "./deadlines.ts";
import { GetMetricData, GetMetricStatistics, ListMetrics, PutMetricData } from "./operations.ts";
import type { Sdk } from "./sdk.ts";

export const cloudwatch = defineService<Sdk>()({
  name: "cloudwatch",
  operations: { PutMetricData, ListMetrics, GetMetricStatistics, GetMetricData },
  access,
  deadlines,
});
