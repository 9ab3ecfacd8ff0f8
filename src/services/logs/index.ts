/** Amazon CloudWatch Logs: groups, streams and events, what is filtered out of them, and who is told. */
import { defineService } from "../../service.ts";
import { access } from "./access.ts";
import { deadlines } from "./deadlines.ts";
import { operations } from "./operations.ts";
import { resources } from "./resources.ts";
import type { Sdk } from "./sdk.ts";
import { createTails } from "./tails.ts";

/** The service of one cloud. */
export function logs() {
  const tails = createTails();
  return defineService<Sdk>()({
    name: "logs",
    operations: operations(tails),
    access,
    deadlines,
    resources,
    close: () => {
      tails.close();
      return Promise.resolve();
    },
  });
}
