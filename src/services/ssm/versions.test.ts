/** Versions, labels, history and tiers as an SDK client sees them. */
import { describe, expect, it } from "vitest";
import { refusal, withCloud } from "./ssm-fixture.ts";

const fixture = withCloud();

async function putVersions(Name: string, count: number): Promise<void> {
  await fixture.put(Name, "1");
  for (let version = 2; version <= count; version++) await fixture.put(Name, String(version), { Overwrite: true });
}

describe("versions", () => {
  it("number a hundred at most: the oldest goes, unless it has a label", async () => {
    const { ssm, put } = fixture;
    await putVersions("p", 101);
    expect((await refusal(ssm.getParameter({ Name: "p:1" }))).code).toBe("ParameterVersionNotFound");
    expect((await ssm.getParameter({ Name: "p:2" })).Parameter?.Value).toBe("2");

    await ssm.labelParameterVersion({ Name: "p", ParameterVersion: 2, Labels: ["kept"] });
    expect(await refusal(put("p", "102", { Overwrite: true }))).toEqual({
      code: "ParameterMaxVersionLimitExceeded",
      message:
        "You attempted to create a new version of p by calling the PutParameter API with the overwrite flag. Version 2, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.",
    });
    await ssm.labelParameterVersion({ Name: "p", Labels: ["kept"] });
    expect(await put("p", "102", { Overwrite: true })).toMatchObject({ Version: 102 });
  });

  it("are told page after page, with labels and values", async () => {
    const { ssm } = fixture;
    await putVersions("p", 3);
    await ssm.labelParameterVersion({ Name: "p", ParameterVersion: 1, Labels: ["old", "first"] });

    const { Parameters, NextToken } = await ssm.getParameterHistory({ Name: "p", MaxResults: 2 });
    expect(Parameters).toMatchObject([
      { Version: 1, Value: "1", Labels: ["first", "old"], LastModifiedUser: "arn:aws:iam::000000000000:root" },
      { Version: 2, Value: "2", Labels: [], Tier: "Standard", Policies: [] },
    ]);
    const rest = await ssm.getParameterHistory({ Name: "p", NextToken });
    expect(rest.Parameters).toMatchObject([{ Version: 3 }]);
    expect(rest.NextToken).toBeUndefined();
    expect((await refusal(ssm.getParameterHistory({ Name: "none" }))).code).toBe("ParameterNotFound");
  });

  it("begin again for a parameter that was deleted, without its labels and tags", async () => {
    const { ssm, put } = fixture;
    await put("p", "1", { Tags: [{ Key: "a", Value: "b" }] });
    await ssm.labelParameterVersion({ Name: "p", Labels: ["live"] });
    await ssm.deleteParameter({ Name: "p" });
    expect((await refusal(ssm.deleteParameter({ Name: "p" }))).code).toBe("ParameterNotFound");

    expect(await put("p", "again")).toMatchObject({ Version: 1 });
    expect((await refusal(ssm.getParameter({ Name: "p:live" }))).code).toBe("ParameterVersionNotFound");
    expect((await ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId: "p" })).TagList).toEqual([]);
    expect(await ssm.deleteParameters({ Names: ["p", "none"] })).toMatchObject({
      DeletedParameters: ["p"],
      InvalidParameters: ["none"],
    });
  });
});

