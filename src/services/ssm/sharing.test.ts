/** Who may read what: other accounts by a parameter's policy, and users by their own. */
import { IAM } from "@aws-sdk/client-iam";
import { SSM } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { refusal, withCloud } from "./ssm-fixture.ts";

const fixture = withCloud();

const OTHER = "222222222222";
const ARN = "arn:aws:ssm:us-east-1:000000000000:parameter/shared";
const sharing = (Action: string | string[]) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: OTHER }, Action, Resource: ARN }],
  });
const share = (Action: string | string[]) =>
  fixture.ssm.putResourcePolicy({ ResourceArn: ARN, Policy: sharing(Action) });

describe("another account", () => {
  it("reads a parameter by its ARN as far as the parameter's policies allow", async () => {
    await fixture.put("shared", "x", { Tier: "Advanced" });
    const other = fixture.as(OTHER);
    expect(await refusal(other.getParameter({ Name: ARN }))).toEqual({
      code: "AccessDeniedException",
      message: `User: arn:aws:iam::${OTHER}:root is not authorized to perform: ssm:GetParameter on resource: ${ARN} because no resource-based policy allows the ssm:GetParameter action`,
    });
    await share(["ssm:GetParameter", "ssm:GetParameterHistory"]);
    expect((await other.getParameter({ Name: ARN })).Parameter).toMatchObject({ Name: "shared", ARN, Value: "x" });
    expect((await other.getParameterHistory({ Name: ARN })).Parameters).toMatchObject([{ Value: "x" }]);
    expect((await refusal(other.getParameters({ Names: [ARN] }))).code).toBe("AccessDeniedException");
    // The name alone is of its own account.
    expect((await refusal(other.getParameter({ Name: "shared" }))).code).toBe("ParameterNotFound");
    expect((await refusal(fixture.as("333333333333").getParameter({ Name: ARN }))).code).toBe("AccessDeniedException");
  });
});

describe("a resource policy", () => {
  it("is changed and deleted by its id and hash", async () => {
    const { ssm, put } = fixture;
    await put("shared", "x", { Tier: "Advanced" });
    const { PolicyId, PolicyHash } = await share("ssm:GetParameter");
    const change = { ResourceArn: ARN, Policy: sharing("ssm:GetParameters") };
    expect((await refusal(ssm.putResourcePolicy({ ...change, PolicyId }))).code).toBe(
      "ResourcePolicyInvalidParameterException",
    );
    const changed = await ssm.putResourcePolicy({ ...change, PolicyId, PolicyHash });
    expect(changed.PolicyId).toBe(PolicyId);
    expect((await refusal(ssm.putResourcePolicy({ ...change, PolicyId, PolicyHash }))).code).toBe(
      "ResourcePolicyConflictException",
    );
    expect((await ssm.getResourcePolicies({ ResourceArn: ARN })).Policies).toEqual([
      { PolicyId, PolicyHash: changed.PolicyHash, Policy: change.Policy },
    ]);
    const gone = { ResourceArn: ARN, PolicyId: changed.PolicyId, PolicyHash: changed.PolicyHash };
    await ssm.deleteResourcePolicy(gone);
    expect((await refusal(ssm.deleteResourcePolicy(gone))).code).toBe("ResourcePolicyNotFoundException");
    expect((await refusal(fixture.as(OTHER).getParameters({ Names: [ARN] }))).code).toBe("AccessDeniedException");
  });

  it("is for advanced parameters that are there, and has to be a policy", async () => {
    const { ssm, put } = fixture;
    expect((await refusal(share("ssm:GetParameter"))).code).toBe("ResourceNotFoundException");
    await put("shared", "x");
    expect(await refusal(share("ssm:GetParameter"))).toEqual({
      code: "ResourcePolicyInvalidParameterException",
      message: "To share a parameter, it must be in the advanced parameter tier.",
    });
    await put("shared", "x", { Tier: "Advanced", Overwrite: true });
    const malformed = ssm.putResourcePolicy({ ResourceArn: ARN, Policy: "{" });
    expect((await refusal(malformed)).code).toBe("MalformedResourcePolicyDocumentException");
    const Policy = sharing("ssm:GetParameter").padEnd(1025);
    expect((await refusal(ssm.putResourcePolicy({ ResourceArn: ARN, Policy }))).code).toBe(
      "ResourcePolicyLimitExceededException",
    );
    const group = "arn:aws:ssm:us-east-1:000000000000:opsitemgroup/default";
    expect((await refusal(ssm.getResourcePolicies({ ResourceArn: group }))).message).toContain("for parameters only");
  });
});

describe("a user", () => {
  it("may do what its policies allow on the parameters' ARNs, and no more", async () => {
    const iam = new IAM(fixture.cloud.client());
    await iam.createUser({ UserName: "dev" });
    const { AccessKey: key } = await iam.createAccessKey({ UserName: "dev" });
    const credentials = { accessKeyId: key?.AccessKeyId ?? "", secretAccessKey: key?.SecretAccessKey ?? "" };
    const user = new SSM(fixture.cloud.client({ credentials }));
    const allowed = (Action: string | string[], Resource: string) => ({ Effect: "Allow", Action, Resource });
    const parameter = "arn:aws:ssm:us-east-1:000000000000:parameter";
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        allowed(["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"], `${parameter}/app*`),
        allowed("ssm:PutParameter", `${parameter}/plain`),
      ],
    });
    await iam.putUserPolicy({ UserName: "dev", PolicyName: "p", PolicyDocument });
    await fixture.put("/app/a", "x");
    await fixture.put("/other/a", "x");

    expect((await user.getParameter({ Name: "/app/a:1" })).Parameter?.Value).toBe("x");
    expect((await user.getParametersByPath({ Path: "/app" })).Parameters).toHaveLength(1);
    await user.putParameter({ Name: "/plain", Value: "x", Type: "String" });
    const denied = (action: string, resource: string) => ({
      code: "AccessDeniedException",
      message: `User: arn:aws:iam::000000000000:user/dev is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
    });
    expect(await refusal(user.getParameters({ Names: ["/app/a", "/other/a"] }))).toEqual(
      denied("ssm:GetParameters", `${parameter}/other/a`),
    );
    const Tags = [{ Key: "a", Value: "b" }];
    expect(await refusal(user.putParameter({ Name: "plain", Value: "x", Type: "String", Tags }))).toEqual(
      denied("ssm:AddTagsToResource", `${parameter}/plain`),
    );
    expect(await refusal(user.describeParameters({}))).toEqual(
      denied("ssm:DescribeParameters", "arn:aws:ssm:us-east-1:000000000000:*"),
    );
    user.destroy();
    iam.destroy();
  });
});
