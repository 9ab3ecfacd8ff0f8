/**
 * The event type AlexaSkill: the permission for a skill to call the function.
 */
import { own } from "../../value.ts";
import { isText, typed } from "../property-table.ts";
import { permission } from "./event-source.ts";
import type { EventSource } from "./event-source.ts";

export const alexaSkillSource: EventSource = {
  type: "AlexaSkill",
  table: { SkillId: typed(isText) },
  expand: (event) => [permission(event, "alexa-appkit.amazon.com", { token: own(event.properties, "SkillId") })],
};
