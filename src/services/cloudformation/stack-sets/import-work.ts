/** Takes a stack that is there into a stack set ("Importing a stack into StackSets"): nothing of the stack itself is changed. */
import type { Principal, ServiceContext } from "../../../service.ts";
import { parseText } from "../../../template/parse.ts";
import { sameJson } from "../../../template/value.ts";
import type { ParameterValue } from "./state.ts";
import type { Job, Outcome } from "./job.ts";

/** Reads the stack as the execution role. It must have the set's template; parameters of its own become overrides. */
export async function importStack(context: ServiceContext, as: Principal, { result, config }: Job): Promise<Outcome> {
  const { account, region, stackId } = result;
  const where = { as, account, region };
  const named = { StackName: stackId ?? "" };
  const { TemplateBody = "" } = await context.call(
    "cloudformation",
    "GetTemplate",
    { ...named, TemplateStage: "Original" },
    where,
  );
  const isSame =
    TemplateBody === config.template || sameJson(parseText(TemplateBody).value, parseText(config.template).value);
  if (!isSame) {
    return {
      type: "failed",
      stackId,
      reason: `The template of stack ${stackId} does not match that of the stack set.`,
    };
  }
  const { Stacks = [] } = await context.call("cloudformation", "DescribeStacks", named, where);
  const overrides: ParameterValue[] = [];
  for (const { ParameterKey: key, ParameterValue: text } of Stacks[0]?.Parameters ?? []) {
    const own = config.parameters.find((parameter) => parameter.key === key);
    if (key === undefined || text === undefined || own === undefined || own.noEcho || own.text === text) continue;
    overrides.push({ key, text });
  }
  return { type: "done", stackId, overrides };
}
