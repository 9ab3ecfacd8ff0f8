/** Who acts in the cloud: users, roles' sessions, services, nobody; and the keys that they act with. */
import type { RequestPrincipal } from "./languages/policy/principal.ts";

/** Who calls. A role session is what a function, a build, a pipeline or an assumed role acts as. */
export type Principal =
  | { readonly type: "root"; readonly account: string; readonly arn: string; readonly accessKeyId?: string }
  | {
      readonly type: "user";
      readonly account: string;
      readonly arn: string;
      readonly userName: string;
      readonly userId: string;
      readonly accessKeyId?: string;
      /** Set for the temporary keys of GetSessionToken. */
      readonly sessionPolicies?: readonly string[];
    }
  | {
      readonly type: "role-session";
      readonly account: string;
      /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` */
      readonly arn: string;
      readonly roleArn: string;
      /** `AROA…:SESSION` */
      readonly userId: string;
      readonly sessionName: string;
      readonly sessionTags: Readonly<Record<string, string>>;
      readonly sessionPolicies?: readonly string[];
      readonly sourceIdentity?: string;
      readonly accessKeyId?: string;
    }
  | {
      readonly type: "service";
      /** `lambda.amazonaws.com` */
      readonly service: string;
      readonly account: string;
      readonly arn: string;
      /** What the service acts for (aws:SourceArn), e.g. the bucket that notifies. */
      readonly sourceArn?: string;
    }
  | { readonly type: "anonymous"; readonly account: string; readonly arn: "anonymous" };

/** The root of an account. */
export function rootOf(account: string, accessKeyId?: string): Principal {
  const root = { type: "root", account, arn: `arn:aws:iam::${account}:root` } as const;
  return accessKeyId === undefined ? root : { ...root, accessKeyId };
}

/** Nobody: a request without a signature. */
export const ANONYMOUS: Principal = { type: "anonymous", account: "", arn: "anonymous" };

/** An AWS service that acts by itself, for `account`. */
export function serviceOf(service: string, account: string, sourceArn?: string): Principal {
  const acting = { type: "service", service, account, arn: service } as const;
  return sourceArn === undefined ? acting : { ...acting, sourceArn };
}

/** An access key that IAM or STS issued here. */
export interface IssuedKey {
  readonly principal: Principal;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Epoch milliseconds in the cloud; absent for a long-lived key. */
  readonly expiresAt?: number;
  readonly status: "Active" | "Inactive";
}

/** A principal as the policy language sees it. */
export function requestPrincipal(principal: Principal): RequestPrincipal {
  return principal.type === "role-session" ? { ...principal, tags: principal.sessionTags } : principal;
}

/** Who signed a request, as `requestContext.authorizer.iam` tells a function behind an HTTP API or a function URL. */
export function iamIdentity(caller: Principal) {
  return {
    accessKey: "accessKeyId" in caller ? caller.accessKeyId : null,
    accountId: caller.account,
    callerId: "userId" in caller ? caller.userId : caller.account,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: caller.arn,
    userId: "userId" in caller ? caller.userId : caller.account,
  };
}
