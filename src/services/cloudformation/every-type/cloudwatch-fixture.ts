/** For the tests: CloudWatch's types. */
import { attribute, tags, type TypeCases } from "./case-fixture.ts";

const metric = { Namespace: "App", MetricName: "Errors", Period: 60, EvaluationPeriods: 1, Threshold: 1 };
const compared = { ...metric, ComparisonOperator: "GreaterThanOrEqualToThreshold" };
const Child = { Type: "AWS::CloudWatch::Alarm", Properties: { ...compared, Statistic: "Sum" } };
const Other = { Type: "AWS::CloudWatch::Alarm", Properties: { ...compared, Statistic: "Maximum" } };
const topic = (name: string): string[] => [`arn:aws:sns:us-east-1:000000000000:${name}`];
const ruled = { "Fn::Sub": "ALARM(${Child})" };
const board = (markdown: string): string => JSON.stringify({ widgets: [{ type: "text", properties: { markdown } }] });

export const cloudwatchTypes: TypeCases = {
  "AWS::CloudWatch::Alarm": {
    first: { AlarmName: "alarm", ...compared, Statistic: "Sum" },
    changed: {
      AlarmName: "alarm",
      ...compared,
      ExtendedStatistic: "p99",
      EvaluateLowSampleCountPercentile: "ignore",
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Dimensions: [{ Name: "FunctionName", Value: "f" }],
      TreatMissingData: "notBreaching",
      Unit: "Count",
      ActionsEnabled: false,
      AlarmDescription: "some",
      AlarmActions: topic("a"),
      OKActions: topic("b"),
      InsufficientDataActions: topic("c"),
      Tags: tags("a", "b"),
    },
    replaced: { AlarmName: "other", ...compared, Statistic: "Sum" },
    untried: { Metrics: "it is tried beside the alarms: a metric and queries exclude each other" },
  },
  "AWS::CloudWatch::CompositeAlarm": {
    beside: { Child, Other },
    first: { AlarmName: "composite", AlarmRule: ruled },
    changed: {
      AlarmName: "composite",
      AlarmRule: { "Fn::Sub": "NOT (ALARM(${Child}) OR OK(${Other}))" },
      ActionsEnabled: false,
      ActionsSuppressor: attribute("Other", "Arn"),
      ActionsSuppressorWaitPeriod: 60,
      ActionsSuppressorExtensionPeriod: 120,
      AlarmDescription: "some",
      AlarmActions: topic("a"),
      OKActions: topic("b"),
      InsufficientDataActions: topic("c"),
      Tags: tags("a", "b"),
    },
    replaced: { AlarmName: "other", AlarmRule: ruled, ActionsEnabled: true },
  },
  "AWS::CloudWatch::Dashboard": {
    first: { DashboardName: "board", DashboardBody: board("one") },
    changed: { DashboardName: "board", DashboardBody: board("two"), Tags: tags("a", "b") },
    replaced: { DashboardName: "other", DashboardBody: board("one") },
  },
};
