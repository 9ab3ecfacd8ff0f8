/**
 * `UpdatePolicy: CodeDeployLambdaAliasUpdate` of an AWS::Lambda::Alias ("UpdatePolicy attribute"): the stack makes a deployment and waits until it
 * is over. When the deployment fails, it takes the alias back itself, and the resource fails.
 */
import { AwsError } from "../../kernel/errors.ts";
import { requiredText, text, type Properties } from "../../resource.ts";
import type { PolicyUpdate, Progress, ResourceContext, UpdatePolicy } from "../../service.ts";
import { writeAppspec } from "./appspec.ts";
import { contentRevision } from "./revision-key.ts";

/** Nobody is asked again by the clock: the end of a deployment is heard of. This is for the case that it was missed. */
const FALLBACK_MS = 3_600_000;

/** What is remembered between the calls. */
interface Remembered {
  /** When the update began: a deployment that was made since then is its own. */
  readonly since: number;
  readonly deploymentId?: string;
  readonly rollbackId?: string;
}

const aliasUpdate: UpdatePolicy = {
  type: "AWS::Lambda::Alias",

  // Nothing else of an alias moves traffic.
  applies: ({ properties, previousProperties }) =>
    text(properties, "FunctionVersion") !== text(previousProperties, "FunctionVersion"),

  async update(context, request) {
    const remembered = rememberedBy(request);
    if (remembered === undefined) return goOn({ since: context.now }, 0);
    const { since, deploymentId, rollbackId } = remembered;
    if (deploymentId === undefined) return begin(context, request, since);
    const deployment = await get(context, deploymentId);
    const { status } = deployment;
    if (status === "Succeeded")
      return { status: "SUCCESS", physicalId: request.physicalId, attributes: request.attributes };
    if (status !== "Failed" && status !== "Stopped") return goOn({ since, deploymentId }, FALLBACK_MS, deploymentId);
    const rollback = await rolledBack(
      context,
      { since, deploymentId, ...(rollbackId === undefined ? {} : { rollbackId }) },
      deployment,
    );
    if (rollback !== undefined) return rollback;
    const why = deployment.errorInformation?.message ?? "";
    throw new AwsError("HandlerInternalFailure", `${deploymentId} failed. ${why}`);
  },

  /** The deployment is stopped, and taken back whatever its group says: the stack goes back to how it was. */
  async cancel(context, request) {
    const remembered = rememberedBy(request);
    const over: Progress = { status: "SUCCESS", physicalId: request.physicalId, attributes: request.attributes };
    const deploymentId = remembered?.deploymentId ?? (await made(context, request, remembered?.since));
    if (deploymentId === undefined) return over;
    const known = {
      since: remembered?.since ?? 0,
      deploymentId,
      ...(remembered?.rollbackId === undefined ? {} : { rollbackId: remembered.rollbackId }),
    };
    try {
      await context.call("codedeploy", "StopDeployment", { deploymentId, autoRollbackEnabled: true });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== "DeploymentAlreadyCompletedException") throw error;
    }
    return (await rolledBack(context, known, await get(context, deploymentId))) ?? over;
  },
};

async function begin(context: ResourceContext, request: PolicyUpdate, since: number): Promise<Progress> {
  const earlier = request.retried ? await made(context, request, since) : undefined;
  const deploymentId = earlier ?? (await create(context, request));
  return {
    ...goOn({ since, deploymentId }, 0, deploymentId),
    message: `CodeDeploy deployment started: ${deploymentId}`,
  };
}

async function create(context: ResourceContext, request: PolicyUpdate): Promise<string> {
  const revision = contentRevision(appspecOf(request));
  const { deploymentId = "" } = await context.call("codedeploy", "CreateDeployment", {
    ...groupOf(request.policy),
    revision,
  });
  return deploymentId;
}

/** The deployment that the update made before it was recorded, if it did (the cloud was killed in between). */
async function made(
  context: ResourceContext,
  request: PolicyUpdate,
  since: number | undefined,
): Promise<string | undefined> {
  if (since === undefined) return undefined;
  const createTimeRange = { start: new Date(since) };
  const { deployments = [] } = await context.call("codedeploy", "ListDeployments", {
    ...groupOf(request.policy),
    createTimeRange,
  });
  const content = appspecOf(request);
  for (const deploymentId of deployments) {
    const { revision } = await get(context, deploymentId);
    if (revision?.appSpecContent?.content === content) return deploymentId;
  }
  return undefined;
}

function groupOf(policy: Properties) {
  return {
    applicationName: requiredText(policy, "ApplicationName"),
    deploymentGroupName: requiredText(policy, "DeploymentGroupName"),
  };
}

function appspecOf({ properties, previousProperties, policy }: PolicyUpdate): string {
  const before = text(policy, "BeforeAllowTrafficHook");
  const after = text(policy, "AfterAllowTrafficHook");
  return writeAppspec({
    functionName: requiredText(properties, "FunctionName"),
    alias: requiredText(properties, "Name"),
    currentVersion: requiredText(previousProperties, "FunctionVersion"),
    targetVersion: requiredText(properties, "FunctionVersion"),
    hooks: {
      ...(before === undefined ? {} : { BeforeAllowTraffic: before }),
      ...(after === undefined ? {} : { AfterAllowTraffic: after }),
    },
  });
}

async function get(context: ResourceContext, deploymentId: string) {
  const { deploymentInfo = {} } = await context.call("codedeploy", "GetDeployment", { deploymentId });
  return deploymentInfo;
}

/** Undefined when nothing is left to wait for. */
async function rolledBack(
  context: ResourceContext,
  remembered: Remembered & { readonly deploymentId: string },
  { rollbackInfo }: Awaited<ReturnType<typeof get>>,
): Promise<Progress | undefined> {
  const rollbackId = rollbackInfo?.rollbackDeploymentId;
  if (rollbackId === undefined) return undefined;
  const waiting = goOn({ ...remembered, rollbackId }, FALLBACK_MS, rollbackId);
  // Told once, and heard of from then on.
  if (remembered.rollbackId === undefined)
    return { ...waiting, callbackDelayMs: 0, message: `CodeDeploy rollback deployment started: ${rollbackId}` };
  const { status } = await get(context, rollbackId);
  return status === "Created" || status === "InProgress" ? waiting : undefined;
}

function goOn(
  remembered: Remembered,
  callbackDelayMs: number,
  deploymentId?: string,
): Extract<Progress, { status: "IN_PROGRESS" }> {
  const waitsFor = deploymentId === undefined ? {} : { waitsFor: `codedeploy:${deploymentId}` };
  return { status: "IN_PROGRESS", callbackContext: remembered, callbackDelayMs, ...waitsFor };
}

function rememberedBy({ callbackContext }: PolicyUpdate): Remembered | undefined {
  if (callbackContext === undefined) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by goOn
  return callbackContext as Remembered;
}

export const updatePolicies: Readonly<Record<string, UpdatePolicy>> = { CodeDeployLambdaAliasUpdate: aliasUpdate };
