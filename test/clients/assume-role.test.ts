/** A pipeline's user assumes a role in another account with the AWS CLI, with the policies of the article (seed 000). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../src/testing/cloud.ts";
import { awsCli, awsIn, clientEnvironment, type Aws, type Words } from "./tools.ts";

const HOME = "111111111111";
const TARGET = "222222222222";
const ROLE = `arn:aws:iam::${TARGET}:role/circleci-role`;

/** What the user may do: assume the role in either account. */
const USER_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: ["sts:AssumeRole"], Resource: [`arn:aws:iam::${HOME}:role/circleci-role`, ROLE] },
  ],
});

/** Whom the role trusts: that user alone, and only with the external id. */
const TRUST_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${HOME}:user/circleci` },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "sts:ExternalId": "testtesttesttest" } },
    },
  ],
});

interface Credentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken?: string;
}

describe.skipIf(awsCli === undefined)("the AWS CLI with roles of another account", { timeout: 60_000 }, () => {
  let cloud: TestCloud;
  let user: Aws;

  const as = ({ AccessKeyId, SecretAccessKey, SessionToken }: Credentials): Aws =>
    awsIn({
      ...clientEnvironment(cloud),
      AWS_ACCESS_KEY_ID: AccessKeyId,
      AWS_SECRET_ACCESS_KEY: SecretAccessKey,
      ...(SessionToken === undefined ? {} : { AWS_SESSION_TOKEN: SessionToken }),
    });
  const assuming = (externalId: string): Words => [
    ["sts", "assume-role", "--role-arn", ROLE, "--role-session-name", "build-1", "--external-id", externalId],
    ["--duration-seconds", "900", "--query", "Credentials", "--output", "json"],
  ];

  beforeAll(async () => {
    cloud = await startCloud({ clock: "real", startAt: Date.now() });
    const home = awsIn(clientEnvironment(cloud, HOME));
    const target = awsIn(clientEnvironment(cloud, TARGET));
    const setUpUser = async (): Promise<Credentials> => {
      await home("iam", "create-user", "--user-name", "circleci");
      const policy = ["--policy-name", "assume", "--policy-document", USER_POLICY];
      await home("iam", "put-user-policy", "--user-name", "circleci", ...policy);
      const key = await home("iam", "create-access-key", "--user-name", "circleci", "--query", "AccessKey");
      const credentials: Credentials = JSON.parse(key);
      return credentials;
    };
    const [credentials] = await Promise.all([
      setUpUser(),
      (async () => {
        await target("s3", "mb", "s3://bucket-of-the-target");
        await home("s3", "mb", "s3://bucket-of-home");
      })(),
    ]);
    user = as(credentials);
    await target("iam", "create-role", "--role-name", "circleci-role", "--assume-role-policy-document", TRUST_POLICY);
    const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
    await target("iam", "attach-role-policy", "--role-name", "circleci-role", "--policy-arn", administrator);
  });
  afterAll(() => cloud.close());

  it("is refused with the wrong external id, and as another user", async () => {
    const stranger = awsIn(clientEnvironment(cloud, "333333333333"));
    const [wrong, other] = await Promise.all([
      user.to(assuming("somethingelse")),
      stranger.to(assuming("testtesttesttest")),
    ]);
    expect(wrong.status).toBe(255);
    expect(wrong.stderr.trim()).toBe(
      "An error occurred (AccessDenied) when calling the AssumeRole operation: " +
        `User: arn:aws:iam::${HOME}:user/circleci is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
    );
    expect(other.status).toBe(255);
    expect(other.stderr).toContain("(AccessDenied)");
  });

  it("works there with the right one, and sees that account's resources only", async () => {
    const credentials: Credentials = JSON.parse(await user(assuming("testtesttesttest")));
    const role = as(credentials);
    const [arn, buckets] = await Promise.all([
      role("sts", "get-caller-identity", "--query", "Arn", "--output", "text"),
      role("s3", "ls"),
    ]);
    expect(arn).toBe(`arn:aws:sts::${TARGET}:assumed-role/circleci-role/build-1`);
    expect(buckets).toMatch(/ bucket-of-the-target$/);
    expect(buckets.split("\n")).toHaveLength(1);

    const [roles, elsewhere] = await Promise.all([
      role("iam", "list-roles", "--query", "Roles[].Arn", "--output", "text"),
      role.to("s3", "ls", "s3://bucket-of-home"),
    ]);
    expect(roles).toBe(ROLE);
    expect(elsewhere.status).toBe(255);
    expect(elsewhere.stderr).toContain("(AccessDenied)");

    const token = credentials.SessionToken ?? "";
    const [forged, without] = await Promise.all([
      as({ ...credentials, SecretAccessKey: "guessed" }).to("sts", "get-caller-identity"),
      as({ ...credentials, SessionToken: `${token}x` }).to("sts", "get-caller-identity"),
    ]);
    expect(forged.stderr).toContain("(SignatureDoesNotMatch)");
    expect(without.stderr).toContain("(InvalidClientTokenId)");
  });
});
