import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { denialMessage } from "./denial.ts";
import type { PolicyKind } from "./document.ts";
import { evaluate } from "./evaluate.ts";
import type { AccessRequest, NamedPolicy, Policies } from "./evaluate.ts";
import { parsePolicy } from "./parse.ts";
import type { RequestPrincipal } from "./principal.ts";

const account = "111122223333";
const other = "444455556666";
const user: RequestPrincipal = {
  type: "user",
  account,
  arn: `arn:aws:iam::${account}:user/team/ann`,
  userId: "AIDAEXAMPLEEXAMPLE1",
  tags: { team: "blue" },
};
const session: RequestPrincipal = {
  type: "role-session",
  account,
  arn: `arn:aws:sts::${account}:assumed-role/Deploy/ci`,
  roleArn: `arn:aws:iam::${account}:role/path/Deploy`,
  userId: "AROAEXAMPLEEXAMPLE1:ci",
};
const root: RequestPrincipal = { type: "root", account, arn: `arn:aws:iam::${account}:root` };
const events: RequestPrincipal = { type: "service", service: "events.amazonaws.com" };
const anonymous: RequestPrincipal = { type: "anonymous" };

const everything = { Effect: "Allow", Action: "*", Resource: "*" };

function policy(kind: PolicyKind, ...statements: readonly object[]): NamedPolicy {
  return { name: kind, document: parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), kind) };
}

function identity(...statements: readonly object[]): NamedPolicy {
  return policy("identity", ...statements);
}

function bucketPolicy(statement: object): NamedPolicy {
  return policy("resource", { Effect: "Allow", Action: "s3:*", Resource: "*", ...statement });
}

function decide(
  principal: RequestPrincipal,
  policies: Partial<Policies>,
  changes: Partial<AccessRequest> = {},
): string {
  const request = { principal, action: "s3:GetObject", resource: "arn:aws:s3:::b/k", ...changes };
  const evaluation = evaluate(request, { identity: [], ...policies });
  return evaluation.decision === "allowed" ? "allowed" : `${evaluation.decision}: ${evaluation.source}`;
}

const denied = "implicitDeny: identity-based policy";

