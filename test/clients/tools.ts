/** Finds the real clients on this machine, and runs them against a cloud; what is missing is said loudly, once. */
import { execFile, spawnSync } from "node:child_process";
import type { Cloud } from "../../src/cloud.ts";

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

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment that points a client at the cloud, with nothing of this machine's own AWS settings. */
export function clientEnvironment(
  cloud: Cloud | { readonly endpointUrl: string },
  account = "000000000000",
): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  return {
    ...Object.fromEntries(own),
    AWS_ENDPOINT_URL: cloud.endpointUrl,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: "seatrial",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
    AWS_MAX_ATTEMPTS: "1",
  };
}

/** Runs a program to its end; a failing one is the test's to judge. */
export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env, maxBuffer: 64 * 2 ** 20, ...(cwd === undefined ? {} : { cwd }) };
    const child = execFile(command, args, options, (_, stdout, stderr) => {
      resolve({ status: child.exitCode ?? -1, stdout, stderr });
    });
    child.stdin?.end();
  });
}
