/** Why a resource failed, in CloudFormation's words (AWS page "HandlerErrorCode", "Resource handler returned message"). */
import { AwsError } from "../../kernel/errors.ts";
import { TemplateError } from "../../template/template-error.ts";
import type { Operation } from "./state.ts";

/** Which service's call an error came out of: told in its message as the SDK inside AWS's handlers tells it. */
const raisedBy = new WeakMap<AwsError, string>();

const SERVICE_NAMES: Readonly<Record<string, string>> = {
  cloudformation: "CloudFormation",
  cloudwatch: "CloudWatch",
  codedeploy: "CodeDeploy",
  iam: "Iam",
  lambda: "Lambda",
  logs: "CloudWatchLogs",
  s3: "S3",
  sqs: "Sqs",
  ssm: "Ssm",
  sts: "Sts",
};

/** Notes that `error` was the answer of `service`; gives it back. */
export function fromService(service: string, error: unknown): unknown {
  if (error instanceof AwsError) raisedBy.set(error, SERVICE_NAMES[service] ?? service);
  return error;
}

/** A failure of CloudFormation's own, whose words stand as they are. */
export class ResourceFailure extends Error {
  override readonly name = "ResourceFailure";
  /** What is there in spite of the failure, and has to be taken away. */
  readonly physicalId: string | undefined;

  constructor(message: string, physicalId?: string) {
    super(message);
    this.physicalId = physicalId;
  }
}

/** The ResourceStatusReason for what a handler raised. `requestId` stands for the failed call's own. */
export function failureReason(error: unknown, requestToken: string, requestId: string): string {
  if (error instanceof ResourceFailure || error instanceof TemplateError) return error.message;
  if (!(error instanceof AwsError)) {
    const message = error instanceof Error ? error.message : String(error);
    return handlerMessage(`Internal Failure: ${message}`, requestToken, "InternalFailure");
  }
  const service = raisedBy.get(error);
  const origin =
    service === undefined
      ? ""
      : ` (Service: ${service}, Status Code: ${error.details.status ?? statusOf(error.code)}, Request ID: ${requestId})`;
  return handlerMessage(error.message + origin, requestToken, handlerErrorCode(error.code));
}

function handlerMessage(message: string, requestToken: string, code: string): string {
  return `Resource handler returned message: "${message}" (RequestToken: ${requestToken}, HandlerErrorCode: ${code})`;
}

/** The codes that a resource provider may answer with, and what of the services' codes means them. */
const CODES: readonly (readonly [RegExp, string])[] = [
  [/^HandlerInternalFailure$/, "InternalFailure"],
  [/AlreadyExists|AlreadyOwned|EntityAlreadyExists|ResourceConflict|Duplicate/i, "AlreadyExists"],
  [/NotFound|NoSuch|DoesNotExist|NonExistent/i, "NotFound"],
  [/AccessDenied|NotAuthorized|Unauthorized|Forbidden/i, "AccessDenied"],
  [/Throttl|TooManyRequests|RequestLimit|SlowDown/i, "Throttling"],
  [/LimitExceeded|QuotaExceeded|TooManyBuckets|CodeStorageExceeded/i, "ServiceLimitExceeded"],
  [/InvalidClientToken|ExpiredToken|UnrecognizedClient|SignatureDoesNotMatch/i, "InvalidCredentials"],
  [/Conflict|InUse|BucketNotEmpty|ConcurrentModification/i, "ResourceConflict"],
  [/NotStabilized/, "NotStabilized"],
  [/InternalFailure|InternalError|ServiceException|ServiceFailure/i, "ServiceInternalError"],
  [/NotImplemented/, "GeneralServiceException"],
];

function handlerErrorCode(code: string): string {
  return CODES.find(([pattern]) => pattern.test(code))?.[1] ?? "InvalidRequest";
}

function statusOf(code: string): number {
  const handler = handlerErrorCode(code);
  if (handler === "AlreadyExists" || handler === "ResourceConflict") return 409;
  if (handler === "NotFound") return 404;
  if (handler === "AccessDenied") return 403;
  if (handler === "Throttling") return 429;
  return handler === "ServiceInternalError" ? 500 : 400;
}

/** `The following resource(s) failed to create: [A, B]. ` and the same for updates, or why the operation was stopped. */
export function failedWords({ failed, haltReason }: Operation): string {
  if (haltReason !== undefined) return `${haltReason} `;
  return (["create", "update", "delete"] as const)
    .map((verb) => {
      const ids = failed.filter((failure) => failure.verb === verb).map(({ logicalId }) => logicalId);
      return ids.length === 0 ? "" : `The following resource(s) failed to ${verb}: [${ids.join(", ")}]. `;
    })
    .join("");
}

/** Why an operation is stopped as its stack's event tells it. A creation's way back adds the same words by itself. */
export function stoppedWords(kind: Operation["kind"], reason: string): string {
  return kind === "CREATE" ? `${reason}.` : `${reason}. Rollback requested by user.`;
}

/** As a sentence, for others to follow. */
export function withStop(words: string): string {
  return words.endsWith(".") ? words : `${words}.`;
}
