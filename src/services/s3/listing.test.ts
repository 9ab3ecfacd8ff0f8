import {
  CreateBucketCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { withCloud, refusal } from "./s3-fixture.ts";
import { defineTable } from "../../kernel/table.ts";
import { createMemoryStore } from "../../kernel/memory-store.ts";
import { openTable } from "../../kernel/table.ts";
import { page, scan } from "./scan.ts";

const fixture = withCloud();
const Bucket = "the-bucket";

beforeEach(async () => {
  await fixture.s3.send(new CreateBucketCommand({ Bucket }));
});

const fill = async (...keys: string[]) => {
  for (const Key of keys) await fixture.s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
};
const list = (more: object = {}) => fixture.s3.send(new ListObjectsV2Command({ Bucket, ...more }));

describe("listing", () => {
  it("goes by the keys' bytes", async () => {
    await fill("b", "a/2", "ä", "a/1", "a", "\u{1F600}", "\uFF5E");
    const { Contents, KeyCount } = await list();
    expect(Contents?.map(({ Key }) => Key)).toEqual(["a", "a/1", "a/2", "b", "ä", "\uFF5E", "\u{1F600}"]);
    expect(KeyCount).toBe(7);
  });

  it("folds keys behind a delimiter, each prefix counted once", async () => {
    await fill("a/1", "a/2", "b", "c/1", "d");
    const first = await list({ Delimiter: "/", MaxKeys: 2 });
    expect(first.CommonPrefixes).toEqual([{ Prefix: "a/" }]);
    expect(first.Contents?.map(({ Key }) => Key)).toEqual(["b"]);
    expect(first).toMatchObject({ KeyCount: 2, IsTruncated: true });
    const second = await list({ Delimiter: "/", ContinuationToken: first.NextContinuationToken });
    expect(second.CommonPrefixes).toEqual([{ Prefix: "c/" }]);
    expect(second.Contents?.map(({ Key }) => Key)).toEqual(["d"]);
    expect(second.IsTruncated).toBe(false);
  });

  it("goes on behind a common prefix that ended a page", async () => {
    await fill("a/1", "a/2", "b/1");
    const first = await fixture.s3.send(new ListObjectsCommand({ Bucket, Delimiter: "/", MaxKeys: 1 }));
    expect(first).toMatchObject({ NextMarker: "a/", CommonPrefixes: [{ Prefix: "a/" }] });
    const second = await fixture.s3.send(new ListObjectsCommand({ Bucket, Delimiter: "/", Marker: first.NextMarker }));
    expect(second.CommonPrefixes).toEqual([{ Prefix: "b/" }]);
  });

  it("starts after a key, within a prefix", async () => {
    await fill("a/1", "a/2", "a/3", "b");
    const { Contents } = await list({ Prefix: "a/", StartAfter: "a/1" });
    expect(Contents?.map(({ Key }) => Key)).toEqual(["a/2", "a/3"]);
    expect((await list({ Prefix: "a/", StartAfter: "b" })).KeyCount).toBe(0);
  });

  it("writes keys percent-encoded when asked, and tells owners when asked", async () => {
    await fill("dir/a b+ü(1).txt");
    const { Contents } = await list({ EncodingType: "url", FetchOwner: true });
    expect(Contents?.[0]).toMatchObject({ Key: "dir/a+b%2B%C3%BC%281%29.txt", Owner: { ID: expect.any(String) } });
    expect((await list()).Contents?.[0]?.Owner).toBeUndefined();
  });

  it("answers nothing for no keys, and refuses tokens that it did not give", async () => {
    await fill("a");
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
    expect((await refusal(list({ ContinuationToken: "zzz" }))).code).toBe("InvalidArgument");
  });

  it("gives every key once over all pages", async () => {
    const keys = Array.from({ length: 25 }, (_, index) => `k${String(index).padStart(2, "0")}`);
    await fill(...keys);
    const found: (string | undefined)[] = [];
    for await (const reply of paginateListObjectsV2({ client: fixture.s3, pageSize: 7 }, { Bucket })) {
      found.push(...(reply.Contents ?? []).map(({ Key }) => Key));
    }
    expect(found).toEqual(keys);
  });

  it("finds with any prefix, delimiter and page size what a plain reading of the rules finds", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "\u{1F600}", "\u0001"), minLength: 1, maxLength: 5 });
    const run = fc.property(
      fc.uniqueArray(text, { maxLength: 12 }),
      fc.option(text, { nil: "" }),
      fc.constantFrom(undefined, "/", "a", "b/"),
      fc.integer({ min: 1, max: 4 }),
      (keys, prefix, delimiter, size) => {
        const store = createMemoryStore();
        const table = openTable(store, defineTable<{ key: string }>("t", "global"), { account: "", region: "" });
        store.transact(() => keys.forEach((key) => table.put(["b", key, 1], { key })));
        const expected: string[] = [];
        for (const key of keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
          if (!key.startsWith(prefix)) continue;
          const at = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
          const shown = at < 0 ? `key ${key}` : `prefix ${key.slice(0, at + (delimiter?.length ?? 0))}`;
          if (!expected.includes(shown)) expected.push(shown);
        }
        const found: string[] = [];
        let after: string | undefined;
        for (let more = true; more;) {
          const { entries, truncated } = page(
            scan(table, "b", { prefix, delimiter, after }, () => true),
            size,
          );
          for (const entry of entries)
            found.push(entry.kind === "row" ? `key ${entry.row.key}` : `prefix ${entry.prefix}`);
          const last = entries.at(-1);
          after = last?.kind === "row" ? last.row.key : last?.prefix;
          more = truncated;
        }
        expect(found).toEqual(expected);
      },
    );
    fc.assert(run, { numRuns: 300 });
  });
});
