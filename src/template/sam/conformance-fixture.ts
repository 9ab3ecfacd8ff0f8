/**
 * The test cases of the serverless-application-model project, as its README beside them says that they are compared. For the
 * conformance test and for `npm run conformance`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseText } from "../parse.ts";
import { isList, isObject } from "../value.ts";
import type { Json } from "../value.ts";
import { decimalsOf } from "./decimals.ts";
import { TransformError } from "./sam-error.ts";
import { transform } from "./transform.ts";
import type { ApplicationRepository } from "./transform.ts";

/** Where the cases lie beside a checkout; the script that bundles this file says it by `SEATRIAL_CONFORMANCE`. */
const CASES =
  process.env["SEATRIAL_CONFORMANCE"] ?? fileURLToPath(new URL("../../../../shared/conformance/sam/", import.meta.url));

/** The names of all cases, in order; undefined where they are not there. */
export function caseNames(): readonly string[] | undefined {
  if (!existsSync(CASES)) return undefined;
  return readdirSync(`${CASES}input`)
    .map((file) => file.replace(/\.yaml$/, ""))
    .sort();
}

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

/** How a case came out; `got` is what the transform gave in place of what was wanted. */
export type Outcome = { readonly kind: "passes" } | { readonly kind: "differs"; readonly got: string };

/** Runs one case. Raises an Error when the transform crashes. */
export function runCase(name: string): Outcome {
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

/** A value with every list in it sorted, except Layers, whose order matters. */
function sorted(value: Json): Json {
  if (isList(value)) return value.map(sorted).sort(byText);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]) => {
    const isOrdered = key === "Layers" && isList(member);
    return [key, isOrdered ? member.map(sorted) : sorted(member)] as const;
  });
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function byText(left: Json, right: Json): number {
  const [a, b] = [JSON.stringify(left), JSON.stringify(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}
