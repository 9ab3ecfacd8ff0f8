/** What is left of a request whose template could not be transformed: enough for a stack that fails at once and tells why. */
import type { ServiceContext } from "../../../service.ts";
import { readTemplate, type Template } from "../../../template/template.ts";
import type { Prepared, TemplateRequest } from "../prepare.ts";
import type { StackConfig, TagRow } from "../state.ts";

const NOTHING: Template = {
  source: {},
  description: undefined,
  metadata: {},
  parameters: new Map(),
  mappings: {},
  conditions: {},
  rules: new Map(),
  resources: new Map(),
  outputs: new Map(),
  transforms: [],
  hooks: {},
  positionOf: () => undefined,
};

/** A preparation without resources, with the reason. */
export function failedPreparation(
  context: ServiceContext,
  original: string,
  { Capabilities = [], Parameters = [] }: TemplateRequest,
  tags: readonly TagRow[],
  failure: string,
): Prepared {
  // It could be read before its macros were at work.
  const declared = readTemplate(original).parameters;
  const config: StackConfig = {
    templateId: context.random.uuid(),
    description: undefined,
    parameters: Parameters.flatMap(({ ParameterKey: key, ParameterValue: text }) =>
      key === undefined || text === undefined
        ? []
        : [{ key, text, value: text, noEcho: declared.get(key)?.noEcho ?? true }],
    ),
    conditions: {},
    capabilities: [...Capabilities],
    tags,
  };
  return { config, row: { original, processed: undefined }, template: NOTHING, failure };
}
