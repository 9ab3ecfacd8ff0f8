/** How a step begins. Inside a transaction; answers the work, or that the step is over already. */
import { beginApply } from "./begin-apply.ts";
import { beginDelete } from "./begin-delete.ts";
import { beginRestore } from "./begin-restore.ts";
import type { Beginning, Stage } from "./stage.ts";

/** Begins a step of any kind. */
export function beginStep(stage: Stage): Beginning {
  switch (stage.step.kind) {
    case "apply":
      return beginApply(stage);
    case "restore":
      return beginRestore(stage);
    case "delete":
      return beginDelete(stage);
  }
}
