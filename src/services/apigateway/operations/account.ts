/** The account's own settings: above all the role with which logs are written (AWS page "Set up CloudWatch logging for REST APIs"). */
import { isAwsError } from "../../../kernel/errors.ts";
import { assumeRole } from "../../../role-session.ts";
import { serviceOf, type Operations, type Output, type Principal, type ServiceContext } from "../../../service.ts";
import { badRequest } from "../errors.ts";
import { patched, type Patchable } from "../patch.ts";
import type { Sdk } from "../sdk.ts";
import { accounts, type AccountRow } from "../state.ts";

const PATCHABLE: Patchable = { "/cloudwatchRoleArn": { kind: "text", ops: ["add", "replace", "remove"] } };

/** AWS page "Amazon API Gateway quotas", for an account in a region. Plans of usage are there for every account since 2016. */
function shown({ cloudwatchRoleArn }: AccountRow): Output<Sdk, "GetAccount"> {
  return {
    cloudwatchRoleArn,
    throttleSettings: { burstLimit: 5000, rateLimit: 10_000 },
    features: ["UsagePlans"],
    apiKeyVersion: "4",
  };
}

/** What API Gateway writes to see that it can. */
const WELCOME = { logGroupName: "/aws/apigateway/welcome", logStreamName: "cfcd208495d565ef66e7dff9f98764da" };

/** Raises BadRequestException where API Gateway may not assume the role, or may not write logs as it. */
async function checkRole(context: ServiceContext, roleArn: string): Promise<void> {
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(roleArn)) badRequest("Invalid ARN specified in the request");
  let principal: Principal;
  try {
    const as = serviceOf("apigateway.amazonaws.com", context.account);
    ({ principal } = await assumeRole(context, { roleArn, sessionName: "BackplaneAssumeRoleSession", as }));
  } catch (error) {
    if (!isAwsError(error)) throw error;
    return badRequest(NOT_PERMITTED);
  }
  if (!(await mayWrite(context, roleArn))) badRequest(NOT_PERMITTED);
  try {
    await welcome(context, principal);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    badRequest("API Gateway could not successfully write to CloudWatch Logs using the ARN specified");
  }
}

const NOT_PERMITTED =
  "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.";

/** What the role's policies say of writing logs: IAM knows them, and is asked. */
async function mayWrite(context: ServiceContext, roleArn: string): Promise<boolean> {
  const account = roleArn.split(":")[4] ?? context.account;
  const group = `arn:aws:logs:${context.region}:${context.account}:log-group:${WELCOME.logGroupName}`;
  const { EvaluationResults = [] } = await context.call(
    "iam",
    "SimulatePrincipalPolicy",
    {
      PolicySourceArn: roleArn,
      ActionNames: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      ResourceArns: [`${group}:log-stream:${WELCOME.logStreamName}`],
    },
    { as: serviceOf("apigateway.amazonaws.com", account), account },
  );
  return EvaluationResults.every(({ EvalDecision }) => EvalDecision === "allowed");
}

async function welcome(context: ServiceContext, as: Principal): Promise<void> {
  const unlessThere = (error: unknown): void => {
    if (!isAwsError(error, "ResourceAlreadyExistsException")) throw error;
  };
  const { logGroupName } = WELCOME;
  await context.call("logs", "CreateLogGroup", { logGroupName }, { as }).catch(unlessThere);
  await context.call("logs", "CreateLogStream", WELCOME, { as }).catch(unlessThere);
  const logEvents = [{ timestamp: context.now, message: "Cloudwatch logs enabled for API Gateway" }];
  await context.call("logs", "PutLogEvents", { ...WELCOME, logEvents }, { as });
}

export const accountOperations = {
  GetAccount: (context) => shown(context.table(accounts).get("account") ?? {}),

  async UpdateAccount(context, { patchOperations }) {
    const before = context.table(accounts).get("account") ?? {};
    const { cloudwatchRoleArn } = patched(before, patchOperations, PATCHABLE);
    // An empty ARN takes the role away.
    const row: AccountRow = cloudwatchRoleArn === undefined || cloudwatchRoleArn === "" ? {} : { cloudwatchRoleArn };
    if (row.cloudwatchRoleArn !== undefined) await checkRole(context, row.cloudwatchRoleArn);
    return context.transact(() => {
      context.table(accounts).put(["account"], row);
      return shown(row);
    });
  },
} satisfies Operations<Sdk>;
