/** Layers: versions published, shown, listed, deleted, shared. */
import type { Handler, Output, ServiceContext } from "../../../service.ts";
import { linkTo } from "../code-link.ts";
import { readCode } from "../code-source.ts";
import type { Engine } from "../engine.ts";
import { checkRevision, conflict, invalid, notFound } from "../errors.ts";
import { checkShared } from "../layers.ts";
import { layerArn, locateLayer } from "../names.ts";
import { numberKey, takePage } from "../paging.ts";
import { denied, policyText } from "../permission.ts";
import type { Sdk } from "../sdk.ts";
import { codeSha256, lambdaTime } from "../shown.ts";
import { layers, layerVersions, type LayerVersionRow } from "../state.ts";
import { principalOf } from "./permissions.ts";

export function publishLayerVersion(engine: Engine): Handler<Sdk, "PublishLayerVersion"> {
  return async (context, input) => {
    const { name, account, version } = locateLayer(context, input.LayerName);
    if (account !== context.account || version !== undefined) invalid(`Invalid layer name: ${input.LayerName}`);
    const zip = await readCode(context, "PublishLayerVersion", input.Content);
    const code = await engine.codes.admit(context, zip);
    try {
      return context.transact(() => {
        const lastVersion = (context.table(layers).get(name)?.lastVersion ?? 0) + 1;
        const row: LayerVersionRow = {
          name,
          version: lastVersion,
          codeHash: code.codeHash,
          codeSize: code.codeSize,
          description: input.Description ?? "",
          createdAt: context.now,
          runtimes: input.CompatibleRuntimes,
          architectures: input.CompatibleArchitectures,
          licenseInfo: input.LicenseInfo,
        };
        engine.codes.keep(context, code);
        context.table(layers).put([name], { name, lastVersion });
        context.table(layerVersions).put([name, lastVersion], row);
        return shown(context, row);
      });
    } finally {
      await engine.codes.settle(context, code);
    }
  };
}

export const GetLayerVersion: Handler<Sdk, "GetLayerVersion"> = (context, input) => {
  const { owner, row } = versionOf(context, input.LayerName, input.VersionNumber);
  return shown(owner, row);
};

export const GetLayerVersionByArn: Handler<Sdk, "GetLayerVersionByArn"> = (context, input) => {
  const located = locateLayer(context, input.Arn);
  if (located.version === undefined) return invalid(`Layer version ARN expected, but ${input.Arn} has no version.`);
  const { owner, row } = versionOf(context, input.Arn, located.version);
  return shown(owner, row);
};

interface Compatible {
  readonly CompatibleRuntime?: string | undefined;
  readonly CompatibleArchitecture?: string | undefined;
}

function compatible({ runtimes, architectures }: LayerVersionRow, wanted: Compatible): boolean {
  const { CompatibleRuntime: runtime, CompatibleArchitecture: architecture } = wanted;
  return (
    (runtime === undefined || runtimes?.some((one) => one === runtime) === true) &&
    (architecture === undefined || architectures?.some((one) => one === architecture) === true)
  );
}

export const ListLayerVersions: Handler<Sdk, "ListLayerVersions"> = (context, input) => {
  const located = locateLayer(context, input.LayerName);
  const { name, account } = located;
  if (account !== context.account) throw denied(context, "lambda:ListLayerVersions", layerArn(located, name));
  const rows = [...context.table(layerVersions).list([name], { reverse: true })];
  const found = rows.filter((row) => compatible(row, input));
  // Newest first, so the key counts down.
  const { page, NextMarker } = takePage(found, (row) => numberKey(NEWEST - row.version), input);
  return {
    LayerVersions: page.map((row) => listed(context, row)),
    ...(NextMarker === undefined ? {} : { NextMarker }),
  };
};

const NEWEST = 9_999_999_999;

export const ListLayers: Handler<Sdk, "ListLayers"> = (context, input) => {
  const newest: LayerVersionRow[] = [];
  for (const { name } of context.table(layers).list()) {
    for (const row of context.table(layerVersions).list([name], { reverse: true })) {
      if (!compatible(row, input)) continue;
      newest.push(row);
      break;
    }
  }
  const { page, NextMarker } = takePage(newest, (row) => row.name, input);
  return {
    Layers: page.map((row) => ({
      LayerName: row.name,
      LayerArn: layerArn(context, row.name),
      LatestMatchingVersion: listed(context, row),
    })),
    ...(NextMarker === undefined ? {} : { NextMarker }),
  };
};

