import { describe, expect, it } from "vitest";
import type { NamedPolicy } from "./evaluate.ts";
import { parsePolicy } from "./parse.ts";
import type { RequestPrincipal } from "./principal.ts";
import { evaluateTrust, evaluateTrustAlone } from "./trust.ts";
import type { TrustRequest } from "./trust.ts";

const here = "111122223333";
const there = "444455556666";
const user: RequestPrincipal = { type: "user", account: here, arn: `arn:aws:iam::${here}:user/ann` };
const assume = { Effect: "Allow", Action: "sts:AssumeRole" };

function judge(
  statements: readonly object[],
  changes: Partial<TrustRequest> = {},
  identity?: readonly NamedPolicy[],
): string {
  const trust = parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), "trust");
  const request = {
    principal: user,
    roleArn: `arn:aws:iam::${here}:role/r`,
    roleAccount: here,
    roleSessionName: "s",
    ...changes,
  };
  const { action, evaluation } =
    identity === undefined ? evaluateTrustAlone(request, trust) : evaluateTrust(request, trust, { identity });
  return evaluation.decision === "allowed" ? "allowed" : `${evaluation.decision} ${action} (${evaluation.source})`;
}

const mayAssume: NamedPolicy = {
  name: "assume",
  document: parsePolicy(
    JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "sts:*", Resource: "*" } }),
    "identity",
  ),
};
const elsewhere = { roleArn: `arn:aws:iam::${there}:role/r`, roleAccount: there };

describe("a trust policy alone", () => {
  it("lets in those whom it names, by account too, and no others", () => {
    expect(judge([{ ...assume, Principal: { AWS: user.arn } }])).toBe("allowed");
    expect(judge([{ ...assume, Principal: { AWS: here } }])).toBe("allowed");
    expect(judge([{ ...assume, Principal: { AWS: there } }])).toBe("implicitDeny sts:AssumeRole (role trust policy)");
    expect(judge([{ ...assume, Principal: { Service: "lambda.amazonaws.com" } }])).toBe(
      "implicitDeny sts:AssumeRole (role trust policy)",
    );
    const lambda: RequestPrincipal = { type: "service", service: "lambda.amazonaws.com" };
    expect(judge([{ ...assume, Principal: { Service: "lambda.amazonaws.com" } }], { principal: lambda })).toBe(
      "allowed",
    );
  });

  it("refuses the wrong ExternalId and none at all", () => {
    const statements = [
      { ...assume, Principal: { AWS: here }, Condition: { StringEquals: { "sts:ExternalId": "secret" } } },
    ];
    expect(judge(statements, { externalId: "secret" })).toBe("allowed");
    expect(judge(statements, { externalId: "guess" })).toBe("implicitDeny sts:AssumeRole (role trust policy)");
    expect(judge(statements)).toBe("implicitDeny sts:AssumeRole (role trust policy)");
  });

  it("knows the session's name and the caller's ARN", () => {
    const Condition = {
      StringLike: { "sts:RoleSessionName": "ci-*" },
      ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::*:user/ann" },
    };
    const statements = [{ ...assume, Principal: { AWS: here }, Condition }];
    expect(judge(statements, { roleSessionName: "ci-7" })).toBe("allowed");
    expect(judge(statements, { roleSessionName: "dev" })).toMatch(/^implicitDeny/);
  });

  it("has to allow tags and a source identity on their own", () => {
    const bare = [{ ...assume, Principal: { AWS: here } }];
    expect(judge(bare, { tags: { team: "blue" } })).toBe("implicitDeny sts:TagSession (role trust policy)");
    expect(judge(bare, { sourceIdentity: "ann" })).toBe("implicitDeny sts:SetSourceIdentity (role trust policy)");
    const all = [
      {
        Effect: "Allow",
        Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        Principal: { AWS: here },
        Condition: {
          StringEquals: { "aws:RequestTag/team": "blue", "sts:SourceIdentity": "ann" },
          "ForAllValues:StringEquals": { "aws:TagKeys": ["team"], "sts:TransitiveTagKeys": ["team"] },
        },
      },
    ];
    const request = { tags: { team: "blue" }, transitiveTagKeys: ["team"], sourceIdentity: "ann" };
    expect(judge(all, request)).toBe("allowed");
    expect(judge(all, { ...request, tags: { team: "red" } })).toMatch(/^implicitDeny/);
    expect(judge(all, { ...request, tags: { team: "blue", cost: "1" } })).toMatch(/^implicitDeny/);
  });

  it("lets in a token's subject of an identity provider", () => {
    const provider = `arn:aws:iam::${here}:oidc-provider/token.actions.githubusercontent.com`;
    const statements = [
      {
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: provider },
        Condition: { StringLike: { "token.actions.githubusercontent.com:sub": "repo:team/*" } },
      },
    ];
    const request = { principal: { type: "federated", provider }, action: "sts:AssumeRoleWithWebIdentity" } as const;
    const subject = (sub: string): Partial<TrustRequest> => ({
      ...request,
      context: { "token.actions.githubusercontent.com:sub": sub },
    });
    expect(judge(statements, subject("repo:team/app:ref"))).toBe("allowed");
    expect(judge(statements, subject("repo:other/app:ref"))).toMatch(/^implicitDeny/);
  });

  it("denies what it denies", () => {
    const statements = [
      { ...assume, Principal: { AWS: here } },
      {
        ...assume,
        Effect: "Deny",
        Principal: { AWS: "*" },
        Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
      },
    ];
    expect(judge(statements, { context: { "aws:MultiFactorAuthPresent": true } })).toBe("allowed");
    expect(judge(statements)).toBe("explicitDeny sts:AssumeRole (role trust policy)");
  });
});

describe("a trust policy and the caller's policies", () => {
  it("that name the caller in the role's account need nothing else", () => {
    expect(judge([{ ...assume, Principal: { AWS: user.arn } }], {}, [])).toBe("allowed");
  });

  it("that name the account need the caller's own to allow it", () => {
    const statements = [{ ...assume, Principal: { AWS: here } }];
    expect(judge(statements, {}, [])).toBe("implicitDeny sts:AssumeRole (identity-based policy)");
    expect(judge(statements, {}, [mayAssume])).toBe("allowed");
  });

  it("are both needed across accounts", () => {
    const statements = [{ ...assume, Principal: { AWS: user.arn } }];
    expect(judge(statements, elsewhere, [])).toBe("implicitDeny sts:AssumeRole (identity-based policy)");
    expect(judge(statements, elsewhere, [mayAssume])).toBe("allowed");
  });

  it("do not let in whom the trust policy does not name", () => {
    expect(judge([{ ...assume, Principal: { AWS: there } }], {}, [mayAssume])).toBe(
      "implicitDeny sts:AssumeRole (role trust policy)",
    );
  });
});
