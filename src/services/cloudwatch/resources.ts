/** CloudWatch's CloudFormation types. */
import type { ResourceType } from "../../service.ts";
import { alarm } from "./resources/alarm.ts";
import { compositeAlarm } from "./resources/composite-alarm.ts";
import { dashboard } from "./resources/dashboard.ts";

export const resources: Readonly<Record<string, ResourceType>> = {
  "AWS::CloudWatch::Alarm": alarm,
  "AWS::CloudWatch::CompositeAlarm": compositeAlarm,
  "AWS::CloudWatch::Dashboard": dashboard,
};
