/**
 * A deployment's course, inside a transaction: BeforeAllowTraffic, AllowTraffic, AfterAllowTraffic, and its end. Each function writes where the
 * deployment stands and sets the deadlines by which it goes on; what has to be asked of other services is theirs (run/begin.ts,
 * run/hook.ts, run/shift.ts).
 */
import type { ErrorCode } from "@aws-sdk/client-codedeploy";
import type { ServiceContext } from "../../../service.ts";
import { stepsOf } from "../traffic.ts";
import {
  deployments,
  EVENT_NAMES,
  groups,
  running,
  type Deployment,
  type Diagnostics,
  type EventName,
  type LastDeployment,
  type LifecycleEvent,
} from "../state.ts";
import { tellState } from "./notices.ts";
import { startRollback } from "./rollback.ts";

/** "A Lambda validation function must send its result within one hour." */
const HOOK_TIMEOUT_MS = 3_600_000;

/** The deadlines of a deployment; the key is its id. */
export const DEADLINES = ["begin", "hook", "hook-timeout", "shift"] as const;

export const isOver = ({ status }: Deployment): boolean => status !== "Created" && status !== "InProgress";

export function put(context: ServiceContext, deployment: Deployment): Deployment {
  const next = { ...deployment, updatedAt: context.now };
  context.table(deployments).put([next.id], next);
  return next;
}

/** The same deployment with one of its lifecycle events changed. */
export function withEvent(deployment: Deployment, name: EventName, change: Partial<LifecycleEvent>): Deployment {
  return {
    ...deployment,
    events: deployment.events.map((event) => (event.name === name ? { ...event, ...change } : event)),
  };
}

export function eventOf({ events }: Deployment, name: EventName): LifecycleEvent {
  return events.find((event) => event.name === name) ?? { name, status: "Pending" };
}

/** From Created: the AppSpec file is read, and fits. */
export function start(context: ServiceContext, deployment: Deployment): void {
  const started = put(context, { ...deployment, status: "InProgress", startedAt: context.now });
  const group = context.table(groups).get(started.application, started.group);
  if (group?.lastAttempted?.id === started.id) {
    const lastAttempted = { ...group.lastAttempted, status: started.status };
    context.table(groups).put([group.application, group.name], { ...group, lastAttempted });
  }
  tellState(context, started, "START");
  enter(context, started, "BeforeAllowTraffic");
}

/** A lifecycle event begins. */
export function enter(context: ServiceContext, deployment: Deployment, name: EventName): void {
  const { id, plan } = deployment;
  const begun = { status: "InProgress", startedAt: context.now } as const;
  if (name === "AllowTraffic") {
    put(context, withEvent({ ...deployment, shiftedAt: context.now, stepsTaken: 0 }, name, begun));
    context.deadlines.set({ name: "shift", key: id, due: context.now });
    return;
  }
  if (plan?.hooks[name] === undefined) {
    done(context, withEvent(deployment, name, begun), name);
    return;
  }
  put(context, withEvent(deployment, name, { ...begun, executionId: newExecutionId(context) }));
  context.deadlines.set({ name: "hook", key: id, due: context.now, payload: name });
  context.deadlines.set({ name: "hook-timeout", key: id, due: context.now + HOOK_TIMEOUT_MS, payload: name });
}

/** A lifecycle event has gone well: the next one begins, or the deployment has succeeded. */
export function done(context: ServiceContext, deployment: Deployment, name: EventName): void {
  context.deadlines.cancel({ name: "hook-timeout", key: deployment.id });
  const next = put(context, withEvent(deployment, name, { status: "Succeeded", endedAt: context.now }));
  const following = EVENT_NAMES[EVENT_NAMES.indexOf(name) + 1];
  if (following === undefined) end(context, next, { status: "Succeeded" });
  else enter(context, next, following);
}

