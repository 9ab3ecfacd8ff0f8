/** The SDK whose operations CloudWatch serves, and some of its structures as a server sees them. Types only. */
import type { Input, Output } from "../../service.ts";

export type Sdk = typeof import("@aws-sdk/client-cloudwatch");

/** A MetricDataQuery. */
export type MetricQuery = Input<Sdk, "GetMetricData">["MetricDataQueries"][number];
export type Tag = Input<Sdk, "TagResource">["Tags"][number];
export type ShownMetricAlarm = NonNullable<Output<Sdk, "DescribeAlarms">["MetricAlarms"]>[number];
export type ShownCompositeAlarm = NonNullable<Output<Sdk, "DescribeAlarms">["CompositeAlarms"]>[number];