/** A version that is not there is deleted, as on AWS; functions that use one keep it. */
export function deleteLayerVersion(engine: Engine): Handler<Sdk, "DeleteLayerVersion"> {
  return (context, input) => {
    const { name, account } = locateLayer(context, input.LayerName);
    if (account !== context.account) return {};
    if (input.VersionNumber < 1) invalid("Layer Version Cannot be less than 1.");
    const row = context.table(layerVersions).get(name, input.VersionNumber);
    if (row !== undefined) {
      context.table(layerVersions).remove(name, row.version);
      engine.codes.release(context, row.codeHash);
    }
    return {};
  };
}

export const AddLayerVersionPermission: Handler<Sdk, "AddLayerVersionPermission"> = (context, input) => {
  const row = ownVersionOf(context, "AddLayerVersionPermission", input.LayerName, input.VersionNumber);
  checkRevision(input.RevisionId, row.policy?.revisionId, "policy");
  if (row.policy?.statements.some(({ Sid }) => Sid === input.StatementId)) {
    conflict(
      `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  const statement = {
    Sid: input.StatementId,
    Effect: "Allow",
    Principal: principalOf(input.Principal),
    Action: input.Action,
    Resource: layerArn(context, row.name, row.version),
    ...(input.OrganizationId === undefined
      ? {}
      : { Condition: { StringEquals: { "aws:PrincipalOrgID": input.OrganizationId } } }),
  };
  const policy = { statements: [...(row.policy?.statements ?? []), statement], revisionId: context.random.uuid() };
  context.table(layerVersions).put([row.name, row.version], { ...row, policy });
  return { Statement: JSON.stringify(statement), RevisionId: policy.revisionId };
};

export const RemoveLayerVersionPermission: Handler<Sdk, "RemoveLayerVersionPermission"> = (context, input) => {
  const row = ownVersionOf(context, "RemoveLayerVersionPermission", input.LayerName, input.VersionNumber);
  const { policy } = row;
  if (policy === undefined) return notFound("No policy is associated with the given resource.");
  if (!policy.statements.some(({ Sid }) => Sid === input.StatementId)) {
    notFound(`Statement ${input.StatementId} is not found in resource policy.`);
  }
  checkRevision(input.RevisionId, policy.revisionId, "policy");
  const statements = policy.statements.filter(({ Sid }) => Sid !== input.StatementId);
  const left = statements.length === 0 ? undefined : { statements, revisionId: context.random.uuid() };
  context.table(layerVersions).put([row.name, row.version], { ...row, policy: left });
  return {};
};

export const GetLayerVersionPolicy: Handler<Sdk, "GetLayerVersionPolicy"> = (context, input) => {
  const { policy } = ownVersionOf(context, "GetLayerVersionPolicy", input.LayerName, input.VersionNumber);
  if (policy === undefined) return notFound("No policy is associated with the given resource.");
  return { Policy: policyText(policy), RevisionId: policy.revisionId };
};

/** A version, of another account where its policy shares it. Raises ResourceNotFoundException and AccessDeniedException. */
function versionOf(
  context: ServiceContext,
  layer: string,
  version: number,
): { owner: ServiceContext; row: LayerVersionRow } {
  const located = locateLayer(context, layer);
  const { name, account, region } = located;
  if (version < 1) invalid("Layer Version Cannot be less than 1.");
  const owner = account === context.account && region === context.region ? context : context.as({ account, region });
  const row = owner.table(layerVersions).get(name, version);
  if (account !== context.account) checkShared(context, row, layerArn(located, name, version), account);
  return row === undefined ? notFound() : { owner, row };
}

/** One of the caller's own: nobody may share, unshare or list another account's. */
function ownVersionOf(context: ServiceContext, action: string, layer: string, version: number): LayerVersionRow {
  const located = locateLayer(context, layer);
  if (located.account !== context.account) {
    throw denied(context, `lambda:${action}`, layerArn(located, located.name, version));
  }
  return versionOf(context, layer, version).row;
}

function listed(context: ServiceContext, row: LayerVersionRow) {
  return {
    LayerVersionArn: layerArn(context, row.name, row.version),
    Version: row.version,
    Description: row.description,
    CreatedDate: lambdaTime(row.createdAt),
    ...(row.runtimes === undefined ? {} : { CompatibleRuntimes: [...row.runtimes] }),
    ...(row.architectures === undefined ? {} : { CompatibleArchitectures: [...row.architectures] }),
    ...(row.licenseInfo === undefined ? {} : { LicenseInfo: row.licenseInfo }),
  };
}

function shown(context: ServiceContext, row: LayerVersionRow): Output<Sdk, "GetLayerVersion"> {
  return {
    ...listed(context, row),
    LayerArn: layerArn(context, row.name),
    Content: {
      Location: linkTo(context, row.codeHash),
      CodeSha256: codeSha256(row.codeHash),
      CodeSize: row.codeSize,
    },
  };
}
