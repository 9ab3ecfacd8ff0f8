/** DescribeParameters, its filters, and tags, as an SDK client sees them. */
import type { ParameterStringFilter } from "@aws-sdk/client-ssm";
import { beforeEach, describe, expect, it } from "vitest";
import { refusal, withCloud } from "./ssm-fixture.ts";

const fixture = withCloud();

beforeEach(async () => {
  const { put } = fixture;
  await put("/app/host", "h", { Tags: [{ Key: "team", Value: "shop" }] });
  await put("/app/db/password", "s", { Type: "SecureString", Tags: [{ Key: "team", Value: "data" }] });
  await put("/app/zones", "a,b", { Type: "StringList", Tier: "Advanced" });
  await put("plain", "x");
});

async function matching(...ParameterFilters: ParameterStringFilter[]): Promise<(string | undefined)[]> {
  const { Parameters = [] } = await fixture.ssm.describeParameters({ ParameterFilters });
  return Parameters.map(({ Name }) => Name);
}

describe("the filters", () => {
  it.each<[string, ParameterStringFilter, string[]]>([
    ["a name", { Key: "Name", Values: ["/app/host", "/plain"] }, ["/app/host", "plain"]],
    ["a beginning", { Key: "Name", Option: "BeginsWith", Values: ["/app/d"] }, ["/app/db/password"]],
    ["a part", { Key: "Name", Option: "Contains", Values: ["o"] }, ["/app/db/password", "/app/host", "/app/zones"]],
    ["a path", { Key: "Path", Values: ["/app"] }, ["/app/host", "/app/zones"]],
    [
      "all below",
      { Key: "Path", Option: "Recursive", Values: ["/app/db", "/"] },
      ["/app/db/password", "/app/host", "/app/zones", "plain"],
    ],
    ["a type", { Key: "Type", Values: ["StringList"] }, ["/app/zones"]],
    [
      "a type's beginning",
      { Key: "Type", Option: "BeginsWith", Values: ["Str"] },
      ["/app/host", "/app/zones", "plain"],
    ],
    ["a key", { Key: "KeyId", Values: ["alias/aws/ssm"] }, ["/app/db/password"]],
    ["a tier", { Key: "Tier", Values: ["Advanced"] }, ["/app/zones"]],
    ["a data type", { Key: "DataType", Values: ["aws:ec2:image"] }, []],
    ["a tag", { Key: "tag:team" }, ["/app/db/password", "/app/host"]],
    ["a tag's value", { Key: "tag:team", Values: ["shop"] }, ["/app/host"]],
  ])("find by %s", async (_, filter, names) => {
    expect(await matching(filter)).toEqual(names);
  });

  it("hold all at once", async () => {
    expect(await matching({ Key: "tag:team" }, { Key: "Type", Values: ["String"] })).toEqual(["/app/host"]);
  });

  it.each<[string, ParameterStringFilter[], string, RegExp]>([
    ["labels", [{ Key: "Label", Values: ["a"] }], "InvalidFilterKey", /not valid: Label/],
    [
      "two of a kind",
      [
        { Key: "Type", Values: ["String"] },
        { Key: "Type", Values: ["StringList"] },
      ],
      "InvalidFilterKey",
      /duplicated/,
    ],
    [
      "options of others",
      [{ Key: "Type", Option: "Contains", Values: ["S"] }],
      "InvalidFilterOption",
      /not valid: Contains/,
    ],
    [
      "paths with options of names",
      [{ Key: "Path", Option: "Equals", Values: ["/"] }],
      "InvalidFilterOption",
      /Recursive, OneLevel/,
    ],
    ["types that are none", [{ Key: "Type", Values: ["Text"] }], "InvalidFilterOption", /not valid: Text/],
    ["no values", [{ Key: "Name" }], "InvalidFilterValue", /for filter key Name/],
    [
      "public paths",
      [{ Key: "Path", Values: ["/aws/service"] }],
      "ValidationException",
      /Filters for common parameters/,
    ],
    [
      "keys that are none",
      [{ Key: "Color", Values: ["red"] }],
      "ValidationException",
      /parameterFilters\.1\.member\.key/,
    ],
  ])("refuse %s", async (_, ParameterFilters, code, words) => {
    const refused = await refusal(fixture.ssm.describeParameters({ ParameterFilters }));
    expect(refused.code).toBe(code);
    expect(refused.message).toMatch(words);
  });

  it("of old are still there, but not beside the new ones", async () => {
    const { ssm } = fixture;
    const Filters = [
      { Key: "Name" as const, Values: ["/app/"] },
      { Key: "Type" as const, Values: ["String" as const] },
    ];
    expect((await ssm.describeParameters({ Filters })).Parameters).toMatchObject([{ Name: "/app/host" }]);
    const both = ssm.describeParameters({ Filters, ParameterFilters: [{ Key: "Type", Values: ["String"] }] });
    expect((await refusal(both)).message).toBe("You can use either Filters or ParameterFilters in a single request.");
  });

  it("of a path's parameters are fewer", async () => {
    const { ssm } = fixture;
    const secure = { Path: "/", Recursive: true, ParameterFilters: [{ Key: "Type", Values: ["SecureString"] }] };
    expect((await ssm.getParametersByPath(secure)).Parameters).toMatchObject([{ Name: "/app/db/password" }]);
    const named = { Path: "/", ParameterFilters: [{ Key: "Name", Values: ["a"] }] };
    expect((await refusal(ssm.getParametersByPath(named))).code).toBe("InvalidFilterKey");
  });
});

