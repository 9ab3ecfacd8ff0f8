/** Finds the real clients on this machine, and runs them against a cloud; what is missing is said loudly, once. */
import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

/** The command that runs a client, or undefined where it is not installed. */
function find(command: string, args: readonly string[], what: string): string | undefined {
  const { status } = spawnSync(command, args, { stdio: "ignore" });
  if (status === 0) return command;
  console.warn(`\n*** SKIPPED: ${what} is not installed; the tests that use it do not run. .ci/run installs it. ***\n`);
  return undefined;
}

/** The AWS CLI, or undefined. */
export const awsCli = find("aws", ["--version"], "the AWS CLI");

/** A Python that has boto3, or undefined. */
export const pythonWithBoto3 = find("python3", ["-c", "import boto3"], "Python with boto3");

/** An AWS CLI of version 2, which alone has `aws logs tail`; or undefined. Looks where Debian puts it, too. */
export function findAwsCli2(): string | undefined {
  for (const command of ["aws", "/usr/bin/aws", "/usr/local/bin/aws"]) {
    const { stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
    if (stdout?.startsWith("aws-cli/2")) return command;
  }
  console.warn("\n*** SKIPPED: no AWS CLI of version 2 is installed; `aws logs tail` is not tried. ***\n");
  return undefined;
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Asks ten times a second where botocore's waiters sleep for up to 30 s between two questions. */
const IMPATIENT = fileURLToPath(new URL("impatient", import.meta.url));

/** The environment that points a client at the cloud, with nothing of this machine's own AWS settings. */
export function clientEnvironment(
  cloud: { readonly endpointUrl: string },
  account = "000000000000",
): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  return {
    ...Object.fromEntries(own),
    AWS_ENDPOINT_URL: cloud.endpointUrl,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: "seatrial",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_CONFIG_FILE: "/nonexistent",
    AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
    AWS_MAX_ATTEMPTS: "1",
    PYTHONPATH: IMPATIENT,
  };
}

/** How long a client may take: one that hangs costs its own test and not the whole run. */
const PATIENCE_MS = 60_000;

/** Runs a program to its end; a failing one is the test's to judge. */
export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env, maxBuffer: 64 * 2 ** 20, timeout: PATIENCE_MS, ...(cwd === undefined ? {} : { cwd }) };
    const child = execFile(command, args, options, (_, stdout, stderr) => {
      resolve({ status: child.exitCode ?? -1, stdout, stderr });
    });
    child.stdin?.end();
  });
}

/** Words of a command line, in groups of what belongs together. */
export type Words = string | readonly Words[];

/** The AWS CLI in one environment and folder. */
export interface Aws {
  /** Runs the CLI and answers with what it printed, without the last line's end; it must exit with code 0. */
  (...words: Words[]): Promise<string>;
  /** Runs the CLI to whatever end. */
  to(...words: Words[]): Promise<Ran>;
}

export function awsIn(env: NodeJS.ProcessEnv, cwd?: string): Aws {
  const to = (...words: Words[]): Promise<Ran> => run(awsCli ?? "aws", flat(words), env, cwd);
  const succeed = async (...words: Words[]): Promise<string> => {
    const { status, stdout, stderr } = await to(...words);
    expect(status, `aws ${flat(words).join(" ")}\n${stdout}\n${stderr}`).toBe(0);
    return stdout.trimEnd();
  };
  return Object.assign(succeed, { to });
}

function flat(words: Words): string[] {
  return typeof words === "string" ? [words] : words.flatMap(flat);
}