describe("an identity's policies", () => {
  it("allow what they say and nothing else", () => {
    const policies = { identity: [identity({ ...everything, Action: "s3:Get*", Resource: "arn:aws:s3:::b/*" })] };
    expect(decide(user, policies)).toBe("allowed");
    expect(decide(user, policies, { action: "S3:GETOBJECT" })).toBe("allowed");
    expect(decide(user, policies, { action: "s3:PutObject" })).toBe(denied);
    expect(decide(user, policies, { resource: "arn:aws:s3:::c/k" })).toBe(denied);
    expect(decide(user, policies, { resource: "arn:aws:s3:::B/k" })).toBe(denied);
    expect(decide(user, {})).toBe(denied);
  });

  it("select by exclusion too", () => {
    const policies = {
      identity: [identity({ Effect: "Allow", NotAction: "iam:*", NotResource: "arn:aws:s3:::secret*" })],
    };
    expect(decide(user, policies)).toBe("allowed");
    expect(decide(user, policies, { action: "iam:GetUser" })).toBe(denied);
    expect(decide(user, policies, { resource: "arn:aws:s3:::secret/k" })).toBe(denied);
  });

  it("deny whatever others allow", () => {
    const policies = {
      identity: [identity(everything), identity({ ...everything, Effect: "Deny", Action: "s3:GetObject" })],
      resource: bucketPolicy({ Principal: { AWS: user.arn } }),
    };
    expect(decide(user, policies)).toBe("explicitDeny: identity-based policy");
    expect(decide(user, policies, { action: "s3:PutObject" })).toBe("allowed");
  });

  it("know who asks through variables and tags", () => {
    const own = {
      identity: [identity({ ...everything, Resource: "arn:aws:s3:::b/${aws:username}/${aws:PrincipalTag/team}" })],
    };
    expect(decide(user, own, { resource: "arn:aws:s3:::b/ann/blue" })).toBe("allowed");
    expect(decide(user, own, { resource: "arn:aws:s3:::b/bob/blue" })).toBe(denied);
    // A role session has no aws:username, so the variable is null and matches nothing.
    expect(decide(session, own, { resource: "arn:aws:s3:::b//blue" })).toBe(denied);
  });

  it("of 2008-10-17 have no variables", () => {
    const text = {
      Statement: [
        { Effect: "Allow", Principal: { AWS: user.arn }, Action: "s3:*", Resource: "arn:aws:s3:::b/${aws:username}" },
      ],
    };
    const old = { name: "old", document: parsePolicy(JSON.stringify(text), "resource") };
    expect(decide(user, { resource: old }, { resource: "arn:aws:s3:::b/ann" })).toBe(denied);
    expect(decide(user, { resource: old }, { resource: "arn:aws:s3:::b/${aws:username}" })).toBe("allowed");
  });

  it("complete an ARN that ends early, and let wildcards reach over colons", () => {
    const sqs = { identity: [identity({ ...everything, Resource: "arn:aws:sqs" })] };
    const request = { action: "sqs:SendMessage", resource: `arn:aws:sqs:eu-west-1:${account}:q` };
    expect(decide(user, sqs, request)).toBe("allowed");
    const logs = { identity: [identity({ ...everything, Resource: "arn:aws:logs:*:log-group:/app*" })] };
    const stream = `arn:aws:logs:eu-west-1:${account}:log-group:/app:log-stream:s`;
    expect(decide(user, logs, { action: "logs:PutLogEvents", resource: stream })).toBe("allowed");
    expect(decide(user, { identity: [identity({ ...everything, Resource: "arn:aws:sns:*" })] }, request)).toBe(denied);
  });

  it("need not be there for the root user", () => {
    expect(decide(root, {})).toBe("allowed");
    expect(decide(root, { serviceControl: [[identity({ ...everything, Action: "iam:*" })]] })).toBe(
      "implicitDeny: service control policy",
    );
  });
});

describe("limits", () => {
  const allowed = { identity: [identity(everything)] };
  const readOnly = identity({ ...everything, Action: "s3:Get*" });

  it("a permissions boundary limits and does not grant", () => {
    expect(decide(user, { ...allowed, permissionsBoundary: readOnly })).toBe("allowed");
    expect(decide(user, { ...allowed, permissionsBoundary: readOnly }, { action: "s3:PutObject" })).toBe(
      "implicitDeny: permissions boundary",
    );
    expect(decide(user, { permissionsBoundary: readOnly })).toBe(denied);
  });

  it("session policies limit, and one that allows nothing limits to nothing", () => {
    expect(decide(session, { ...allowed, session: [readOnly] })).toBe("allowed");
    expect(decide(session, { ...allowed, session: [readOnly] }, { action: "s3:PutObject" })).toBe(
      "implicitDeny: session policy",
    );
    expect(decide(session, { ...allowed, session: [] })).toBe("implicitDeny: session policy");
  });

  it("every level of service control policies has to allow", () => {
    const all = identity(everything);
    expect(decide(user, { ...allowed, serviceControl: [[all], [all, readOnly]] })).toBe("allowed");
    expect(decide(user, { ...allowed, serviceControl: [[all], [readOnly]] }, { action: "s3:PutObject" })).toBe(
      "implicitDeny: service control policy",
    );
    const deny = identity({ ...everything, Effect: "Deny" });
    expect(decide(user, { ...allowed, serviceControl: [[all, deny]] })).toBe("explicitDeny: service control policy");
  });
});