describe("the list", () => {
  it("comes ten at a time unless told otherwise, without values", async () => {
    for (let index = 0; index < 8; index++) await fixture.put(`q${index}`, "x");
    const first = await fixture.ssm.describeParameters({});
    expect(first.Parameters).toHaveLength(10);
    expect(first.Parameters?.[0]).not.toHaveProperty("Value");
    const second = await fixture.ssm.describeParameters({ NextToken: first.NextToken, MaxResults: 50 });
    expect(second.Parameters?.map(({ Name }) => Name)).toEqual(["q6", "q7"]);
    expect(second.NextToken).toBeUndefined();
  });

  it("of what others share is empty: nothing comes there without AWS RAM", async () => {
    expect((await fixture.ssm.describeParameters({ Shared: true })).Parameters).toEqual([]);
  });
});

describe("tags", () => {
  const resource = { ResourceType: "Parameter", ResourceId: "/app/host" } as const;

  it("are added, overwritten, listed and removed", async () => {
    const { ssm } = fixture;
    const Tags = [
      { Key: "team", Value: "data" },
      { Key: "stage", Value: "prod" },
    ];
    await ssm.addTagsToResource({ ...resource, Tags });
    expect((await ssm.listTagsForResource(resource)).TagList).toEqual(Tags);
    await ssm.removeTagsFromResource({ ...resource, TagKeys: ["team", "none"] });
    expect((await ssm.listTagsForResource(resource)).TagList).toEqual([{ Key: "stage", Value: "prod" }]);
  });

  it("are refused for what is not there, in AWS's name, and past fifty", async () => {
    const { ssm } = fixture;
    const tag = (Key: string) => ({ Key, Value: "x" });
    const on = (ResourceId: string) => ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId });
    expect((await refusal(on("none"))).code).toBe("InvalidResourceId");
    const document = ssm.listTagsForResource({ ResourceType: "Document", ResourceId: "d" });
    expect(await refusal(document)).toMatchObject({
      code: "InvalidResourceType",
      message: expect.stringContaining("Document"),
    });
    expect((await refusal(ssm.addTagsToResource({ ...resource, Tags: [tag("aws:x")] }))).code).toBe(
      "ValidationException",
    );
    const Tags = Array.from({ length: 50 }, (_, index) => tag(`t${index}`));
    expect((await refusal(ssm.addTagsToResource({ ...resource, Tags }))).code).toBe("TooManyTagsError");
  });
});
