/** Versions, aliases and policies as an SDK client works with them. */
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCloud, type TestCloud } from "../../testing/cloud.ts";
import { functionOf, ROLE } from "./function-fixture.ts";

let cloud: TestCloud;
let lambda: Lambda;

// One cloud for all: every test has a function of its own.
beforeAll(async () => {
  cloud = await startCloud({ seed: "versions" });
  lambda = new Lambda(cloud.client());
  await new IAM(cloud.client()).createRole(ROLE);
});
afterAll(async () => {
  lambda.destroy();
  await cloud.close();
});

/** A function with two published versions. */
async function twoVersions(FunctionName: string): Promise<void> {
  await lambda.createFunction({ ...functionOf("return context.functionVersion", FunctionName), Publish: true });
  await lambda.updateFunctionConfiguration({ FunctionName, Description: "second" });
  await lambda.publishVersion({ FunctionName });
}

describe("versions", () => {
  it("are numbered, keep what they were, and are only made where something has changed", async () => {
    const FunctionName = "numbered";
    await lambda.createFunction(functionOf("return process.env.MODE ?? 'none'", FunctionName));
    const one = await lambda.publishVersion({ FunctionName, Description: "first" });
    expect(one).toMatchObject({
      Version: "1",
      Description: "first",
      FunctionArn: expect.stringMatching(/:numbered:1$/),
    });
    expect((await lambda.publishVersion({ FunctionName })).Version).toBe("1");
    await lambda.updateFunctionConfiguration({ FunctionName, Environment: { Variables: { MODE: "new" } } });
    const { CodeSha256 } = await lambda.getFunctionConfiguration({ FunctionName });
    expect((await lambda.publishVersion({ FunctionName, CodeSha256 })).Version).toBe("2");
    await expect(lambda.publishVersion({ FunctionName, CodeSha256: "no" })).rejects.toMatchObject({
      message: `CodeSHA256 (no) is different from current CodeSHA256 in $LATEST (${CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    });
    const { Versions } = await lambda.listVersionsByFunction({ FunctionName });
    expect(Versions?.map(({ Version }) => Version)).toEqual(["$LATEST", "1", "2"]);
    const run = async (Qualifier: string) => {
      const { Payload, ExecutedVersion } = await lambda.invoke({ FunctionName, Qualifier });
      return [ExecutedVersion, Payload?.transformToString()];
    };
    expect(await run("1")).toEqual(["1", '"none"']);
    expect(await run("2")).toEqual(["2", '"new"']);
    await lambda.deleteFunction({ FunctionName, Qualifier: "2" });
    await expect(run("2")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Function not found: arn:aws:lambda:us-east-1:000000000000:function:numbered:2",
    });
    await lambda.updateFunctionConfiguration({ FunctionName, Timeout: 9 });
    expect((await lambda.publishVersion({ FunctionName })).Version).toBe("3");
  });
});

describe("aliases", () => {
  it("name a version, are changed under their revision, and hold on to it", async () => {
    const FunctionName = "named";
    await twoVersions(FunctionName);
    const made = await lambda.createAlias({ FunctionName, Name: "live", FunctionVersion: "1" });
    expect(made).toMatchObject({
      AliasArn: expect.stringMatching(/:named:live$/),
      FunctionVersion: "1",
      Description: "",
    });
    await expect(lambda.createAlias({ FunctionName, Name: "live", FunctionVersion: "1" })).rejects.toMatchObject({
      message: `Alias already exists: ${made.AliasArn}`,
    });
    await expect(lambda.deleteFunction({ FunctionName, Qualifier: "1" })).rejects.toMatchObject({
      name: "ResourceConflictException",
    });
    const { RevisionId } = made;
    await lambda.updateAlias({ FunctionName, Name: "live", FunctionVersion: "2", RevisionId });
    await expect(lambda.updateAlias({ FunctionName, Name: "live", RevisionId })).rejects.toMatchObject({
      name: "PreconditionFailedException",
    });
    const { ExecutedVersion, Payload } = await lambda.invoke({ FunctionName: made.AliasArn ?? "" });
    expect([ExecutedVersion, Payload?.transformToString()]).toEqual(["2", '"2"']);
    expect((await lambda.listAliases({ FunctionName, FunctionVersion: "1" })).Aliases).toEqual([]);
    await lambda.deleteAlias({ FunctionName, Name: "live" });
    await expect(lambda.getAlias({ FunctionName, Name: "live" })).rejects.toMatchObject({
      message: `Cannot find alias arn: ${made.AliasArn}`,
    });
  });

  it("take one more version with its share, and nothing that AWS does not", async () => {
    const FunctionName = "shared";
    await twoVersions(FunctionName);
    const routed = (FunctionVersion: string, weights: Record<string, number>) =>
      lambda.createAlias({
        FunctionName,
        Name: "a",
        FunctionVersion,
        RoutingConfig: { AdditionalVersionWeights: weights },
      });
    await expect(routed("1", { "2": 0.1, "3": 0.1 })).rejects.toThrow("cannot be greater than 1");
    await expect(routed("1", { "1": 0.1 })).rejects.toThrow("Function version 1 is already included");
    await expect(routed("$LATEST", { "1": 0.1 })).rejects.toThrow("$LATEST is not supported for an alias");
    await expect(routed("1", { "9": 0.1 })).rejects.toThrow("Function not found");
    await expect(routed("1", { "2": 1.5 })).rejects.toThrow("less than or equal to 1");
    expect((await routed("1", { "2": 0.25 })).RoutingConfig).toEqual({ AdditionalVersionWeights: { "2": 0.25 } });
    const plain = await lambda.updateAlias({
      FunctionName,
      Name: "a",
      RoutingConfig: { AdditionalVersionWeights: {} },
    });
    expect(plain.RoutingConfig).toBeUndefined();
  });

  it(
    "send 10 % of 2,000 invocations to the version that has 10 %, and say which ran",
    { timeout: 60_000 },
    async () => {
      const FunctionName = "canary";
      await twoVersions(FunctionName);
      const RoutingConfig = { AdditionalVersionWeights: { "2": 0.1 } };
      await lambda.createAlias({ FunctionName, Name: "live", FunctionVersion: "1", RoutingConfig });
      let second = 0;
      for (let n = 0; n < 2000; n++) {
        const { ExecutedVersion, Payload } = await lambda.invoke({ FunctionName, Qualifier: "live" });
        expect(Payload?.transformToString()).toBe(JSON.stringify(ExecutedVersion));
        if (ExecutedVersion === "2") second += 1;
      }
      expect(second).toBeGreaterThanOrEqual(160);
      expect(second).toBeLessThanOrEqual(240);
    },
  );
});

describe("policies", () => {
  it("of functions and aliases are written as AWS writes them, statement by statement", async () => {
    const FunctionName = "open";
    await twoVersions(FunctionName);
    await lambda.createAlias({ FunctionName, Name: "live", FunctionVersion: "1" });
    const { Statement } = await lambda.addPermission({
      FunctionName,
      Qualifier: "live",
      StatementId: "s3",
      Action: "lambda:InvokeFunction",
      Principal: "s3.amazonaws.com",
      SourceArn: "arn:aws:s3:::bucket",
      SourceAccount: "000000000000",
    });
    const statement = {
      Sid: "s3",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: "arn:aws:lambda:us-east-1:000000000000:function:open:live",
      Condition: {
        StringEquals: { "AWS:SourceAccount": "000000000000" },
        ArnLike: { "AWS:SourceArn": "arn:aws:s3:::bucket" },
      },
    };
    expect(Statement).toBe(JSON.stringify(statement));
    const { Policy, RevisionId } = await lambda.getPolicy({ FunctionName, Qualifier: "live" });
    expect(Policy).toBe(JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: [statement] }));
    await expect(lambda.getPolicy({ FunctionName })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The resource you requested does not exist.",
    });
    const again = { FunctionName, Qualifier: "live", StatementId: "s3" };
    await expect(
      lambda.addPermission({ ...again, Action: "lambda:InvokeFunction", Principal: "*" }),
    ).rejects.toMatchObject({ name: "ResourceConflictException" });
    await expect(lambda.removePermission({ ...again, RevisionId: "old" })).rejects.toMatchObject({
      name: "PreconditionFailedException",
    });
    await lambda.removePermission({ ...again, RevisionId });
    await expect(lambda.removePermission(again)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(
      lambda.addPermission({ FunctionName, StatementId: "x", Action: "lambda:InvokeFunction", Principal: "nobody" }),
    ).rejects.toThrow("The provided principal was invalid. Please check the principal and try again.");
    await expect(
      lambda.addPermission({ ...again, Qualifier: "$LATEST", Action: "lambda:InvokeFunction", Principal: "*" }),
    ).rejects.toThrow();
  });

  it("let another account invoke, and only that", async () => {
    const { FunctionArn = "" } = await lambda.createFunction(functionOf("return 'hello'", "visited"));
    const stranger = new Lambda(cloud.client({ account: "111111111111" }));
    await expect(stranger.invoke({ FunctionName: FunctionArn })).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: `User: arn:aws:iam::111111111111:root is not authorized to perform: lambda:InvokeFunction on resource: ${FunctionArn} because no resource-based policy allows the lambda:InvokeFunction action`,
    });
    await lambda.addPermission({
      FunctionName: "visited",
      StatementId: "a",
      Action: "lambda:InvokeFunction",
      Principal: "111111111111",
    });
    const { Payload } = await stranger.invoke({ FunctionName: FunctionArn });
    expect(Payload?.transformToString()).toBe('"hello"');
    await expect(stranger.deleteFunction({ FunctionName: FunctionArn })).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });
});
