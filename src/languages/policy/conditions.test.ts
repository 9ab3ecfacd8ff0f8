import { describe, expect, it } from "vitest";
import { RequestContext } from "./context.ts";
import type { ContextValue } from "./context.ts";
import { conditionsHold } from "./conditions.ts";
import { ipInRange } from "./ip-range.ts";
import { parseConditions } from "./parse-conditions.ts";

function holds(condition: object, keys: Record<string, ContextValue> = {}): boolean {
  const context = new RequestContext(() => [keys]);
  return conditionsHold(parseConditions(condition), context, (key) => context.single(key));
}

describe("a condition", () => {
  it.each<[string, string, ContextValue, boolean]>([
    ["StringEquals", "a", "a", true],
    ["StringEquals", "a", "A", false],
    ["StringEquals", "a*", "ab", false],
    ["StringNotEquals", "a", "b", true],
    ["StringEqualsIgnoreCase", "aB", "Ab", true],
    ["StringNotEqualsIgnoreCase", "aB", "Ab", false],
    ["StringLike", "a*z?", "abcz1", true],
    ["StringLike", "a*", "Ab", false],
    ["StringNotLike", "a*", "b", true],
    ["NumericEquals", "10", 10, true],
    ["NumericEquals", "10.0", "10", true],
    ["NumericNotEquals", "10", 11, true],
    ["NumericLessThan", "10", 9, true],
    ["NumericLessThanEquals", "10", 10, true],
    ["NumericGreaterThan", "10", 10, false],
    ["NumericGreaterThanEquals", "10", 10, true],
    ["NumericLessThan", "10", "few", false],
    ["DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", true],
    ["DateGreaterThan", "2026-01-01", "2026-01-01T00:00:01Z", true],
    ["DateEquals", "1767225600", "2026-01-01T00:00:00Z", true],
    ["DateNotEquals", "2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z", false],
    ["DateLessThanEquals", "2026-01-01T00:00:00Z", "1767225600", true],
    ["DateGreaterThanEquals", "2026-01-02", "2026-01-01T00:00:00Z", false],
    ["Bool", "true", true, true],
    ["Bool", "True", "true", true],
    ["Bool", "false", true, false],
    ["BinaryEquals", "QmluYXJ5", "QmluYXJ5", true],
    ["BinaryEquals", "QmluYXJ5", "QmluYXJ6", false],
    ["IpAddress", "203.0.113.0/24", "203.0.113.9", true],
    ["IpAddress", "203.0.113.0/24", "203.0.114.9", false],
    ["NotIpAddress", "203.0.113.0/24", "203.0.114.9", true],
    ["IpAddress", "2001:db8::/32", "2001:db8:1::1", true],
    ["ArnLike", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a/b", true],
    ["ArnEquals", "arn:aws:sns:*:111122223333:t", "arn:aws:sns:us-east-1:111122223333:t", true],
    ["ArnNotEquals", "arn:aws:sns:*:111122223333:t", "arn:aws:sns:us-east-1:444455556666:t", true],
    ["ArnNotLike", "arn:aws:sns:*:*:*", "arn:aws:sns:us-east-1:444455556666:t", false],
    ["ArnLike", "*", "arn:aws:sns:us-east-1:444455556666:t", false],
    ["Null", "false", "there", true],
    ["Null", "true", "there", false],
  ])("%s %j of %j is %j", (operator, wanted, given, expected) => {
    expect(holds({ [operator]: { "x:key": wanted } }, { "x:key": given })).toBe(expected);
  });

  it.each<[string, boolean]>([
    ["StringEquals", false],
    ["StringNotEquals", true],
    ["StringEqualsIfExists", true],
    ["StringLikeIfExists", true],
    ["NumericLessThan", false],
    ["NotIpAddress", true],
    ["ArnNotLike", true],
    ["Bool", false],
    ["BoolIfExists", true],
    ["ForAllValues:StringEquals", true],
    ["ForAnyValue:StringEquals", false],
    ["ForAnyValue:StringNotEquals", false],
    ["ForAnyValue:StringEqualsIfExists", true],
  ])("%s of a key that is not in the request is %j", (operator, expected) => {
    expect(holds({ [operator]: { "x:key": "1" } })).toBe(expected);
    expect(holds({ [operator]: { "x:key": "1" } }, { "x:key": [] })).toBe(expected);
  });

  it("Null asks whether a key is there", () => {
    expect(holds({ Null: { "x:key": "true" } })).toBe(true);
    expect(holds({ Null: { "x:key": false } })).toBe(false);
  });

  it("matches one of several values, and none of them in its Not form", () => {
    expect(holds({ StringEquals: { k: ["a", "b"] } }, { k: "b" })).toBe(true);
    expect(holds({ StringNotEquals: { k: ["a", "b"] } }, { k: "b" })).toBe(false);
  });

  it("must hold for every key and every operator", () => {
    const condition = { StringEquals: { a: "1", b: "2" }, Bool: { c: "true" } };
    expect(holds(condition, { a: "1", b: "2", c: true })).toBe(true);
    expect(holds(condition, { a: "1", b: "3", c: true })).toBe(false);
    expect(holds(condition, { a: "1", b: "2", c: false })).toBe(false);
  });

  it("finds its key whatever the case", () => {
    expect(holds({ StringEquals: { "AWS:SourceArn": "x" } }, { "aws:sourcearn": "x" })).toBe(true);
  });

  it("looks at all or any of a key's values as its prefix says", () => {
    const keys = { "aws:TagKeys": ["team", "cost"] };
    expect(holds({ "ForAllValues:StringEquals": { "aws:TagKeys": ["team", "cost", "x"] } }, keys)).toBe(true);
    expect(holds({ "ForAllValues:StringEquals": { "aws:TagKeys": ["team"] } }, keys)).toBe(false);
    expect(holds({ "ForAnyValue:StringEquals": { "aws:TagKeys": ["team"] } }, keys)).toBe(true);
    expect(holds({ "ForAnyValue:StringEquals": { "aws:TagKeys": ["x"] } }, keys)).toBe(false);
    expect(holds({ "ForAllValues:StringNotEquals": { "aws:TagKeys": ["x"] } }, keys)).toBe(true);
    expect(holds({ "ForAllValues:StringNotEquals": { "aws:TagKeys": ["team"] } }, keys)).toBe(false);
    expect(holds({ "ForAnyValue:StringNotEquals": { "aws:TagKeys": ["team"] } }, keys)).toBe(true);
  });

  it("fills in variables, defaults and escaped characters", () => {
    const keys = { name: "ann", other: "ann", star: "a*b" };
    expect(holds({ StringEquals: { other: "${name}" } }, keys)).toBe(true);
    expect(holds({ StringEquals: { other: "${missing, 'ann'}" } }, keys)).toBe(true);
    expect(holds({ StringEquals: { other: "${missing}" } }, keys)).toBe(false);
    expect(holds({ StringNotEquals: { other: "${missing}" } }, keys)).toBe(true);
    expect(holds({ StringLike: { star: "a${*}b" } }, keys)).toBe(true);
    expect(holds({ StringLike: { other: "a${*}" } }, keys)).toBe(false);
    expect(holds({ StringLike: { other: "${star}" } }, { ...keys, star: "*" })).toBe(false);
    const arn = { owner: "ann", arn: "arn:aws:iam::111122223333:user/ann" };
    expect(holds({ ArnLike: { arn: "arn:aws:iam::*:user/${aws:username}" } }, { ...arn, "aws:username": "ann" })).toBe(
      true,
    );
  });
});

describe("an address", () => {
  it.each([
    ["10.1.2.3", "10.0.0.0/8", true],
    ["10.1.2.3", "0.0.0.0/0", true],
    ["10.1.2.3", "10.1.2.3", true],
    ["10.1.2.3", "10.1.2.3/31", true],
    ["10.1.2.4", "10.1.2.3/32", false],
    ["::1", "::/0", true],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1", true],
    ["2001:db8::1", "10.0.0.0/8", false],
    ["::ffff:10.0.0.1", "::ffff:10.0.0.0/104", true],
    ["10.0.0.256", "10.0.0.0/8", false],
    ["10.0.0.1", "10.0.0.0/33", false],
    ["1::2::3", "::/0", false],
    ["1:2:3:4:5:6:7", "::/0", false],
    ["1:2:3:4:5:6:7:8:9", "::/0", false],
    ["10.0.0.0/8", "10.0.0.0/8", false],
    ["", "0.0.0.0/0", false],
  ])("%j in %j is %j", (address, range, expected) => {
    expect(ipInRange(address, range)).toBe(expected);
  });
});
