/** What an event of a state machine is expanded from. */
import type { Json, JsonObject } from "../../value.ts";
import type { Draft } from "../draft.ts";

/** One event of a state machine. */
export interface MachineEvent {
  readonly id: string;
  readonly relativeId: string;
  readonly properties: JsonObject;
  /** The state machine or its alias. */
  readonly target: Draft;
  readonly permissionsBoundary: Json | undefined;
}