/** One step of the shift has been made. */
export function stepTaken(context: ServiceContext, deployment: Deployment): void {
  const steps = stepsOf(deployment.routing);
  const stepsTaken = deployment.stepsTaken + 1;
  const next = put(context, { ...deployment, stepsTaken, percent: steps[deployment.stepsTaken]?.percent ?? 100 });
  const following = steps[stepsTaken];
  if (following === undefined) done(context, next, "AllowTraffic");
  else context.deadlines.set({ name: "shift", key: next.id, due: (next.shiftedAt ?? context.now) + following.afterMs });
}

export type End =
  | { readonly status: "Succeeded" }
  | {
      readonly status: "Failed";
      readonly code: ErrorCode;
      readonly message: string;
      readonly diagnostics?: Diagnostics | undefined;
    }
  | {
      readonly status: "Stopped";
      readonly code: "ALARM_ACTIVE" | "MANUAL_STOP";
      readonly message: string;
      /** What whoever stopped it said; what the group says otherwise. */
      readonly rollsBack?: boolean | undefined;
    };

/** The deployment is over. What it had begun has failed, what it had not is skipped; where it is to be taken back, that begins. */
export function end(context: ServiceContext, deployment: Deployment, outcome: End): void {
  for (const name of DEADLINES) context.deadlines.cancel({ name, key: deployment.id });
  const over = put(context, {
    ...deployment,
    status: outcome.status,
    endedAt: context.now,
    ...(outcome.status === "Succeeded" ? {} : { error: { code: outcome.code, message: outcome.message } }),
    events: deployment.events.map((event) => ended(event, context.now, outcome)),
  });
  const group = context.table(groups).get(over.application, over.group);
  if (group !== undefined) {
    const last: LastDeployment = { id: over.id, status: over.status, createdAt: over.createdAt, endedAt: context.now };
    const succeeded = over.status === "Succeeded" ? { lastSuccessful: last, targetRevision: over.revision } : {};
    context.table(groups).put([group.application, group.name], { ...group, lastAttempted: last, ...succeeded });
    if (context.table(running).get(group.id) === over.id) context.table(running).remove(group.id);
  }
  tellState(
    context,
    over,
    outcome.status === "Succeeded" ? "SUCCESS" : outcome.status === "Failed" ? "FAILURE" : "STOP",
  );
  if (rollsBack(over, outcome)) startRollback(context, over);
}

function ended(event: LifecycleEvent, now: number, outcome: End): LifecycleEvent {
  if (event.status === "Pending") return { ...event, status: "Skipped" };
  if (event.status !== "InProgress") return event;
  const diagnostics = outcome.status === "Failed" ? outcome.diagnostics : undefined;
  return { ...event, status: "Failed", endedAt: now, ...(diagnostics === undefined ? {} : { diagnostics }) };
}

function rollsBack({ autoRollback, rollsBack: of }: Deployment, outcome: End): boolean {
  if (of !== undefined || outcome.status === "Succeeded") return false;
  const has = (event: "DEPLOYMENT_FAILURE" | "DEPLOYMENT_STOP_ON_ALARM" | "DEPLOYMENT_STOP_ON_REQUEST"): boolean =>
    autoRollback?.enabled === true && autoRollback.events.includes(event);
  if (outcome.status === "Failed") return has("DEPLOYMENT_FAILURE");
  if (outcome.code === "ALARM_ACTIVE") return has("DEPLOYMENT_STOP_ON_ALARM");
  return outcome.rollsBack ?? has("DEPLOYMENT_STOP_ON_REQUEST");
}

/** AWS's are opaque, and look like this. */
function newExecutionId(context: ServiceContext): string {
  const sealed = {
    encryptedData: context.random.bytes(48).toString("base64"),
    ivParameterSpec: context.random.bytes(12).toString("base64"),
    materialSetSerial: 1,
  };
  return Buffer.from(JSON.stringify(sealed)).toString("base64");
}
