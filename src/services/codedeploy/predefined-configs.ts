/** The deployment configurations that every account has ("Predefined deployment configurations for an AWS Lambda compute platform", and for the others). */
import type { ComputePlatform, MinimumHealthyHosts } from "@aws-sdk/client-codedeploy";
import type { Routing } from "./traffic.ts";

export interface PredefinedConfig {
  readonly id: string;
  readonly name: string;
  readonly platform: ComputePlatform;
  readonly routing?: Routing;
  readonly minimumHealthyHosts?: MinimumHealthyHosts;
}

export const PREFIX = "CodeDeployDefault.";
/** What a Lambda deployment group has that names none, and every rollback. */
export const ALL_AT_ONCE = `${PREFIX}LambdaAllAtOnce`;

const canary = (percentage: number, intervalMinutes: number): Routing => ({
  type: "TimeBasedCanary",
  percentage,
  intervalMinutes,
});
const linear = (percentage: number, intervalMinutes: number): Routing => ({
  type: "TimeBasedLinear",
  percentage,
  intervalMinutes,
});

const BY_NAME: readonly (Omit<PredefinedConfig, "id" | "name"> & { readonly short: string })[] = [
  { short: "AllAtOnce", platform: "Server", minimumHealthyHosts: { type: "HOST_COUNT", value: 0 } },
  { short: "ECSAllAtOnce", platform: "ECS", routing: { type: "AllAtOnce" } },
  { short: "ECSCanary10Percent15Minutes", platform: "ECS", routing: canary(10, 15) },
  { short: "ECSCanary10Percent5Minutes", platform: "ECS", routing: canary(10, 5) },
  { short: "ECSLinear10PercentEvery1Minutes", platform: "ECS", routing: linear(10, 1) },
  { short: "ECSLinear10PercentEvery3Minutes", platform: "ECS", routing: linear(10, 3) },
  { short: "HalfAtATime", platform: "Server", minimumHealthyHosts: { type: "FLEET_PERCENT", value: 50 } },
  { short: "LambdaAllAtOnce", platform: "Lambda", routing: { type: "AllAtOnce" } },
  { short: "LambdaCanary10Percent10Minutes", platform: "Lambda", routing: canary(10, 10) },
  { short: "LambdaCanary10Percent15Minutes", platform: "Lambda", routing: canary(10, 15) },
  { short: "LambdaCanary10Percent30Minutes", platform: "Lambda", routing: canary(10, 30) },
  { short: "LambdaCanary10Percent5Minutes", platform: "Lambda", routing: canary(10, 5) },
  { short: "LambdaLinear10PercentEvery10Minutes", platform: "Lambda", routing: linear(10, 10) },
  { short: "LambdaLinear10PercentEvery1Minute", platform: "Lambda", routing: linear(10, 1) },
  { short: "LambdaLinear10PercentEvery2Minutes", platform: "Lambda", routing: linear(10, 2) },
  { short: "LambdaLinear10PercentEvery3Minutes", platform: "Lambda", routing: linear(10, 3) },
  { short: "OneAtATime", platform: "Server", minimumHealthyHosts: { type: "FLEET_PERCENT", value: 99 } },
];

/** In the order in which they are listed. */
export const PREDEFINED: ReadonlyMap<string, PredefinedConfig> = new Map(
  BY_NAME.map(({ short, ...config }, index) => {
    const name = PREFIX + short;
    return [name, { ...config, name, id: `00000000-0000-0000-0000-${String(index + 1).padStart(12, "0")}` }];
  }),
);