describe("a resource's policy in the caller's account", () => {
  it("that names the user is enough, whatever a boundary leaves out", () => {
    const resource = bucketPolicy({ Principal: { AWS: user.arn } });
    expect(decide(user, { resource })).toBe("allowed");
    expect(decide(user, { resource, permissionsBoundary: identity({ ...everything, Action: "sqs:*" }) })).toBe(
      "allowed",
    );
  });

  it("that names the account leaves it to the account's own policies", () => {
    for (const AWS of [account, `arn:aws:iam::${account}:root`]) {
      const resource = bucketPolicy({ Principal: { AWS } });
      expect(decide(user, { resource })).toBe(denied);
      expect(decide(user, { resource, identity: [identity(everything)] })).toBe("allowed");
      expect(decide(root, { resource })).toBe("allowed");
    }
  });

  it("that names the role is limited by boundary and session policies, one that names the session is not", () => {
    const limits = {
      permissionsBoundary: identity({ ...everything, Action: "sqs:*" }),
      session: [identity({ ...everything, Action: "sqs:*" })],
    };
    const byRole = bucketPolicy({ Principal: { AWS: session.roleArn } });
    expect(decide(session, { resource: byRole })).toBe("allowed");
    expect(decide(session, { resource: byRole, ...limits })).toBe("implicitDeny: permissions boundary");
    const bySession = bucketPolicy({ Principal: { AWS: session.arn } });
    expect(decide(session, { resource: bySession, ...limits })).toBe("allowed");
  });

  it("names an identity by its id too", () => {
    expect(decide(user, { resource: bucketPolicy({ Principal: { AWS: "AIDAEXAMPLEEXAMPLE1" } }) })).toBe("allowed");
    expect(decide(session, { resource: bucketPolicy({ Principal: { AWS: "AROAEXAMPLEEXAMPLE1" } }) })).toBe("allowed");
  });

  it("is needed where the service says so", () => {
    const policies = { identity: [identity(everything)], resourcePolicyRequired: true };
    expect(decide(user, policies)).toBe("implicitDeny: resource-based policy");
    expect(decide(user, { ...policies, resource: bucketPolicy({ Principal: { AWS: account } }) })).toBe("allowed");
  });

  it("lets in everyone when it says so, and only then those without a name", () => {
    expect(decide(anonymous, { resource: bucketPolicy({ Principal: "*" }) })).toBe("allowed");
    expect(decide(anonymous, { resource: bucketPolicy({ Principal: { AWS: "*" } }) })).toBe("allowed");
    expect(decide(anonymous, { resource: bucketPolicy({ Principal: { AWS: account } }) })).toBe(
      "implicitDeny: resource-based policy",
    );
    expect(decide(anonymous, {})).toBe("implicitDeny: resource-based policy");
  });

  it("lets in a service for the source that it names", () => {
    const resource = bucketPolicy({
      Principal: { Service: "events.amazonaws.com" },
      Condition: {
        ArnLike: { "aws:SourceArn": `arn:aws:events:*:${account}:rule/*` },
        StringEquals: { "aws:SourceAccount": account },
      },
    });
    const context = { "aws:SourceArn": `arn:aws:events:eu-west-1:${account}:rule/r`, "aws:SourceAccount": account };
    expect(decide(events, { resource }, { context })).toBe("allowed");
    expect(decide(events, { resource }, { context: { ...context, "aws:SourceAccount": other } })).toBe(
      "implicitDeny: resource-based policy",
    );
    expect(decide({ type: "service", service: "sns.amazonaws.com" }, { resource }, { context })).toBe(
      "implicitDeny: resource-based policy",
    );
  });

  it("a service's own policy is none, whatever account it acts for", () => {
    const acting = { ...events, account };
    const policies = {
      identity: [identity(everything)],
      resource: bucketPolicy({ Principal: { Service: "sns.amazonaws.com" } }),
    };
    expect(decide(acting, policies, { resourceAccount: account })).toBe("implicitDeny: resource-based policy");
  });

  it("knows an account by its canonical id", () => {
    const resource = bucketPolicy({ Principal: { CanonicalUser: "79a5" } });
    expect(decide({ ...root, canonicalUser: "79a5" }, { resource })).toBe("allowed");
    expect(decide({ ...user, canonicalUser: "79a5" }, { resource })).toBe(denied);
  });

  it("denies all but those whom NotPrincipal names with their account", () => {
    const all = { identity: [identity(everything)] };
    const deny = (...AWS: readonly string[]): NamedPolicy =>
      policy("resource", { Effect: "Deny", NotPrincipal: { AWS }, Action: "s3:*", Resource: "*" });
    expect(decide(user, { ...all, resource: deny(user.arn, account) })).toBe("allowed");
    expect(decide(user, { ...all, resource: deny(user.arn) })).toBe("explicitDeny: resource-based policy");
    expect(decide(user, { ...all, resource: deny(account) })).toBe("explicitDeny: resource-based policy");
    expect(decide(session, { ...all, resource: deny(session.arn, session.roleArn, account) })).toBe("allowed");
    expect(decide(session, { ...all, resource: deny(session.roleArn, account) })).toBe(
      "explicitDeny: resource-based policy",
    );
  });
});

