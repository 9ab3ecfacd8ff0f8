/** What others are told of a deployment: EventBridge's event of each state, and the notifications of the group's triggers. Inside a transaction. */
import type { TriggerEventType } from "@aws-sdk/client-codedeploy";
import type { ServiceContext } from "../../../service.ts";
import { applicationArn, groupArn } from "../names.ts";
import { groups, type Deployment } from "../state.ts";

/** The event's detail type ("Monitoring deployments with Amazon CloudWatch Events"). */
export const STATE_CHANGE = "CodeDeploy Deployment State-change Notification";

export type NoticeState = "START" | "SUCCESS" | "FAILURE" | "STOP";

const TRIGGERS: Readonly<Record<NoticeState, TriggerEventType>> = {
  START: "DeploymentStart",
  SUCCESS: "DeploymentSuccess",
  FAILURE: "DeploymentFailure",
  STOP: "DeploymentStop",
};
const STATUSES: Readonly<Record<NoticeState, string>> = {
  START: "CREATED",
  SUCCESS: "SUCCEEDED",
  FAILURE: "FAILED",
  STOP: "STOPPED",
};

export function tellState(context: ServiceContext, deployment: Deployment, state: NoticeState): void {
  const { account, region } = context;
  const { id, application, group } = deployment;
  const row = context.table(groups).get(application, group);
  context.emit({
    source: "aws.codedeploy",
    detailType: STATE_CHANGE,
    resources: [applicationArn(context, application), groupArn(context, application, group)],
    detail: { instanceGroupId: row?.id ?? "", region, application, deploymentId: id, state, deploymentGroup: group },
  });
  const events: TriggerEventType[] = [
    TRIGGERS[state],
    ...(state === "START" && deployment.rollsBack !== undefined ? ["DeploymentRollback" as const] : []),
  ];
  for (const { triggerName = "", triggerTargetArn = "", triggerEvents = [] } of row?.triggers ?? []) {
    if (!events.some((event) => triggerEvents.includes(event))) continue;
    // There is no SNS yet: the notification ("JSON data formats for triggers") stands in the journal.
    const message = {
      region,
      accountId: account,
      eventTriggerName: triggerName,
      applicationName: application,
      deploymentId: id,
      deploymentGroupName: group,
      createTime: new Date(deployment.createdAt).toUTCString(),
      completeTime: deployment.endedAt === undefined ? null : new Date(deployment.endedAt).toUTCString(),
      status: STATUSES[state],
      ...(deployment.error === undefined
        ? {}
        : {
            errorInformation: JSON.stringify({
              ErrorCode: deployment.error.code,
              ErrorMessage: deployment.error.message,
            }),
          }),
    };
    context.note(`trigger ${triggerName}`, JSON.stringify({ TopicArn: triggerTargetArn, Message: message }));
  }
}