describe("labels", () => {
  it("choose the version that they are on, and move", async () => {
    const { ssm } = fixture;
    await putVersions("/app/p", 2);
    expect(await ssm.labelParameterVersion({ Name: "/app/p", Labels: ["live"] })).toMatchObject({
      ParameterVersion: 2,
    });
    expect((await ssm.getParameter({ Name: "/app/p:live" })).Parameter).toMatchObject({
      Value: "2",
      Selector: ":live",
    });

    await ssm.labelParameterVersion({ Name: "/app/p", ParameterVersion: 1, Labels: ["live"] });
    expect((await ssm.getParameter({ Name: "/app/p:live" })).Parameter?.Value).toBe("1");
    const filters = { Path: "/app", ParameterFilters: [{ Key: "Label", Values: ["live"] }] };
    expect((await ssm.getParametersByPath(filters)).Parameters).toMatchObject([{ Name: "/app/p", Version: 1 }]);
  });

  it("that are none come back, the others are put on", async () => {
    const { ssm } = fixture;
    await putVersions("p", 1);
    const Labels = ["ok", "1st", "aws-one", "SSM", "with space", "under_score.dot-dash"];
    const { InvalidLabels } = await ssm.labelParameterVersion({ Name: "p", Labels });
    expect(InvalidLabels).toEqual(["1st", "aws-one", "SSM", "with space"]);
    const { Parameters } = await ssm.getParameterHistory({ Name: "p" });
    expect(Parameters?.[0]?.Labels).toEqual(["ok", "under_score.dot-dash"]);
  });

  it("number ten at most", async () => {
    const { ssm } = fixture;
    await putVersions("p", 1);
    const ten = Array.from({ length: 10 }, (_, index) => `label${index}`);
    await ssm.labelParameterVersion({ Name: "p", Labels: ten });
    const one = ssm.labelParameterVersion({ Name: "p", Labels: ["more"] });
    expect((await refusal(one)).code).toBe("ParameterVersionLabelLimitExceeded");
    await ssm.labelParameterVersion({ Name: "p", Labels: ["label3"] });
  });

  it("are taken off the version that is named, and only it", async () => {
    const { ssm } = fixture;
    await putVersions("p", 2);
    await ssm.labelParameterVersion({ Name: "p", Labels: ["live"] });
    const off = (ParameterVersion: number) =>
      ssm.unlabelParameterVersion({ Name: "p", ParameterVersion, Labels: ["live"] });
    expect(await off(1)).toMatchObject({ RemovedLabels: [], InvalidLabels: ["live"] });
    expect(await off(2)).toMatchObject({ RemovedLabels: ["live"], InvalidLabels: [] });
    expect((await refusal(off(7))).code).toBe("ParameterVersionNotFound");
    expect((await refusal(ssm.labelParameterVersion({ Name: "q", Labels: ["a"] }))).code).toBe("ParameterNotFound");
  });
});

describe("tiers", () => {
  const big = "x".repeat(4097);

  it("hold 4 KB and 8 KB, and Intelligent-Tiering chooses", async () => {
    const { put } = fixture;
    expect((await refusal(put("p", big))).message).toMatch(
      /^Standard tier parameters support a maximum parameter value of 4096 characters\./,
    );
    expect(await put("small", "x", { Tier: "Intelligent-Tiering" })).toMatchObject({ Tier: "Standard" });
    expect(await put("big", big, { Tier: "Intelligent-Tiering" })).toMatchObject({ Tier: "Advanced" });
    expect((await refusal(put("huge", "x".repeat(8193), { Tier: "Advanced" }))).message).toContain(
      "Advanced-tier parameters support a maximum parameter value of 8192 characters.",
    );
    // Bytes, not characters.
    expect((await refusal(put("umlauts", "ü".repeat(2049)))).message).toContain("4096");
  });

  it("go up and never down", async () => {
    const { put, ssm } = fixture;
    await put("p", "x");
    expect(await put("p", big, { Tier: "Advanced", Overwrite: true })).toMatchObject({ Tier: "Advanced", Version: 2 });
    expect((await refusal(put("p", "x", { Tier: "Standard", Overwrite: true }))).message).toMatch(
      /^This parameter uses the advanced-parameter tier\. You can't downgrade a parameter/,
    );
    // Without a tier it stays where it is.
    expect(await ssm.putParameter({ Name: "p", Value: big, Overwrite: true })).toMatchObject({ Tier: "Advanced" });
    expect(await put("p", "x", { Tier: "Intelligent-Tiering", Overwrite: true })).toMatchObject({ Tier: "Advanced" });
  });
});
