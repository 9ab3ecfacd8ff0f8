import { describe, expect, it } from "vitest";
import { policySize, PolicySyntaxError } from "./document.ts";
import type { PolicyKind } from "./document.ts";
import { parsePolicy } from "./parse.ts";

/** A statement that is right but for `changes`; undefined takes an element away. */
function identity(changes: object = {}, document: object = {}): string {
  const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*", ...changes };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement], ...document });
}

function trust(changes: object = {}, document: object = {}): string {
  const statement = {
    Effect: "Allow",
    Principal: { Service: "lambda.amazonaws.com" },
    Action: "sts:AssumeRole",
    ...changes,
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement], ...document });
}

function refusal(text: string, kind: PolicyKind): string {
  try {
    parsePolicy(text, kind);
  } catch (error) {
    if (error instanceof PolicySyntaxError) return error.message;
    throw error;
  }
  return "none";
}

describe("a policy document", () => {
  it("is read with one statement or a list, single values or lists", () => {
    const expected = {
      version: "2012-10-17",
      statements: [
        {
          sid: "A",
          effect: "Deny",
          actions: { negated: true, patterns: ["s3:*"] },
          resources: { negated: false, patterns: ["*"] },
          conditions: [
            { operator: "StringLike", quantifier: "ForAnyValue", ifExists: true, key: "aws:TagKeys", values: ["a*"] },
            { operator: "Bool", ifExists: false, key: "aws:SecureTransport", values: ["false"] },
          ],
        },
      ],
    };
    const statement = {
      Sid: "A",
      Effect: "Deny",
      NotAction: "s3:*",
      Resource: ["*"],
      Condition: {
        "ForAnyValue:StringLikeIfExists": { "aws:TagKeys": ["a*"] },
        Bool: { "aws:SecureTransport": false },
      },
    };
    for (const Statement of [statement, [statement]]) {
      expect(parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement }), "identity")).toEqual(expected);
    }
  });

  it("keeps principals by type, and takes * for every AWS principal", () => {
    const names = (Principal: unknown): unknown =>
      parsePolicy(trust({ Principal, Resource: "*" }), "resource").statements[0]?.principals;
    expect(names({ AWS: ["111122223333", "arn:aws:iam::111122223333:role/r"], Service: "sns.amazonaws.com" })).toEqual({
      negated: false,
      names: [
        { type: "AWS", name: "111122223333" },
        { type: "AWS", name: "arn:aws:iam::111122223333:role/r" },
        { type: "Service", name: "sns.amazonaws.com" },
      ],
    });
    expect(names("*")).toEqual({ negated: false, names: [{ type: "AWS", name: "*" }] });
  });

  it("is of version 2008-10-17 where it does not say, when it is no identity policy", () => {
    expect(parsePolicy(trust({}, { Version: undefined }), "trust").version).toBe("2008-10-17");
  });

  it("counts its size without white space", () => {
    expect(policySize('{ "Version":\n\t"2012-10-17" }')).toBe('{"Version":"2012-10-17"}'.length);
  });
});

const syntax = "Syntax errors in policy.";
const legacy = "The policy failed legacy parsing";

it.each([[undefined], ["2008-10-17"]])("an identity policy of version %s is one of 2008-10-17", (Version) => {
  expect(parsePolicy(identity({}, { Version }), "identity").version).toBe("2008-10-17");
});

