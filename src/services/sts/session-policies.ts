/** Session policies: what somebody who asks for credentials gives along to limit them (AWS page "Session policies"). */
import { AwsError, isAwsError } from "../../kernel/errors.ts";
import { PolicySyntaxError } from "../../languages/policy/document.ts";
import { parsePolicy } from "../../languages/policy/parse.ts";
import { serviceOf, type ServiceContext } from "../../service.ts";

const MOST_POLICY_ARNS = 10;
/** "The plaintext that you use for both inline and managed session policies can't exceed 2,048 characters." */
const MOST_CHARACTERS = 2048;

interface Given {
  readonly Policy?: string | undefined;
  readonly PolicyArns?: readonly { readonly arn?: string | undefined }[] | undefined;
}

/** The documents, inline first; undefined where none was given, which limits nothing. Raises MalformedPolicyDocument, PackedPolicyTooLarge. */
export async function sessionPolicies(
  context: ServiceContext,
  account: string,
  given: Given,
): Promise<readonly string[] | undefined> {
  const arns = (given.PolicyArns ?? []).map(({ arn = "" }) => arn);
  if (given.Policy === undefined && arns.length === 0) return undefined;
  if (arns.length > MOST_POLICY_ARNS) {
    throw new AwsError("ValidationError", `The number of PolicyArns must not exceed ${MOST_POLICY_ARNS}.`);
  }
  const plain = (given.Policy ?? "") + arns.join("");
  if (plain.length > MOST_CHARACTERS) {
    const percent = Math.ceil((plain.length / MOST_CHARACTERS) * 100);
    throw new AwsError(
      "PackedPolicyTooLargeException",
      `Packed size of session policies and tags consumes ${percent}% of allotted space.`,
    );
  }
  const documents: string[] = [];
  if (given.Policy !== undefined) documents.push(checked(given.Policy));
  for (const arn of arns) documents.push(await managedDocument(context, account, arn));
  return documents;
}

/**
 * How much of the allotted space policies and tags take, in percent. AWS packs them in a binary form that it does not publish: this is the
 * share of the plain text, so it is there whenever AWS's is and never more than 100.
 */
export function packedSize(given: Given, tags: Readonly<Record<string, string>> = {}): { PackedPolicySize?: number } {
  const arns = (given.PolicyArns ?? []).map(({ arn = "" }) => arn);
  const size = (given.Policy ?? "").length + arns.join("").length + Object.entries(tags).flat().join("").length;
  if (size === 0) return {};
  return { PackedPolicySize: Math.min(100, Math.max(1, Math.ceil((size / (MOST_CHARACTERS * 2)) * 100))) };
}

function checked(text: string): string {
  try {
    parsePolicy(text, "identity");
    return text;
  } catch (error) {
    if (error instanceof PolicySyntaxError) throw new AwsError("MalformedPolicyDocumentException", error.message);
    throw error;
  }
}

async function managedDocument(context: ServiceContext, account: string, arn: string): Promise<string> {
  const options = { as: serviceOf("sts.amazonaws.com", account), account };
  try {
    const { Policy } = await context.call("iam", "GetPolicy", { PolicyArn: arn }, options);
    const version = { PolicyArn: arn, VersionId: Policy?.DefaultVersionId ?? "" };
    const { PolicyVersion } = await context.call("iam", "GetPolicyVersion", version, options);
    return decodeURIComponent(PolicyVersion?.Document ?? "");
  } catch (error) {
    if (isAwsError(error, "NoSuchEntityException", "InvalidInputException")) {
      throw new AwsError("MalformedPolicyDocumentException", error.message);
    }
    throw error;
  }
}
