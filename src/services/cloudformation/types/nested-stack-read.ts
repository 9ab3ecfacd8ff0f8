/** What a nested stack is now, as AWS::CloudFormation::Stack has it: its own settings, not its resources. */
import { isAwsError } from "../../../kernel/errors.ts";
import { present, shownTags, structure, type Properties } from "../../../resource.ts";
import type { ResourceRead, ResourceReading, ServiceContext } from "../../../service.ts";
import { findStack } from "../names.ts";

/** The caller has to be allowed DescribeStacks of it. */
export async function readNestedStack(
  context: ServiceContext,
  { physicalId, properties }: ResourceRead,
): Promise<ResourceReading | undefined> {
  try {
    const { Stacks } = await context.call("cloudformation", "DescribeStacks", { StackName: physicalId });
    const [stack] = Stacks ?? [];
    if (stack === undefined || stack.StackStatus === "DELETE_COMPLETE") return undefined;
    const outputs = (stack.Outputs ?? []).map(({ OutputKey = "", OutputValue }) => [
      `Outputs.${OutputKey}`,
      OutputValue,
    ]);
    return {
      physicalId,
      properties: present({
        Parameters: parametersOf(context, physicalId, structure(properties, "Parameters")),
        Tags: shownTags(stack.Tags),
        TimeoutInMinutes: stack.TimeoutInMinutes,
      }),
      attributes: Object.fromEntries(outputs),
    };
  } catch (error) {
    // Its words for a stack that never was; one that is deleted is still told.
    if (isAwsError(error, "ValidationError") && error.message.endsWith("does not exist")) return undefined;
    throw error;
  }
}

/**
 * The values themselves, also of those that describes show as stars: a template's own are to be compared with them. Those that the parent
 * leaves to their defaults are none of its properties.
 */
function parametersOf(context: ServiceContext, id: string, written: Properties | undefined): Properties {
  const parameters = findStack(context, id)?.config?.parameters ?? [];
  return Object.fromEntries(
    parameters.flatMap(({ key, text }) => {
      if (written !== undefined && !(key in written)) return [];
      const given = written?.[key];
      // A list is passed on as one text.
      return [[key, Array.isArray(given) && given.join(",") === text ? given : text]];
    }),
  );
}