describe("an identity policy is refused", () => {
  it.each<[string, string, string]>([
    ["is no JSON", "{", syntax],
    ["is no object", "[]", syntax],
    ["begins with a blank", ` ${identity()}`, legacy],
    ["has an unknown element", identity({}, { Extra: 1 }), syntax],
    ["has an unknown element in a statement", identity({ Conditions: {} }), syntax],
    ["has no statement", '{"Version":"2012-10-17"}', syntax],
    ["has no statements in its list", identity({}, { Statement: [] }), syntax],
    ["has a statement that is no object", identity({}, { Statement: ["x"] }), syntax],
    [
      "is of a version that never was",
      identity({}, { Version: "2020-01-01" }),
      "The policy must contain a valid version string",
    ],
    ["has no effect", identity({ Effect: undefined }), syntax],
    ["has an effect of its own", identity({ Effect: "Perhaps" }), syntax],
    ["writes its effect small", identity({ Effect: "allow" }), legacy],
    ["names a principal", identity({ Principal: "*" }), "Policy document should not specify a principal."],
    ["names a principal by exclusion", identity({ NotPrincipal: "*" }), "Has prohibited field NotPrincipal"],
    ["has no action", identity({ Action: undefined }), "Policy statement must contain actions."],
    ["has an empty list of actions", identity({ Action: [] }), "Policy statement must contain actions."],
    ["has Action and NotAction", identity({ NotAction: "s3:*" }), syntax],
    ["has an action that is no text", identity({ Action: [1] }), syntax],
    [
      "has an action without its service",
      identity({ Action: "GetObject" }),
      "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    ],
    [
      "has an empty action",
      identity({ Action: "" }),
      "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    ],
    [
      "has an action with two colons",
      identity({ Action: "s3:Get:x" }),
      "Actions/Condition can contain only one colon.",
    ],
    ["has a service with a wildcard", identity({ Action: "s*:Get" }), "Vendor s* is not valid"],
    ["has no resource", identity({ Resource: undefined }), "Policy statement must contain resources."],
    ["has an empty list of resources", identity({ Resource: [] }), "Policy statement must contain resources."],
    ["has Resource and NotResource", identity({ NotResource: "*" }), syntax],
    [
      "has a resource that is no ARN",
      identity({ Resource: "bucket" }),
      'Resource bucket must be in ARN format or "*".',
    ],
    [
      "has a resource in a partition that is none",
      identity({ Resource: "arn:oz:s3:::b" }),
      'Partition "oz" is not valid for resource "arn:oz:s3:::b".',
    ],
    [
      "has a resource of any service",
      identity({ Resource: "arn:aws:*:::b" }),
      "Resource vendor must be fully qualified and cannot contain regexes.",
    ],
    ["has an ARN that ends early", identity({ Resource: "arn:aws:s3::b" }), legacy],
    [
      "has a bucket with a region",
      identity({ Resource: "arn:aws:s3:eu-west-1::b" }),
      "Resource arn:aws:s3:eu-west-1::b can not contain region information.",
    ],
    [
      "has a role with a region",
      identity({ Resource: "arn:aws:iam:eu-west-1:1:role/r" }),
      "IAM resource arn:aws:iam:eu-west-1:1:role/r cannot contain region information.",
    ],
    ["has an operator that is none", identity({ Condition: { StringIs: { "aws:username": "a" } } }), syntax],
    ["has NullIfExists", identity({ Condition: { NullIfExists: { "aws:username": "true" } } }), syntax],
    ["has a condition that is a list", identity({ Condition: [] }), syntax],
    ["compares a date with a word", identity({ Condition: { DateLessThan: { "aws:CurrentTime": "soon" } } }), legacy],
    [
      "has the same Sid twice",
      identity({}, { Statement: [1, 2].map(() => ({ Sid: "A", Effect: "Allow", Action: "*", Resource: "*" })) }),
      "Statement IDs (SID) in a single policy must be unique.",
    ],
    [
      "has a Sid with a blank",
      identity({ Sid: "my sid" }),
      "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    ],
  ])("when it %s", (_, text, message) => {
    expect(refusal(text, "identity")).toBe(message);
  });

  it("not when its resources are of the forms that people use", () => {
    const resources = [
      "*",
      "arn:aws:iam::*:role/*",
      "arn:aws:iam::*:*",
      "arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}",
      "arn:aws:s3:::*",
      "arn:aws:sqs",
      "arn:*:sns:*:*:t",
      "arn:aws-cn:s3:::b",
    ];
    expect(refusal(identity({ Resource: resources }), "identity")).toBe("none");
  });

  it("not when an unknown operator compares nothing, or two Sids are empty", () => {
    expect(refusal(identity({ Condition: { Whatever: {} } }), "identity")).toBe("none");
    const statement = { Sid: "", Effect: "Allow", Action: "*", Resource: "*" };
    expect(refusal(identity({}, { Statement: [statement, statement] }), "identity")).toBe("none");
  });
});

describe("a trust policy is refused", () => {
  it.each<[string, string, string]>([
    ["is no JSON", "nonsense", "This policy contains invalid Json"],
    ["begins with a blank", `\n${trust()}`, "JSON strings must not have leading spaces"],
    ["has no statements", trust({}, { Statement: [] }), "Could not parse the policy: Statement is empty!"],
    ["is of a version that never was", trust({}, { Version: "x" }), "The policy must contain a valid version string"],
    ["has no principal", trust({ Principal: undefined }), "Missing required field Principal"],
    ["has an empty principal", trust({ Principal: {} }), "Missing required field Principal cannot be empty!"],
    ["has the short form of everyone", trust({ Principal: "*" }), "Principal must be a JSON object."],
    [
      "allows by exclusion",
      trust({ Principal: undefined, NotPrincipal: { AWS: "*" } }),
      "Allow with NotPrincipal is not allowed.",
    ],
    [
      "denies by exclusion",
      trust({ Effect: "Deny", Principal: undefined, NotPrincipal: { AWS: "*" } }),
      "AssumeRole policy must not contain NotPrincipal field.",
    ],
    [
      "has a type of principal that is none",
      trust({ Principal: { Amazon: "*" } }),
      'Invalid principal in policy: "Amazon"',
    ],
    [
      "has a pattern as principal",
      trust({ Principal: { AWS: "arn:aws:iam::111122223333:role/*" } }),
      'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/*"',
    ],
    ["has no effect", trust({ Effect: undefined }), "Missing required field Effect"],
    ["has an effect of its own", trust({ Effect: "Perhaps" }), "Invalid effect: Perhaps"],
    ["has no action", trust({ Action: undefined }), "Missing required field Action"],
    [
      "has an action of another service",
      trust({ Action: "s3:GetObject" }),
      "AssumeRole policy may only specify STS AssumeRole actions.",
    ],
    ["has all actions", trust({ Action: "*" }), "AssumeRole policy may only specify STS AssumeRole actions."],
    ["has a resource", trust({ Resource: "*" }), "Has prohibited field Resource"],
  ])("when it %s", (_, text, message) => {
    expect(refusal(text, "trust")).toBe(message);
  });
});

describe("a resource's policy is refused", () => {
  it.each<[string, string, string]>([
    ["is no JSON", "{", "This policy contains invalid Json"],
    ["has no principal", identity(), "Missing required field Principal"],
    ["has no resource", trust(), "Missing required field Resource"],
    ["has an unknown element", trust({ Resource: "*", Extra: 1 }), "Unknown field Extra"],
    [
      "has a word as principal",
      trust({ Principal: "everyone", Resource: "*" }),
      'Invalid principal in policy: "everyone"',
    ],
  ])("when it %s", (_, text, message) => {
    expect(refusal(text, "resource")).toBe(message);
  });

  it("with a problem that tells its service apart what is wrong", () => {
    expect.assertions(1);
    try {
      parsePolicy(identity(), "resource");
    } catch (error) {
      expect(error).toMatchObject({ name: "PolicySyntaxError", problem: "missing-field" });
    }
  });
});
