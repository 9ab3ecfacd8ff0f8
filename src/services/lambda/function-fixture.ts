/** For Lambda's tests: deployment packages written on the spot. */
import { zipSync, type Zippable } from "fflate";

/** A trust policy for Lambda. */
export const TRUSTS_LAMBDA = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

export const ROLE = { RoleName: "runner", AssumeRolePolicyDocument: TRUSTS_LAMBDA };
export const ROLE_ARN = "arn:aws:iam::000000000000:role/runner";

/** A zip of these texts; the same bytes for the same texts. */
export function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  const zippable: Zippable = {};
  for (const [name, content] of Object.entries(files)) {
    zippable[name] = [Buffer.from(content), { os: 3, attrs: 0o100755 << 16, mtime: new Date(1980, 0, 1) }];
  }
  return zipSync(zippable);
}

/** A function whose `index.handler` has this body, with `event` and `context`. */
export function functionOf(body: string, functionName = "fn") {
  return {
    FunctionName: functionName,
    Role: ROLE_ARN,
    Runtime: "nodejs20.x" as const,
    Handler: "index.handler",
    Timeout: 10,
    Code: { ZipFile: zipOf({ "index.js": `exports.handler = async (event, context) => { ${body} };` }) },
  };
}
