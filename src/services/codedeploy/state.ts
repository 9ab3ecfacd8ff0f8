/** CodeDeploy's nouns and their tables. Times are epoch milliseconds. */
import type {
  AutoRollbackEvent,
  DeploymentCreator,
  ErrorCode,
  FileExistsBehavior,
  LifecycleErrorCode,
  RevisionLocation,
  TriggerConfig,
} from "@aws-sdk/client-codedeploy";
import { defineTable } from "../../kernel/table.ts";
import type { Routing } from "./traffic.ts";

export type Tags = Readonly<Record<string, string>>;

export interface Application {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly tags: Tags;
}

/** A deployment configuration that somebody made; the others are in predefined-configs.ts. */
export interface Config {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly routing: Routing;
}

export interface Alarms {
  readonly enabled: boolean;
  /** The deployment goes on although nobody can tell how the alarms stand. */
  readonly ignorePollAlarmFailure: boolean;
  readonly names: readonly string[];
}

export interface AutoRollback {
  readonly enabled: boolean;
  readonly events: readonly AutoRollbackEvent[];
}

/** How a deployment came out, kept with its group. */
export interface LastDeployment {
  readonly id: string;
  readonly status: Status;
  readonly createdAt: number;
  readonly endedAt?: number | undefined;
}

export interface Group {
  readonly id: string;
  readonly application: string;
  readonly name: string;
  readonly configName: string;
  readonly serviceRoleArn: string;
  readonly triggers: readonly TriggerConfig[];
  readonly alarms?: Alarms | undefined;
  readonly autoRollback?: AutoRollback | undefined;
  readonly tags: Tags;
  /** What was deployed last with success. */
  readonly targetRevision?: Revision | undefined;
  readonly lastSuccessful?: LastDeployment | undefined;
  readonly lastAttempted?: LastDeployment | undefined;
}

/** Where an AppSpec file is, or the file itself. */
export type Revision = RevisionLocation;

export interface RevisionRow {
  readonly revision: Revision;
  readonly description?: string | undefined;
  readonly registeredAt: number;
  readonly firstUsedAt?: number | undefined;
  readonly lastUsedAt?: number | undefined;
}

/**
 * Created ─▶ InProgress ─▶ Succeeded
 *    │            ├──────▶ Failed     a hook, the role, the AppSpec file, the alias
 *    └────────────┴──────▶ Stopped    somebody asked for it, or an alarm
 *
 * Queued, Baking and Ready are states of other compute platforms.
 */
export type Status = "Created" | "InProgress" | "Succeeded" | "Failed" | "Stopped";

/** What the AppSpec file asks for. */
export interface Plan {
  /** As the AppSpec file has it: a name or an ARN. */
  readonly functionName: string;
  readonly alias: string;
  readonly currentVersion: string;
  readonly targetVersion: string;
  readonly hooks: { readonly BeforeAllowTraffic?: string; readonly AfterAllowTraffic?: string };
}

/** In the order in which they happen. */
export const EVENT_NAMES = ["BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"] as const;
export type EventName = (typeof EVENT_NAMES)[number];

export interface LifecycleEvent {
  readonly name: EventName;
  readonly status: "Pending" | "InProgress" | "Succeeded" | "Failed" | "Skipped";
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  /** What the hook answers with. */
  readonly executionId?: string | undefined;
  readonly diagnostics?: Diagnostics | undefined;
}

export interface Diagnostics {
  readonly errorCode: LifecycleErrorCode;
  readonly scriptName: string;
  readonly message: string;
  readonly logTail: string;
}

export interface Deployment {
  readonly id: string;
  readonly application: string;
  readonly group: string;
  readonly configName: string;
  /** As the configuration was when the deployment was made. */
  readonly routing: Routing;
  readonly revision: Revision;
  readonly previousRevision?: Revision | undefined;
  readonly description?: string | undefined;
  readonly creator: DeploymentCreator;
  readonly fileExistsBehavior?: FileExistsBehavior | undefined;
  readonly autoRollback?: AutoRollback | undefined;
  /** Those of the group unless the deployment was given its own. */
  readonly alarms?: Alarms | undefined;
  readonly overridesAlarms: boolean;
  readonly status: Status;
  readonly error?: { readonly code: ErrorCode; readonly message: string } | undefined;
  /** The deployment that takes this one back. */
  readonly rolledBackBy?: string | undefined;
  /** The deployment that this one takes back. */
  readonly rollsBack?: string | undefined;
  readonly createdAt: number;
  /** Tells it from others of its group that were made in the same millisecond. */
  readonly ordinal: number;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly updatedAt: number;
  /** When the traffic began to shift. */
  readonly shiftedAt?: number | undefined;
  /** Set once the AppSpec file was read and fits the alias; of a rollback, from the beginning. */
  readonly plan?: Plan | undefined;
  readonly events: readonly LifecycleEvent[];
  /** The share of the target version, in percent. */
  readonly percent: number;
  /** How many of the routing's steps have been taken. */
  readonly stepsTaken: number;
}

/** [name] */
export const applications = defineTable<Application>("codedeploy.applications");
/** [name] */
export const configs = defineTable<Config>("codedeploy.configs");
/** [application, name] */
export const groups = defineTable<Group>("codedeploy.groups");
/** [application, key of the revision] */
export const revisions = defineTable<RevisionRow>("codedeploy.revisions");
/** [id] */
export const deployments = defineTable<Deployment>("codedeploy.deployments");
/** [id of the group, when, its number in that millisecond]: the deployment's id. */
export const history = defineTable<string>("codedeploy.history");
/** [id of the group]: the one deployment that is at work. */
export const running = defineTable<string>("codedeploy.running");
