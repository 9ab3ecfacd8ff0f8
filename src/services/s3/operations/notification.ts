/** PutBucketNotificationConfiguration and its counterpart: destinations are asked whether S3 may reach them, as on AWS. */
import type { LambdaFunctionConfiguration } from "@aws-sdk/client-s3";
import { isAwsError } from "../../../kernel/errors.ts";
import { tryParseArn } from "../../../languages/arn.ts";
import { evaluate } from "../../../languages/policy/evaluate.ts";
import { PolicySyntaxError } from "../../../languages/policy/document.ts";
import { parsePolicy } from "../../../languages/policy/parse.ts";
import { rootOf, type ServiceContext } from "../../../service.ts";
import { configuration, keepConfiguration, removeConfiguration } from "../configurations.ts";
import { checkNotification } from "../events.ts";
import { s3Error } from "../errors.ts";
import { bucketNamed } from "../front.ts";
import type { Bucket, Op } from "../state.ts";

export const PutBucketNotificationConfiguration: Op<"PutBucketNotificationConfiguration"> = async (context, input) => {
  const given = input.NotificationConfiguration;
  const bucket = bucketNamed(context, input.Bucket);
  checkNotification(given);
  // The services behind these destinations are not there: S3's own word for what it cannot reach.
  const unreachable = [
    ...(given.TopicConfigurations ?? []).map(({ TopicArn }) => TopicArn),
    ...(given.QueueConfigurations ?? []).map(({ QueueArn }) => QueueArn),
    ...(given.EventBridgeConfiguration === undefined ? [] : ["EventBridge"]),
  ];
  const [first] = unreachable;
  if (first !== undefined) throw cannotValidate(first);
  const functions = given.LambdaFunctionConfigurations ?? [];
  for (const { LambdaFunctionArn } of functions) checkDestination(bucket, LambdaFunctionArn);
  if (input.SkipDestinationValidation !== true) {
    for (const { LambdaFunctionArn } of functions) await checkMayInvoke(context, bucket, LambdaFunctionArn);
  }
  context.transact(() => {
    bucketNamed(context, input.Bucket);
    if (functions.length === 0) {
      removeConfiguration(context, input.Bucket, "notification");
      return;
    }
    const named: LambdaFunctionConfiguration[] = functions.map((entry) => ({
      ...entry,
      Id: entry.Id ?? context.random.uuid(),
    }));
    keepConfiguration(context, input.Bucket, "notification", { LambdaFunctionConfigurations: named });
  });
  return {};
};

export const GetBucketNotificationConfiguration: Op<"GetBucketNotificationConfiguration"> = (context, input) => {
  const kept = configuration(context, input.Bucket, "notification");
  const functions = (kept?.LambdaFunctionConfigurations ?? []).flatMap(({ Id, LambdaFunctionArn, Events, Filter }) =>
    LambdaFunctionArn === undefined || Events === undefined ? [] : [{ Id, LambdaFunctionArn, Events, Filter }],
  );
  return functions.length === 0 ? {} : { LambdaFunctionConfigurations: functions };
};

function cannotValidate(destination: string): Error {
  return s3Error("InvalidArgument", {
    message: "Unable to validate the following destination configurations",
    members: {
      ArgumentName1: destination,
      ArgumentValue1: "Not authorized to invoke or the destination does not exist",
    },
  });
}

function checkDestination(bucket: Bucket, functionArn: string): void {
  const arn = tryParseArn(functionArn);
  if (arn?.service !== "lambda" || !arn.resource.startsWith("function:")) {
    throw s3Error("InvalidArgument", {
      message: "The ARN could not be parsed",
      members: { ArgumentName: "CloudFunction", ArgumentValue: functionArn },
    });
  }
  if (arn.region !== bucket.region) {
    throw s3Error("InvalidArgument", {
      message: "The notification destination service region is not valid for the bucket location constraint",
    });
  }
}

/** The function has to be there and its policy has to let S3 invoke it for this bucket. */
async function checkMayInvoke(context: ServiceContext, bucket: Bucket, functionArn: string): Promise<void> {
  const arn = tryParseArn(functionArn);
  if (arn === undefined) throw cannotValidate(functionArn);
  const [, name = "", qualifier] = arn.resource.split(":");
  try {
    const { Policy: text } = await context.call(
      "lambda",
      "GetPolicy",
      { FunctionName: name, ...(qualifier === undefined ? {} : { Qualifier: qualifier }) },
      { as: rootOf(arn.account), account: arn.account, region: arn.region },
    );
    const document = parsePolicy(text ?? "", "resource");
    const { decision } = evaluate(
      {
        principal: { type: "service", service: "s3.amazonaws.com" },
        action: "lambda:InvokeFunction",
        resource: functionArn,
        resourceAccount: arn.account,
        context: { "aws:SourceArn": `arn:aws:s3:::${bucket.name}`, "aws:SourceAccount": bucket.account },
      },
      { identity: [], resource: { name: "function policy", document } },
    );
    if (decision === "allowed") return;
  } catch (error) {
    if (!isAwsError(error) && !(error instanceof PolicySyntaxError)) throw error;
  }
  throw cannotValidate(functionArn);
}
