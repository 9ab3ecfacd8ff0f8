/** What there is of a request whose template is not transformed yet, or could not be: enough for a stack that waits for it, or tells why it fails. */
import type { ServiceContext } from "../../../service.ts";
import { readTemplate, type Template } from "../../../template/template.ts";
import type { Prepared } from "../prepared.ts";
import type { TemplateRequest } from "../template-request.ts";
import type { RollbackConfigurationRow, StackConfig, TagRow } from "../state.ts";

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

/** What is known before any macro was at work. */
export interface Outset {
  readonly original: string;
  readonly request: TemplateRequest;
  readonly tags: readonly TagRow[];
  readonly rollback: RollbackConfigurationRow | undefined;
}

/** A preparation without resources. */
export function unprepared(context: ServiceContext, { original, request, tags, rollback }: Outset): Prepared {
  const { Capabilities = [], Parameters = [] } = request;
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
    rollback,
  };
  return { config, row: { original, processed: undefined }, template: NOTHING };
}
