/** CreateFunction. */
import type { Handler, Input, ServiceContext } from "../../../service.ts";
import { readCode } from "../code-source.ts";
import type { Admitted } from "../code-store.ts";
import { configure, defaults, refuseUnsupported } from "../configuration.ts";
import type { Engine } from "../engine.ts";
import { conflict, invalid, unsupported } from "../errors.ts";
import { checkUnpackedSize, referTo } from "../layers.ts";
import { locate } from "../names.ts";
import { publish } from "../publish.ts";
import type { Sdk } from "../sdk.ts";
import { configurationOf } from "../shown.ts";
import { functions, versions, type Configuration, type VersionRow } from "../state.ts";
import { checkTags, refuseSystemTags } from "../tags.ts";

const LONGEST_NAME = 64;

export function createFunction(engine: Engine): Handler<Sdk, "CreateFunction"> {
  return async (context, input) => {
    const { name, qualifier } = locate(context, input.FunctionName);
    if (qualifier !== undefined) invalid("The function name of a new function cannot have a qualifier.");
    if (name.length > LONGEST_NAME) {
      invalid(
        `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to ${LONGEST_NAME}`,
      );
    }
    refuse(input);
    refuseSystemTags(context, Object.keys(input.Tags ?? {}));
    const configuration = await firstConfiguration(context, name, input);
    checkNew(context, name);
    await checkRuntime(engine, configuration.runtime);
    const zip = await readCode(context, "CreateFunction", input.Code);
    const code = await engine.codes.admit(context, zip);
    try {
      checkUnpackedSize(context, code.unpackedSize, configuration.layers);
      await engine.sessions.prove(context, name, configuration.role);
      const row = context.transact(() => {
        checkNew(context, name);
        return create(context, engine, { name, input, configuration, code });
      });
      return configurationOf(context, row);
    } finally {
      await engine.codes.settle(context, code);
    }
  };
}

function refuse(input: Input<Sdk, "CreateFunction">): void {
  refuseUnsupported(input);
  if (input.PackageType === "Image") unsupported("PackageType Image", "container images need a container runtime");
  if (input.CodeSigningConfigArn) unsupported("CodeSigningConfigArn", "code signing is not there");
  if (input.TenancyConfig !== undefined) unsupported("TenancyConfig", "tenants are not kept apart here");
  if (input.PublishTo !== undefined) unsupported("PublishTo", "$LATEST.PUBLISHED belongs to capacity providers");
  if (input.Code.SourceKMSKeyArn) unsupported("Code.SourceKMSKeyArn", "there is no AWS KMS here");
  checkTags(input.Tags ?? {});
}

async function firstConfiguration(
  context: ServiceContext,
  name: string,
  input: Input<Sdk, "CreateFunction">,
): Promise<Configuration> {
  const { Runtime: runtime, Handler: handler, Role: role } = input;
  if (runtime === undefined || handler === undefined) {
    return invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.");
  }
  const first = { ...defaults(name), runtime, handler, role };
  const configured = configure(first, input);
  const layers = referTo(context, input.Layers ?? []);
  return { ...configured, layers, architecture: input.Architectures?.[0] ?? first.architecture };
}

/** Raises InvalidParameterValueException, with a sentence that says what is missing, where this machine cannot run it. */
export async function checkRuntime({ compute }: Engine, runtime: string): Promise<void> {
  const checked = await compute.checkRuntime(runtime);
  if (!checked.ok) invalid(checked.problem);
}

function checkNew(context: ServiceContext, name: string): void {
  if (context.table(functions).has(name)) conflict(`Function already exist: ${name}`);
}

interface NewFunction {
  readonly name: string;
  readonly input: Input<Sdk, "CreateFunction">;
  readonly configuration: Configuration;
  readonly code: Admitted;
}

/** Inside the transaction. */
function create(
  context: ServiceContext,
  engine: Engine,
  { name, input, configuration, code }: NewFunction,
): VersionRow {
  engine.codes.keep(context, code);
  for (const { codeHash } of configuration.layers) engine.codes.keepAgain(context, codeHash);
  context.table(functions).put([name], { name, lastVersion: 0, tags: input.Tags ?? {} });
  const row: VersionRow = {
    ...configuration,
    functionName: name,
    version: 0,
    codeHash: code.codeHash,
    codeSize: code.codeSize,
    environmentId: context.random.hex(16),
    modifiedAt: context.now,
    revisionId: context.random.uuid(),
    state: "Pending",
    lastUpdateStatus: "Successful",
  };
  context.table(versions).put([name, 0], row);
  context.deadlines.set({ name: "settle", key: name, due: context.now });
  return input.Publish === true ? publish(context, engine.codes, row, {}) : row;
}
