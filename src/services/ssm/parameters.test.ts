/** Putting and reading parameters as an SDK client sees them. */
import { describe, expect, it } from "vitest";
import { TEST_EPOCH } from "../../testing/cloud.ts";
import { refusal, withCloud } from "./ssm-fixture.ts";

const fixture = withCloud();

const namesOf = (parameters: readonly { Name?: string | undefined }[] | undefined) =>
  (parameters ?? []).map(({ Name }) => Name);

describe("putting", () => {
  it("makes a parameter, and a new version only when overwriting is asked for", async () => {
    const { ssm, put } = fixture;
    expect(await put("/app/host", "one")).toMatchObject({ Version: 1, Tier: "Standard" });
    expect(await refusal(put("/app/host", "two"))).toEqual({
      code: "ParameterAlreadyExists",
      message:
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    });
    // The type may be left out where there is one.
    expect(await ssm.putParameter({ Name: "/app/host", Value: "two", Overwrite: true })).toMatchObject({ Version: 2 });

    expect((await ssm.getParameter({ Name: "/app/host" })).Parameter).toEqual({
      Name: "/app/host",
      Type: "String",
      Value: "two",
      Version: 2,
      LastModifiedDate: new Date(TEST_EPOCH),
      ARN: "arn:aws:ssm:us-east-1:000000000000:parameter/app/host",
      DataType: "text",
    });
  });

  it("keeps what an overwrite does not mention, an AllowedPattern that still has to match among it", async () => {
    const { ssm, put } = fixture;
    await put("port", "80", { Description: "the port", AllowedPattern: "\\d{1,4}" });

    expect(await refusal(ssm.putParameter({ Name: "port", Value: "65000", Overwrite: true }))).toEqual({
      code: "ParameterPatternMismatchException",
      message: "Parameter value, cannot be validated against allowedPattern: \\d{1,4}",
    });
    await ssm.putParameter({ Name: "port", Value: "8080", Overwrite: true });
    const [described] = (await ssm.describeParameters({})).Parameters ?? [];
    expect(described).toMatchObject({
      Description: "the port",
      AllowedPattern: "\\d{1,4}",
      Version: 2,
      Type: "String",
    });
  });

  it("checks each item of a StringList against the pattern", async () => {
    const { put } = fixture;
    await put("zones", "a1,b2", { Type: "StringList", AllowedPattern: "[a-z]\\d" });
    const wrong = put("others", "a1,bb", { Type: "StringList", AllowedPattern: "[a-z]\\d" });
    expect((await refusal(wrong)).code).toBe("ParameterPatternMismatchException");
  });

  it("refuses a pattern that is none, and one that would take for ever", async () => {
    const { put } = fixture;
    for (const AllowedPattern of ["(", "(a+)+"]) {
      const broken = put("others", `${"a".repeat(40)}b`, { AllowedPattern });
      expect((await refusal(broken)).code).toBe("InvalidAllowedPatternException");
    }
    await put("free", "ABC", { AllowedPattern: "(?i)[a-z]+" });
  });

  it.each([
    ["a/b", "ValidationException", "Parameter name must be a fully qualified name."],
    ["/a//b", "ValidationException", "sub-paths divided by slash symbol"],
    ["/a/", "ValidationException", "sub-paths divided by slash symbol"],
    ["my name", "ValidationException", "sub-paths divided by slash symbol"],
    ["awsome", "ValidationException", `can't be prefixed with "aws" or "ssm" (case-insensitive).`],
    ["SSM-x", "ValidationException", `can't be prefixed with "aws" or "ssm" (case-insensitive).`],
    ["/ssm/x", "ValidationException", `can't be prefixed with "ssm" (case-insensitive).`],
    ["/aws/service/x", "AccessDeniedException", "No access to reserved parameter name: /aws/service/x."],
    ["/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "HierarchyLevelLimitExceededException", "maximum of 15 levels"],
    ["n".repeat(980), "ValidationException", "1011 characters"],
  ])("refuses the name %s", async (name, code, words) => {
    const refused = await refusal(fixture.put(name, "x"));
    expect(refused.code).toBe(code);
    expect(refused.message).toContain(words);
  });

  it("takes fifteen levels, and leaves spaces around a name away", async () => {
    const deep = "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15";
    await fixture.put(deep, "x");
    await fixture.put("  spaced ", "x");
    expect((await fixture.ssm.getParameter({ Name: deep })).Parameter?.Value).toBe("x");
    expect((await fixture.ssm.getParameter({ Name: "spaced" })).Parameter?.Value).toBe("x");
  });

  it("refuses values that are empty or refer to other parameters", async () => {
    expect((await refusal(fixture.put("a", ""))).message).toContain(
      "Member must have length greater than or equal to 1",
    );
    expect((await refusal(fixture.put("a", "{{ssm:other}}"))).message).toBe(
      'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.',
    );
  });

  it("wants a type for a new parameter, and no tags when overwriting", async () => {
    const { ssm, put } = fixture;
    expect((await refusal(ssm.putParameter({ Name: "a", Value: "x" }))).message).toBe(
      "A parameter type is required when you create a parameter.",
    );
    const Tags = [{ Key: "team", Value: "shop" }];
    expect((await refusal(put("a", "x", { Overwrite: true, Tags }))).message).toMatch(
      /^Invalid request: tags and overwrite can't be used together\./,
    );
  });

  it("refuses data types that are not AWS's, and says that there is no EC2 for images", async () => {
    const { put } = fixture;
    expect((await refusal(put("a", "x", { DataType: "Text" }))).message).toBe(
      "The following data type is not supported: Text (Data type names are all lowercase.)",
    );
    expect((await refusal(put("a", "ami-1", { DataType: "aws:ec2:image" }))).message).toContain("there is no EC2 here");
    await put("a", "{}", { DataType: "aws:ssm:integration", Type: "SecureString" });
  });
});

describe("reading", () => {
  it("finds a name of one part with a slash before it and without, and shows it as it was asked for", async () => {
    await fixture.put("plain", "x");
    for (const Name of ["plain", "/plain"]) {
      expect((await fixture.ssm.getParameter({ Name })).Parameter).toMatchObject({
        Name,
        ARN: "arn:aws:ssm:us-east-1:000000000000:parameter/plain",
      });
    }
    expect((await refusal(fixture.put("/plain", "y"))).code).toBe("ParameterAlreadyExists");
  });

  it("takes ARNs for names", async () => {
    const { ssm, put } = fixture;
    await put("plain", "x");
    await put("/a/b", "y");
    const arn = "arn:aws:ssm:us-east-1:000000000000:parameter";
    expect((await ssm.getParameter({ Name: `${arn}/plain` })).Parameter).toMatchObject({ Name: "plain", Value: "x" });
    expect((await ssm.getParameter({ Name: `${arn}/a/b:1` })).Parameter).toMatchObject({
      Name: "/a/b",
      Selector: ":1",
    });
  });

  it("chooses a version behind a colon", async () => {
    const { ssm, put } = fixture;
    await put("/a/b", "one");
    await put("/a/b", "two", { Overwrite: true });
    expect((await ssm.getParameter({ Name: "/a/b:1" })).Parameter).toMatchObject({
      Name: "/a/b",
      Value: "one",
      Version: 1,
      Selector: ":1",
    });
    expect(await refusal(ssm.getParameter({ Name: "/a/b:9" }))).toEqual({
      code: "ParameterVersionNotFound",
      message: "Systems Manager could not find version 9 of /a/b. Verify the version and try again.",
    });
    expect((await refusal(ssm.getParameter({ Name: "/a/c" }))).code).toBe("ParameterNotFound");
    expect((await refusal(ssm.getParameter({ Name: "a/b" }))).message).toContain("sub-paths divided by slash symbol");
  });

  it("has none of AWS's public parameters", async () => {
    const Name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
    expect((await refusal(fixture.ssm.getParameter({ Name }))).code).toBe("ParameterNotFound");
    const below = fixture.ssm.getParametersByPath({ Path: "/aws/service/ami-amazon-linux-latest" });
    expect((await refusal(below)).message).toContain("AWS's public parameters are not here");
    const secret = fixture.ssm.getParameter({ Name: "/aws/reference/secretsmanager/db" });
    expect(await refusal(secret)).toEqual({
      code: "ParameterNotFound",
      message: expect.stringContaining("no Secrets Manager yet"),
    });
  });

  it("reads several at once, in alphabetical order, and names those that are not there", async () => {
    const { ssm, put } = fixture;
    await put("b", "2");
    await put("a", "1");
    const { Parameters, InvalidParameters } = await ssm.getParameters({ Names: ["b", "none", "a", "a:7"] });
    expect(namesOf(Parameters)).toEqual(["a", "b"]);
    expect(InvalidParameters).toEqual(["none", "a:7"]);
  });

  it("goes down a path by one level or by all, page after page", async () => {
    const { ssm, put } = fixture;
    for (const name of ["/app/a", "/app/b", "/app/c", "/app/deep/d", "/application/e", "top"]) await put(name, name);

    expect(namesOf((await ssm.getParametersByPath({ Path: "/app" })).Parameters)).toEqual([
      "/app/a",
      "/app/b",
      "/app/c",
    ]);
    expect(namesOf((await ssm.getParametersByPath({ Path: "/" })).Parameters)).toEqual(["top"]);
    const first = await ssm.getParametersByPath({ Path: "/app/", Recursive: true, MaxResults: 2 });
    expect(namesOf(first.Parameters)).toEqual(["/app/a", "/app/b"]);
    const second = await ssm.getParametersByPath({ Path: "/app/", Recursive: true, NextToken: first.NextToken });
    expect(namesOf(second.Parameters)).toEqual(["/app/c", "/app/deep/d"]);
    expect(second.NextToken).toBeUndefined();

    expect((await refusal(ssm.getParametersByPath({ Path: "app" }))).message).toContain(
      "must begin with a forward slash",
    );
    expect((await refusal(ssm.getParametersByPath({ Path: "/app", NextToken: "rubbish" }))).code).toBe(
      "InvalidNextToken",
    );
    expect((await refusal(ssm.getParametersByPath({ Path: "/app", MaxResults: 11 }))).code).toBe("ValidationException");
  });
});

describe("SecureStrings", () => {
  it("are shown as ciphertext unless decryption is asked for", async () => {
    const { ssm, put } = fixture;
    await put("/app/password", "hunter2", { Type: "SecureString" });
    await put("/app/again", "hunter2", { Type: "SecureString" });

    const sealed = (await ssm.getParameter({ Name: "/app/password" })).Parameter?.Value ?? "";
    expect(sealed).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(Buffer.from(sealed, "base64").toString("latin1")).not.toContain("hunter2");
    expect((await ssm.getParameter({ Name: "/app/again" })).Parameter?.Value).not.toBe(sealed);
    const { Parameters } = await ssm.getParametersByPath({ Path: "/app", WithDecryption: true });
    expect(Parameters?.map(({ Value }) => Value)).toEqual(["hunter2", "hunter2"]);
    expect((await ssm.describeParameters({})).Parameters?.[0]).toMatchObject({ KeyId: "alias/aws/ssm" });
  });

  it("stand in no journal", async () => {
    await fixture.put("/app/password", "hunter2", { Type: "SecureString" });
    const journal = await fetch(`${fixture.cloud.endpointUrl}/_seatrial/journal`);
    const text = await journal.text();
    expect(text).toContain("PutParameter");
    expect(text).not.toContain("hunter2");
  });

  it("are encrypted with the AWS managed key only, since there is no KMS", async () => {
    const { ssm, put } = fixture;
    await put("a", "x", { Type: "SecureString", KeyId: "alias/aws/ssm" });
    expect(await refusal(put("b", "x", { Type: "SecureString", KeyId: "alias/mine" }))).toMatchObject({
      code: "InvalidKeyId",
      message: expect.stringContaining("no KMS service yet"),
    });
    expect((await refusal(put("b", "x", { KeyId: "alias/aws/ssm" }))).message).toBe(
      "KeyId is required for SecureString type parameter only.",
    );
    expect((await ssm.getParameter({ Name: "a", WithDecryption: true })).Parameter?.Value).toBe("x");
  });
});
