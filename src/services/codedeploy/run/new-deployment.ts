/** A deployment is made: its row, its place in the group's history, and the deadline by which it begins. Inside a transaction. */
import { UPPER_AND_DIGITS } from "../../../kernel/random.ts";
import type { ServiceContext } from "../../../service.ts";
import { revisionKey } from "../revision-key.ts";
import {
  deployments,
  EVENT_NAMES,
  groups,
  history,
  revisions,
  running,
  type Deployment,
  type Group,
  type Revision,
} from "../state.ts";

type Given = Pick<
  Deployment,
  | "configName"
  | "routing"
  | "revision"
  | "description"
  | "creator"
  | "fileExistsBehavior"
  | "autoRollback"
  | "alarms"
  | "overridesAlarms"
  | "rollsBack"
  | "plan"
>;

export function newDeployment(context: ServiceContext, group: Group, given: Given): Deployment {
  const { now } = context;
  let id: string;
  do id = `d-${context.random.text(9, UPPER_AND_DIGITS)}`;
  while (context.table(deployments).has(id));
  const ordinal = Array.from(context.table(history).list([group.id, now])).length;
  const deployment: Deployment = {
    ...given,
    id,
    application: group.application,
    group: group.name,
    previousRevision: group.targetRevision,
    status: "Created",
    createdAt: now,
    ordinal,
    updatedAt: now,
    events: EVENT_NAMES.map((name) => ({ name, status: "Pending" })),
    percent: 0,
    stepsTaken: 0,
  };
  context.table(deployments).put([id], deployment);
  context.table(history).put([group.id, now, ordinal], id);
  context.table(running).put([group.id], id);
  const lastAttempted = { id, status: deployment.status, createdAt: now };
  context.table(groups).put([group.application, group.name], { ...group, lastAttempted });
  useRevision(context, group.application, given.revision);
  context.deadlines.set({ name: "begin", key: id, due: now });
  return deployment;
}

function useRevision(context: ServiceContext, application: string, revision: Revision): void {
  const key = revisionKey(revision);
  const known = context.table(revisions).get(application, key) ?? { revision, registeredAt: context.now };
  const used = { ...known, firstUsedAt: known.firstUsedAt ?? context.now, lastUsedAt: context.now };
  context.table(revisions).put([application, key], used);
}
