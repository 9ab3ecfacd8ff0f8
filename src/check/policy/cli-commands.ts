/** The permissions that the AWS CLI's commands in a build need: an operation is an action of the same name, but for these. */

/** One command and the actions that it cannot do without. */
export interface CliNeed {
  readonly command: string;
  readonly actions: readonly string[];
  /** The command's failing does not fail the build. */
  readonly isForgiven: boolean;
}

/** Services whose CLI operations are IAM actions by the same name, with their prefixes. */
const PREFIXES: Readonly<Record<string, string>> = {
  cloudformation: "cloudformation",
  cloudfront: "cloudfront",
  codeartifact: "codeartifact",
  codebuild: "codebuild",
  codecommit: "codecommit",
  codepipeline: "codepipeline",
  deploy: "codedeploy",
  dynamodb: "dynamodb",
  ecr: "ecr",
  ecs: "ecs",
  events: "events",
  iam: "iam",
  kms: "kms",
  lambda: "lambda",
  logs: "logs",
  secretsmanager: "secretsmanager",
  sns: "sns",
  sqs: "sqs",
  ssm: "ssm",
  stepfunctions: "states",
};

/** Commands that need something else than their name says; none where it is not one thing. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  "codeartifact get-authorization-token": ["codeartifact:GetAuthorizationToken", "sts:GetServiceBearerToken"],
  "codeartifact login": [
    "codeartifact:GetAuthorizationToken",
    "codeartifact:GetRepositoryEndpoint",
    "sts:GetServiceBearerToken",
  ],
  "ecr get-login-password": ["ecr:GetAuthorizationToken"],
  "ecr get-login": ["ecr:GetAuthorizationToken"],
  "lambda invoke": ["lambda:InvokeFunction"],
  "lambda invoke-async": ["lambda:InvokeFunction"],
  "lambda wait": [],
  "cloudformation deploy": [
    "cloudformation:CreateChangeSet",
    "cloudformation:DescribeChangeSet",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:DescribeStacks",
  ],
  "cloudformation package": [],
  "cloudformation wait": [],
  "cloudformation validate-template": ["cloudformation:ValidateTemplate"],
  "cloudformation update-stack": ["cloudformation:UpdateStack"],
  "cloudfront wait": [],
  "codecommit credential-helper": [],
  "deploy push": [],
  "deploy wait": [],
  "dynamodb transact-write-items": [],
  "dynamodb transact-get-items": [],
  "dynamodb batch-execute-statement": [],
  "dynamodb execute-statement": [],
  "dynamodb execute-transaction": [],
  "dynamodb wait": [],
  "ecr wait": [],
  "ecs deploy": [],
  "ecs wait": [],
  "ecs execute-command": [],
  "iam wait": [],
  "kms re-encrypt": [],
  "logs tail": ["logs:FilterLogEvents"],
  "ssm start-session": [],
  "ssm wait": [],
};

/** "High-level (s3) commands", which move objects both ways: what they need is told only where it is one thing. */
const S3_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  mb: ["s3:CreateBucket"],
  rb: ["s3:DeleteBucket"],
};

/** Signs that a build does not act as its own role. */
const OTHER_IDENTITY =
  /\bassume-role|--profile\b|AWS_PROFILE|AWS_ACCESS_KEY_ID|AWS_SESSION_TOKEN|AWS_SHARED_CREDENTIALS_FILE|--no-sign-request|--endpoint-url|AWS_ENDPOINT_URL/;

/** What the commands of a build need, as far as it is evident; nothing when it may act as somebody else. */
export function cliNeeds(commands: readonly string[]): readonly CliNeed[] {
  if (commands.some((command) => OTHER_IDENTITY.test(command))) return [];
  return commands.flatMap((command) => command.split("\n").flatMap(lineNeeds));
}

function lineNeeds(line: string): readonly CliNeed[] {
  if (/^\s*#/.test(line) || /^\s*(?:echo|printf)\b(?!.*[$`]\(?)/.test(line)) return [];
  return [
    ...line.matchAll(/(?:^|[;&|(`=!]|\$\(|\bthen\b|\bdo\b|\bif\b)\s*aws\s+([a-z0-9-]+)\s+([a-z0-9-]+)([^;&|)`]*)/g),
  ].flatMap(([, service = "", operation = "", rest = ""]): CliNeed[] => {
    const actions = actionsOf(service, operation, rest);
    return actions.length === 0
      ? []
      : [{ command: `aws ${service} ${operation}`, actions, isForgiven: line.includes("||") || /\bif\b/.test(line) }];
  });
}

function actionsOf(service: string, operation: string, rest: string): readonly string[] {
  const name = `${service} ${operation}`;
  if (rest.includes("help")) return [];
  if (Object.hasOwn(EXCEPTIONS, name)) return EXCEPTIONS[name] ?? [];
  if (service === "s3") return s3Actions(operation, rest);
  const prefix = Object.hasOwn(PREFIXES, service) ? PREFIXES[service] : undefined;
  return prefix === undefined ? [] : [`${prefix}:${pascal(operation)}`];
}

/** A copy to a bucket puts objects, one from a bucket gets them. */
function s3Actions(operation: string, rest: string): readonly string[] {
  if (Object.hasOwn(S3_COMMANDS, operation)) return S3_COMMANDS[operation] ?? [];
  if (!["cp", "mv", "sync"].includes(operation)) return [];
  const [from, to] = rest
    .trim()
    .split(/\s+/)
    .filter((word) => !word.startsWith("-"));
  const isRemote = (word: string | undefined): boolean => word?.replaceAll(/["']/g, "").startsWith("s3://") === true;
  if (isRemote(to) && !isRemote(from)) return ["s3:PutObject"];
  return isRemote(from) && !isRemote(to) ? ["s3:GetObject"] : [];
}

function pascal(operation: string): string {
  return operation
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
