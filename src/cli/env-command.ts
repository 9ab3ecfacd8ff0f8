/** `seatrial env`: what a shell needs so that the AWS CLI and the SDKs talk to the cloud. */
import { UsageError } from "../kernel/errors.ts";

export function printEnvironment({ port, account, region }: { port: number; account: string; region: string }): void {
  if (!/^\d{12}$/.test(account)) {
    throw new UsageError(`An account is 12 digits; this is ${JSON.stringify(account)}.`);
  }
  const variables = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: "seatrial",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    SEATRIAL_PORT: String(port),
  };
  for (const [name, value] of Object.entries(variables)) console.log(`export ${name}=${value}`);
  console.log("unset AWS_SESSION_TOKEN AWS_PROFILE");
}
