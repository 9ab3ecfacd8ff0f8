/** For the tests: CodeDeploy's types. */
import { attribute, ref, tags, trusting, type TypeCases } from "./case-fixture.ts";

const SERVERS_ONLY = "it belongs to servers or ECS: refused with an error that names it";
const Role = {
  Type: "AWS::IAM::Role",
  Properties: { RoleName: "deployer", AssumeRolePolicyDocument: trusting("codedeploy.amazonaws.com") },
};
const OtherRole = {
  Type: "AWS::IAM::Role",
  Properties: { RoleName: "other-deployer", AssumeRolePolicyDocument: trusting("codedeploy.amazonaws.com") },
};
const App = { Type: "AWS::CodeDeploy::Application", Properties: { ApplicationName: "app", ComputePlatform: "Lambda" } };

export const codedeployTypes: TypeCases = {
  "AWS::CodeDeploy::Application": {
    first: { ApplicationName: "one", ComputePlatform: "Lambda" },
    changed: { ApplicationName: "one", ComputePlatform: "Lambda", Tags: tags("a", "b") },
    replaced: { ComputePlatform: "Lambda" },
  },
  "AWS::CodeDeploy::DeploymentConfig": {
    first: {
      DeploymentConfigName: "one",
      ComputePlatform: "Lambda",
      TrafficRoutingConfig: {
        Type: "TimeBasedCanary",
        TimeBasedCanary: { CanaryPercentage: 20, CanaryInterval: 3 },
      },
    },
    changed: "every change needs a new one",
    replaced: {
      ComputePlatform: "Lambda",
      TrafficRoutingConfig: {
        Type: "TimeBasedLinear",
        TimeBasedLinear: { LinearPercentage: 25, LinearInterval: 2 },
      },
    },
    untried: { MinimumHealthyHosts: SERVERS_ONLY, ZonalConfig: SERVERS_ONLY },
  },
  "AWS::CodeDeploy::DeploymentGroup": {
    beside: { Role, OtherRole, App },
    first: {
      ApplicationName: ref("App"),
      DeploymentGroupName: "one",
      ServiceRoleArn: attribute("Role", "Arn"),
    },
    changed: {
      ApplicationName: ref("App"),
      DeploymentGroupName: "one",
      ServiceRoleArn: attribute("OtherRole", "Arn"),
      DeploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes",
      AlarmConfiguration: { Enabled: true, IgnorePollAlarmFailure: true, Alarms: [{ Name: "errors" }] },
      AutoRollbackConfiguration: { Enabled: true, Events: ["DEPLOYMENT_STOP_ON_ALARM"] },
      DeploymentStyle: { DeploymentType: "BLUE_GREEN", DeploymentOption: "WITH_TRAFFIC_CONTROL" },
      TriggerConfigurations: [
        {
          TriggerName: "told",
          TriggerTargetArn: "arn:aws:sns:us-east-1:000000000000:topic",
          TriggerEvents: ["DeploymentFailure"],
        },
      ],
      Tags: tags("a"),
    },
    replaced: { ApplicationName: ref("App"), ServiceRoleArn: attribute("Role", "Arn") },
    untried: Object.fromEntries(
      [
        "AutoScalingGroups",
        "BlueGreenDeploymentConfiguration",
        "Deployment",
        "ECSServices",
        "Ec2TagFilters",
        "Ec2TagSet",
        "LoadBalancerInfo",
        "OnPremisesInstanceTagFilters",
        "OnPremisesTagSet",
        "OutdatedInstancesStrategy",
        "TerminationHookEnabled",
      ].map((name) => [name, SERVERS_ONLY]),
    ),
  },
};
