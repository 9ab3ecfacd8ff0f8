/** UpdateFunctionCode and UpdateFunctionConfiguration: both make a new `$LATEST`. */
import type { Handler, ServiceContext } from "../../../service.ts";
import { readCode } from "../code-source.ts";
import type { Admitted } from "../code-store.ts";
import { configure, refuseUnsupported } from "../configuration.ts";
import type { Engine } from "../engine.ts";
import { checkRevision, invalid, unsupported } from "../errors.ts";
import { checkSettled, find, latest } from "../functions.ts";
import { checkUnpackedSize, referTo } from "../layers.ts";
import { LATEST } from "../names.ts";
import { publish } from "../publish.ts";
import type { Sdk } from "../sdk.ts";
import { configurationOf } from "../shown.ts";
import { codes, versions, type CodeFacts, type Configuration, type VersionRow } from "../state.ts";
import { checkRuntime } from "./create-function.ts";

export function updateFunctionCode(engine: Engine): Handler<Sdk, "UpdateFunctionCode"> {
  return async (caller, input) => {
    const { context, name, qualifier } = find(caller, "UpdateFunctionCode", input);
    refuseQualifier(qualifier);
    if (input.PublishTo !== undefined) unsupported("PublishTo", "$LATEST.PUBLISHED belongs to capacity providers");
    if (input.SourceKMSKeyArn) unsupported("SourceKMSKeyArn", "there is no AWS KMS here");
    checkChangeable(context, name, input.RevisionId);
    const code = await engine.codes.admit(context, await readCode(caller, "UpdateFunctionCode", input));
    try {
      checkUnpackedSize(context, code.unpackedSize, latest(context, name).layers);
      const row = context.transact(() => {
        const before = checkChangeable(context, name, input.RevisionId);
        const architecture = input.Architectures?.[0] ?? before.architecture;
        if (input.DryRun === true) return { ...before, ...factsOf(code), architecture };
        engine.codes.keep(context, code);
        engine.codes.release(context, before.codeHash);
        const row = replace(context, engine, before, { ...before, ...factsOf(code), architecture });
        return input.Publish === true ? publish(context, engine.codes, row, {}) : row;
      });
      return configurationOf(context, row);
    } finally {
      await engine.codes.settle(context, code);
    }
  };
}

export function updateFunctionConfiguration(engine: Engine): Handler<Sdk, "UpdateFunctionConfiguration"> {
  return async (caller, input) => {
    const { context, name, qualifier } = find(caller, "UpdateFunctionConfiguration", input);
    refuseQualifier(qualifier);
    refuseUnsupported(input);
    const change = (before: VersionRow): Configuration => {
      const layers = input.Layers === undefined ? before.layers : referTo(caller, input.Layers);
      return { ...configure(before, input), layers };
    };
    const present = checkChangeable(context, name, input.RevisionId);
    const wanted = change(present);
    if (wanted.runtime !== present.runtime) await checkRuntime(engine, wanted.runtime);
    if (input.Role !== undefined) await engine.sessions.prove(context, name, wanted.role);
    const row = context.transact(() => {
      const before = checkChangeable(context, name, input.RevisionId);
      const after = change(before);
      checkUnpackedSize(context, context.table(codes).get(before.codeHash)?.unpackedSize ?? 0, after.layers);
      for (const { codeHash } of after.layers) engine.codes.keepAgain(context, codeHash);
      for (const { codeHash } of before.layers) engine.codes.release(context, codeHash);
      return replace(context, engine, before, { ...before, ...after });
    });
    return configurationOf(context, row);
  };
}

function factsOf({ codeHash, codeSize }: Admitted): CodeFacts {
  return { codeHash, codeSize };
}

/** `$LATEST`, when it may be changed now. Raises PreconditionFailedException and ResourceConflictException. */
function checkChangeable(context: ServiceContext, name: string, revision: string | undefined): VersionRow {
  const row = latest(context, name);
  checkRevision(revision, row.revisionId, "function");
  checkSettled(context, row);
  return row;
}

function refuseQualifier(qualifier: string | undefined): void {
  if (qualifier !== undefined && qualifier !== LATEST) {
    invalid("This operation is permitted on Lambda functions only, not on versions or aliases.");
  }
}

/** Inside a transaction: `after` is `$LATEST` from now on. */
function replace(context: ServiceContext, engine: Engine, before: VersionRow, after: VersionRow): VersionRow {
  const row: VersionRow = {
    ...after,
    environmentId: context.random.hex(16),
    modifiedAt: context.now,
    revisionId: context.random.uuid(),
    lastUpdateStatus: "InProgress",
  };
  context.table(versions).put([row.functionName, 0], row);
  context.deadlines.set({ name: "settle", key: row.functionName, due: context.now });
  context.afterCommit(() => engine.retire(before.environmentId));
  return row;
}