describe("a resource of another account", () => {
  const there = { resourceAccount: other };

  it("needs both its own policy and the caller's", () => {
    const resource = bucketPolicy({ Principal: { AWS: user.arn } });
    expect(decide(user, { resource, identity: [identity(everything)] }, there)).toBe("allowed");
    expect(decide(user, { resource }, there)).toBe(denied);
    expect(decide(user, { identity: [identity(everything)] }, there)).toBe("implicitDeny: resource-based policy");
  });

  it("takes the account's name for all whom the account allows", () => {
    const resource = bucketPolicy({ Principal: { AWS: account } });
    expect(decide(user, { resource, identity: [identity(everything)] }, there)).toBe("allowed");
    expect(decide(root, { resource }, there)).toBe("allowed");
    expect(decide(root, {}, there)).toBe("implicitDeny: resource-based policy");
  });
});

describe("the words of a denial", () => {
  it("say who, what, on what, and why", () => {
    const request = { principal: user, action: "s3:GetObject", resource: "arn:aws:s3:::b/k" };
    const words = (policies: Policies, changes: Partial<AccessRequest> = {}): string => {
      const evaluation = evaluate({ ...request, ...changes }, policies);
      return evaluation.decision === "allowed" ? "allowed" : denialMessage({ ...request, ...changes }, evaluation);
    };
    const start = `User: ${user.arn} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k`;
    expect(words({ identity: [] })).toBe(`${start} because no identity-based policy allows the s3:GetObject action`);
    const deny = identity({ ...everything, Effect: "Deny" });
    expect(words({ identity: [deny] })).toBe(`${start} with an explicit deny in an identity-based policy`);
    expect(words({ identity: [], serviceControl: [[deny]] })).toBe(
      `${start} with an explicit deny in a service control policy`,
    );
    expect(words({ identity: [] }, { resource: "*" })).toBe(
      `User: ${user.arn} is not authorized to perform: s3:GetObject because no identity-based policy allows the s3:GetObject action`,
    );
  });
});

describe("any set of policies", () => {
  const statement = fc.record({
    Effect: fc.constantFrom("Allow", "Deny"),
    Action: fc.constantFrom("*", "s3:*", "s3:GetObject", "s3:Put*", "sqs:*"),
    Resource: fc.constantFrom("*", "arn:aws:s3:::b/*", "arn:aws:s3:::c/*"),
  });
  const identityPolicy = fc
    .array(statement, { minLength: 1, maxLength: 4 })
    .map((statements) => identity(...statements));

  it("never allows more when a boundary, a session policy or a Deny is added", () => {
    fc.assert(
      fc.property(fc.array(identityPolicy, { maxLength: 3 }), identityPolicy, (policies, limit) => {
        const before = decide(user, { identity: policies });
        for (const more of [{ permissionsBoundary: limit }, { session: [limit] }, { serviceControl: [[limit]] }]) {
          if (decide(user, { identity: policies, ...more }) === "allowed") expect(before).toBe("allowed");
        }
        const deny = identity({ ...everything, Effect: "Deny" });
        expect(decide(user, { identity: [...policies, deny] })).toMatch(/^explicitDeny/);
      }),
    );
  });
});
