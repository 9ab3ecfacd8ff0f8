/** Parameter policies, and what time does with them. */
import { describe, expect, it } from "vitest";
import { TEST_EPOCH } from "../../testing/cloud.ts";
import { refusal, withCloud } from "./ssm-fixture.ts";

const fixture = withCloud();

const DAY = 86_400_000;
const policy = (Type: string, Attributes: object, Version = "1.0") => ({ Type, Version, Attributes });
const expiring = (afterDays: number) =>
  policy("Expiration", { Timestamp: new Date(TEST_EPOCH + afterDays * DAY).toISOString() });
const put = (policies: unknown, more = {}) =>
  fixture.put("p", "x", { Tier: "Advanced", Policies: JSON.stringify(policies), ...more });

async function statuses(): Promise<(string | undefined)[]> {
  const { Parameters } = await fixture.ssm.describeParameters({});
  return Parameters?.[0]?.Policies?.map(({ PolicyType, PolicyStatus }) => `${PolicyType} ${PolicyStatus}`) ?? [];
}

/** The events of a detail type that the journal has, in order. */
async function told(detailType: string): Promise<unknown[]> {
  const response = await fetch(`${fixture.cloud.endpointUrl}/_seatrial/journal?limit=1000`);
  const body: { entries: { kind: string; name: string; detail: string }[] } = JSON.parse(await response.text());
  const events = body.entries.filter(({ kind, name }) => kind === "event" && name === detailType);
  return events.map(({ detail }): unknown => JSON.parse(detail));
}

describe("an expiration", () => {
  it("takes the parameter away at its time, whatever was put meanwhile", async () => {
    await put([expiring(2)]);
    await fixture.cloud.advance("1d");
    await fixture.put("p", "y", { Overwrite: true });
    await fixture.cloud.advance("23h");
    expect((await fixture.ssm.getParameter({ Name: "p" })).Parameter?.Value).toBe("y");
    await fixture.cloud.advance("1h");
    expect((await refusal(fixture.ssm.getParameter({ Name: "p" }))).code).toBe("ParameterNotFound");
    expect(await told("Parameter Store Policy Action")).toMatchObject([
      { "parameter-name": "p", "policy-type": "Expiration", "action-status": "Success" },
    ]);
  });

  it("is moved by a new one and taken away by an empty one", async () => {
    await put([expiring(1)]);
    await put([expiring(3)], { Overwrite: true });
    await fixture.cloud.advance("2d");
    expect(await statuses()).toEqual(["Expiration Pending"]);
    await put([{}], { Overwrite: true });
    await fixture.cloud.advance("30d");
    expect(await statuses()).toEqual([]);
    expect((await fixture.ssm.getParameter({ Name: "p" })).Parameter?.Version).toBe(3);
  });

  it("does not touch a parameter that was deleted and made again", async () => {
    await put([expiring(1)]);
    await fixture.ssm.deleteParameter({ Name: "p" });
    await fixture.put("p", "new");
    await fixture.cloud.advance("2d");
    expect((await fixture.ssm.getParameter({ Name: "p" })).Parameter?.Value).toBe("new");
  });

  it("may be told with an offset from UTC, with seconds too", async () => {
    await put([policy("Expiration", { Timestamp: "2026-01-01T10:30:30.5+10:30:30" })]);
    await fixture.cloud.advance(0.4);
    expect(await statuses()).toEqual(["Expiration Pending"]);
    await fixture.cloud.advance(0.1);
    expect(await statuses()).toEqual([]);
  });
});

describe("notifications", () => {
  it("are told before an expiration, and after a time without a change", async () => {
    await put([
      expiring(10),
      policy("ExpirationNotification", { Before: "3", Unit: "Days" }),
      policy("NoChangeNotification", { After: "12", Unit: "Hours" }),
    ]);
    await fixture.cloud.advance("11h");
    // A change begins the time anew.
    await fixture.put("p", "y", { Overwrite: true });
    await fixture.cloud.advance("11h");
    expect(await told("Parameter Store Policy Action")).toEqual([]);
    await fixture.cloud.advance("1h");
    expect(await statuses()).toEqual([
      "Expiration Pending",
      "ExpirationNotification Pending",
      "NoChangeNotification Finished",
    ]);
    await fixture.cloud.advance("7d");
    expect(await statuses()).toEqual([
      "Expiration Pending",
      "ExpirationNotification Finished",
      "NoChangeNotification Finished",
    ]);
    expect(await told("Parameter Store Policy Action")).toMatchObject([
      { "policy-type": "NoChangeNotification", resources: ["arn:aws:ssm:us-east-1:000000000000:parameter/p"] },
      { "policy-type": "ExpirationNotification" },
    ]);
  });

  it("of changes are told as they are made", async () => {
    await fixture.put("p", "x", { Description: "some" });
    await fixture.put("p", "y", { Overwrite: true });
    await fixture.ssm.labelParameterVersion({ Name: "p", Labels: ["live"] });
    await fixture.ssm.deleteParameter({ Name: "p" });
    expect(await told("Parameter Store Change")).toMatchObject([
      { operation: "Create", name: "p", type: "String", description: "some" },
      { operation: "Update" },
      { operation: "LabelParameterVersion" },
      { operation: "Delete" },
    ]);
  });
});

describe("what is refused", () => {
  it.each([
    ["no array", { Type: "Expiration" }, "ValidationException", /^Invalid policies input: \{"Type":"Expiration"\}\.$/],
    ["eleven", Array(11).fill(expiring(1)), "PoliciesLimitExceededException", /cannot exceed 10/],
    ["another type", [policy("Rotation", {})], "InvalidPolicyTypeException", /Policy type Rotation is not supported\./],
    [
      "another version",
      [policy("Expiration", {}, "2.0")],
      "InvalidPolicyAttributeException",
      /Unsupported policy version/,
    ],
    ["no timestamp", [policy("Expiration", {})], "InvalidPolicyAttributeException", /attribute of Timestamp/],
    ["no date", [policy("Expiration", { Timestamp: "soon" })], "InvalidPolicyAttributeException", /Invalid timestamp/],
    [
      "no day",
      [policy("Expiration", { Timestamp: "2026-02-30T00:00:00" })],
      "InvalidPolicyAttributeException",
      /Invalid/,
    ],
    ["no unit", [policy("NoChangeNotification", { After: "1" })], "InvalidPolicyAttributeException", /Unit is missing/],
    [
      "another unit",
      [policy("NoChangeNotification", { After: "1", Unit: "Weeks" })],
      "InvalidPolicyAttributeException",
      /Supported time units: DAYS HOURS/,
    ],
    [
      "no number",
      [policy("NoChangeNotification", { After: "-1", Unit: "Days" })],
      "InvalidPolicyAttributeException",
      /After must be a positive integer/,
    ],
    ["two expirations", [expiring(1), expiring(2)], "IncompatiblePolicyException", /only one expiration policy/],
    [
      "a notification of no expiration",
      [policy("ExpirationNotification", { Before: "1", Unit: "Days" })],
      "IncompatiblePolicyException",
      /missing expiration policy/,
    ],
  ])("%s", async (_, policies, code, words) => {
    const refused = await refusal(put(policies));
    expect(refused.code).toBe(code);
    expect(refused.message).toMatch(words);
  });

  it("any policy of a standard parameter", async () => {
    expect((await refusal(put([expiring(1)], { Tier: "Standard" }))).message).toBe(
      "You can't assign parameter policies to a standard-parameter tier.",
    );
    expect(await put([expiring(1)], { Tier: "Intelligent-Tiering" })).toMatchObject({ Tier: "Advanced" });
  });
});
