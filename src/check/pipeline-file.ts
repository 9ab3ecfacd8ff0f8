/** The definition of a pipeline as a file, for `aws codepipeline create-pipeline --cli-input-json`. */
import { isObject, own } from "../template/value.ts";
import type { CheckedDocument } from "./document.ts";
import { checkPipeline } from "./services/pipeline.ts";

const MEMBERS = ["name", "roleArn", "stages"];

export function checkPipelineFile(document: CheckedDocument): void {
  const pipeline = isObject(document.value) ? own(document.value, "pipeline") : undefined;
  if (!isObject(pipeline)) return;
  for (const name of MEMBERS) {
    if (Object.hasOwn(pipeline, name)) continue;
    const message = `Missing required parameter in pipeline: "${name}"`;
    document.remark({ rule: "pipeline", path: ["pipeline"], message, advice: `Write "${name}".` });
  }
  checkPipeline({ value: pipeline, path: ["pipeline"] }, "api", (remark) =>
    document.remark({ rule: "pipeline", ...remark }),
  );
}
