/** What time does to sessions: a while after their end they are forgotten. */
import type { DeadlineHandler } from "../../service.ts";
import { sessions } from "./state.ts";

export const deadlines: Readonly<Record<string, DeadlineHandler>> = {
  "session-forgotten": (context, { key }) => context.table(sessions).remove(key),
};
