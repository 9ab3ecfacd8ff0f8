/**
 * CapacityProviderConfig of a function: the instances of one's own that it runs on.
 */
import { isObject } from "../value.ts";
import type { Json } from "../value.ts";
import { checkModel, decimal, either, integer, mapping, model, reported, text } from "./model.ts";
import { isTruthy } from "./property-table.ts";
import { invalidResource } from "./sam-error.ts";

const CONFIG = model(
  { Arn: either(mapping, text) },
  {
    PerExecutionEnvironmentMaxConcurrency: either(mapping, integer),
    ExecutionEnvironmentMemoryGiBPerVCpu: either(mapping, integer, decimal),
  },
);

/** Lambda's property. Raises SamFault. */
export function capacityProvider(id: string, config: Json | undefined): Json | undefined {
  if (!isTruthy(config) || !isObject(config)) return undefined;
  const checked = checkModel(config, CONFIG, (complaints) =>
    invalidResource(id, `Invalid CapacityProviderConfig: ${reported("CapacityProviderConfig", complaints)}`),
  );
  const { Arn: arn, ...limits } = checked;
  return { LambdaManagedInstancesCapacityProviderConfig: { CapacityProviderArn: arn ?? "", ...limits } };
}
