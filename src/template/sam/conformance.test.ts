/**
 * The test cases of the serverless-application-model project: those in `conformance-passing.json` must pass, and a case
 * that newly passes must be put there. `CONFORMANCE_REPORT=1` prints why the others do not.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseText } from "../parse.ts";
import { sorted } from "./conformance-comparison.ts";
import { decimalsOf } from "./decimals.ts";
import passing from "./conformance-passing.json" with { type: "json" };
import { TransformError } from "./sam-error.ts";
import { transform } from "./transform.ts";
import type { ApplicationRepository } from "./transform.ts";

const CASES = fileURLToPath(new URL("../../../../shared/conformance/sam/", import.meta.url));
const isThere = existsSync(CASES);

/** The managed policies that the cases know by name. */
const POLICIES = new Map([
  ["AWSLambdaBasicExecutionRole", "service-role/AWSLambdaBasicExecutionRole"],
  ["AWSLambdaRole", "service-role/AWSLambdaRole"],
  ["AmazonDynamoDBFullAccess", "AmazonDynamoDBFullAccess"],
  ["AmazonDynamoDBReadOnlyAccess", "AmazonDynamoDBReadOnlyAccess"],
  ["AWSXrayWriteOnlyAccess", "AWSXrayWriteOnlyAccess"],
]);

/** The repository of the cases: what each application's id says becomes of it. */
function repository(): ApplicationRepository {
  const templateUrl = "https://awsserverlessrepo-changesets-xxx.s3.amazonaws.com/signed-url";
  let looks = 0;
  return {
    createTemplate: (id) => {
      if (["no-access", "non-existent", "invalid-semver"].includes(id)) {
        return { kind: "refused", message: `Cannot access application: ${id}.` };
      }
      const isPreparing = ["preparing", "preparing-never-ready", "expired"].includes(id);
      return isPreparing
        ? { kind: "preparing", templateUrl, templateId: "id-xxx-xxx" }
        : { kind: "active", templateUrl };
    },
    templateStatus: (id) => {
      looks += 1;
      if (id === "expired") return "EXPIRED";
      return id === "preparing" && looks >= 3 ? "ACTIVE" : "PREPARING";
    },
  };
}

type Outcome = { readonly kind: "passes" } | { readonly kind: "differs"; readonly got: string };

function run(name: string): Outcome {
  const expected = parseText(readFileSync(`${CASES}output/${name}.json`, "utf8")).value;
  const wanted = name.startsWith("error_") ? expected["errorMessage"] : JSON.stringify(sorted(expected));
  try {
    const text = readFileSync(`${CASES}input/${name}.yaml`, "utf8");
    const input = parseText(text);
    const output = transform(input.value, {
      region: "ap-southeast-1",
      partition: "aws",
      parameters: { param1: "value1", param2: "value2" },
      managedPolicyArn: (policy) => {
        const path = POLICIES.get(policy);
        return path === undefined ? undefined : `arn:aws:iam::aws:policy/${path}`;
      },
      passDeploymentConditions: name.startsWith("feature_toggle_"),
      normalizeOpenApiVersion: name.startsWith("feature_toggle_"),
      applications: repository(),
      isDecimal: decimalsOf(text, input),
    });
    const got = JSON.stringify(sorted(output));
    return got === wanted ? { kind: "passes" } : { kind: "differs", got };
  } catch (error) {
    if (!(error instanceof TransformError)) throw new Error(`${name} crashed`, { cause: error });
    const got = [error.summary, ...error.faults.map(({ message }) => message)].join(" ");
    if (got === wanted) return { kind: "passes" };
    return { kind: "differs", got };
  }
}

describe.skipIf(!isThere)(
  `SAM conformance (cases in ../shared/conformance/sam${isThere ? "" : " are not there: skipped"})`,
  () => {
    it("passes exactly the cases that are listed", () => {
      const names = readdirSync(`${CASES}input`).map((file) => file.replace(/\.yaml$/, ""));
      const outcomes = new Map(names.map((name) => [name, run(name)]));
      const passed = names.filter((name) => outcomes.get(name)?.kind === "passes");
      if (process.env["CONFORMANCE_REPORT"] === "1") {
        for (const [name, outcome] of outcomes)
          if (outcome.kind !== "passes") console.log(name, outcome.kind, outcome.got);
      }
      expect(passed).toEqual(passing);
      expect(names.filter((name) => outcomes.get(name)?.kind === "differs")).toEqual([]);
    });
  },
);
