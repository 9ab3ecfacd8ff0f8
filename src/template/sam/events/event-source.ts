/**
 * What every event source of a function has in common: what it is given, and the permission to call the function.
 */
import type { Json, JsonObject } from "../../value.ts";
import type { TransformContext } from "../context.ts";
import { Draft } from "../draft.ts";
import { hashedId } from "../logical-id.ts";
import type { PropertyTable } from "../property-table.ts";

/** What an event calls: the alias where there is one, else the function. */
export interface Target {
  /** The logical id of the alias or function. */
  readonly id: string;
  /** For FunctionName. */
  readonly name: Json;
  readonly arn: Json;
  /** The attributes that go on to the event's resources. */
  readonly attributes: JsonObject;
}

/** One event of a function, its properties checked. */
export interface EventInstance {
  /** The function's id and the event's. */
  readonly id: string;
  readonly functionId: string;
  /** The event's own id. */
  readonly relativeId: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly target: Target;
  /** The function's generated role; changes to it count only where the function uses it. */
  readonly role: Draft;
}

/** One event type. */
export interface EventSource {
  readonly type: string;
  readonly table: PropertyTable;
  /** Checked for all events before anything is expanded. Raises SamFault. */
  check?(event: Pick<EventInstance, "id" | "relativeId" | "properties">, context: TransformContext): void;
  /** Raises SamFault. */
  expand(event: EventInstance, context: TransformContext): readonly Draft[];
}

/** The permission for a service to call the function; `suffix` tells it from the event's other ones. */
export function permission(
  event: EventInstance,
  principal: string,
  source: { readonly arn?: Json; readonly account?: Json; readonly token?: Json | undefined },
  suffix = "",
): Draft {
  const prefix = `${event.id}Permission`;
  const id = /^[\p{L}\p{N}]+$/u.test(suffix) ? prefix + suffix : hashedId(prefix, suffix);
  return new Draft(id, "AWS::Lambda::Permission", event.target.attributes).set({
    Action: "lambda:InvokeFunction",
    FunctionName: event.target.name,
    Principal: principal,
    SourceAccount: source.account,
    SourceArn: source.arn,
    EventSourceToken: source.token,
  });
}
