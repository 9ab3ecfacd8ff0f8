/** What each operation needs to be allowed (AWS page "Actions, resources, and condition keys for Amazon CloudWatch"): metrics have no ARNs. */
import type { Access } from "../../service.ts";
import { alarmArn } from "./alarms/names.ts";
import { dashboardArn } from "./dashboards/state.ts";
import type * as operations from "./operations.ts";
import type { Sdk } from "./sdk.ts";

interface Place {
  readonly account: string;
  readonly region: string;
}

const everything = (): string => "*";
const onAlarm = (action: string) => ({
  action: `cloudwatch:${action}`,
  resource: ({ AlarmName }: { readonly AlarmName: string }, where: Place) => alarmArn(where, AlarmName),
});
const onAlarms = (action: string) => ({
  action: `cloudwatch:${action}`,
  resource: ({ AlarmNames = [] }: { readonly AlarmNames?: readonly string[] | undefined }, where: Place) =>
    AlarmNames.length === 0 ? alarmArn(where, "*") : AlarmNames.map((name) => alarmArn(where, name)),
});
const onDashboard = (action: string) => ({
  action: `cloudwatch:${action}`,
  resource: ({ DashboardName }: { readonly DashboardName: string }, { account }: Place) =>
    dashboardArn(account, DashboardName),
});
const onArn = (action: string) => ({
  action: `cloudwatch:${action}`,
  resource: ({ ResourceARN }: { readonly ResourceARN: string }) => ResourceARN,
});
/** Tags of a new resource ask for their own permission. */
const tagging =
  (action: string) =>
  ({ Tags = [] }: { readonly Tags?: readonly unknown[] | undefined }): string[] =>
    Tags.length > 0 ? [`cloudwatch:${action}`, "cloudwatch:TagResource"] : [`cloudwatch:${action}`];

export const access: Access<Sdk, typeof operations> = {
  PutMetricData: { action: "cloudwatch:PutMetricData", resource: everything },
  ListMetrics: { action: "cloudwatch:ListMetrics", resource: everything },
  GetMetricStatistics: { action: "cloudwatch:GetMetricStatistics", resource: everything },
  GetMetricData: { action: "cloudwatch:GetMetricData", resource: everything },
  PutMetricAlarm: { ...onAlarm("PutMetricAlarm"), action: tagging("PutMetricAlarm") },
  // Composite alarms are put and described by whoever may do so to all.
  PutCompositeAlarm: { action: tagging("PutCompositeAlarm"), resource: (_, where) => alarmArn(where, "*") },
  DescribeAlarms: onAlarms("DescribeAlarms"),
  DescribeAlarmsForMetric: { action: "cloudwatch:DescribeAlarmsForMetric", resource: everything },
  DescribeAlarmHistory: {
    action: "cloudwatch:DescribeAlarmHistory",
    resource: ({ AlarmName = "*" }, where) => alarmArn(where, AlarmName),
  },
  SetAlarmState: onAlarm("SetAlarmState"),
  EnableAlarmActions: onAlarms("EnableAlarmActions"),
  DisableAlarmActions: onAlarms("DisableAlarmActions"),
  DeleteAlarms: onAlarms("DeleteAlarms"),
  PutDashboard: { ...onDashboard("PutDashboard"), action: tagging("PutDashboard") },
  GetDashboard: onDashboard("GetDashboard"),
  ListDashboards: { action: "cloudwatch:ListDashboards", resource: everything },
  DeleteDashboards: {
    action: "cloudwatch:DeleteDashboards",
    resource: ({ DashboardNames }, { account }) => DashboardNames.map((name) => dashboardArn(account, name)),
  },
  GetMetricWidgetImage: { action: "cloudwatch:GetMetricWidgetImage", resource: everything },
  TagResource: onArn("TagResource"),
  UntagResource: onArn("UntagResource"),
  ListTagsForResource: onArn("ListTagsForResource"),
};
