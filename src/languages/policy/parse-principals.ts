/** The Principal element's grammar (AWS page "AWS JSON policy elements: Principal"). */
import { PolicySyntaxError } from "./document.ts";
import type { PolicyKind, PrincipalName, PrincipalNameType } from "./document.ts";

const types: readonly PrincipalNameType[] = ["AWS", "Service", "Federated", "CanonicalUser"];

/**
 * The principals that `raw`, the value of Principal or NotPrincipal, names. Raises PolicySyntaxError for a type or a
 * form that is not in the language. Whether they exist is the service's matter.
 */
export function parsePrincipals(raw: unknown, kind: PolicyKind): readonly PrincipalName[] {
  if (typeof raw === "string") {
    // IAM takes {"AWS": "*"} in a trust policy, and refuses the short form.
    if (kind === "trust") throw new PolicySyntaxError("principal", "Principal must be a JSON object.");
    if (raw !== "*") throw new PolicySyntaxError("principal", `Invalid principal in policy: "${raw}"`);
    return [{ type: "AWS", name: "*" }];
  }
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    throw new PolicySyntaxError("syntax", "Syntax errors in policy.");
  }
  const names = Object.entries(raw).flatMap(([type, value]) => parseNames(type, value));
  if (names.length === 0) {
    throw new PolicySyntaxError("missing-field", "Missing required field Principal cannot be empty!");
  }
  return names;
}

function parseNames(typeName: string, value: unknown): readonly PrincipalName[] {
  const type = types.find((type) => type === typeName);
  if (type === undefined) throw new PolicySyntaxError("principal", `Invalid principal in policy: "${typeName}"`);
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  return names.map((name) => {
    if (typeof name !== "string") throw new PolicySyntaxError("syntax", "Syntax errors in policy.");
    if (!isWellFormed(type, name)) {
      throw new PolicySyntaxError("principal", `Invalid principal in policy: "${type}":"${name}"`);
    }
    return { type, name };
  });
}

/** Wildcards stand for everyone or for nothing: AWS has no patterns in principals. */
function isWellFormed(type: PrincipalNameType, name: string): boolean {
  switch (type) {
    case "AWS":
      return (
        name === "*" ||
        /^\d{12}$/.test(name) ||
        // The id of a user or role that is gone, which AWS puts in place of its ARN, or of a role session.
        /^A[A-Z0-9]{15,}(:[\w+=,.@-]+)?$/.test(name) ||
        /^arn:[\w-]+:(iam|sts)::\d{12}:[^*?]+$/.test(name) ||
        /^arn:[\w-]+:iam::cloudfront:user\/[^*?]+$/.test(name)
      );
    case "Service":
      return name === "*" || /^[a-z0-9][a-z0-9.-]*$/.test(name);
    case "Federated":
    case "CanonicalUser":
      return name !== "";
  }
}
