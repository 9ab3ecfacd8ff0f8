/** What stacks hear from other services: alarms that take them back, and the end of something that a resource waits for (`waitsFor` of a Progress). */
import type { EventListener } from "../../service.ts";
import { alarmEvents } from "./rollback-triggers/hearing.ts";
import { tellWatchers } from "./watchers.ts";

/** Of a deployment only its end is worth waking a stack for. */
const OVER = ["SUCCESS", "FAILURE", "STOP"];

export const hears: Readonly<Record<string, EventListener>> = {
  ...alarmEvents,
  "CodeDeploy Deployment State-change Notification": (context, { detail }) => {
    if (OVER.includes(String(detail["state"]))) tellWatchers(context, `codedeploy:${String(detail["deploymentId"])}`);
  },
};
