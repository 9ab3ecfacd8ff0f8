/** The three forms of an API's address. */
import { expect, it } from "vitest";
import { executeApiAddress, firstSegment } from "./execute-api.ts";

it("reads the id from the host, and leaves the path with its stage as it is", () => {
  const host = "abc123.execute-api.eu-west-1.amazonaws.com";
  expect(executeApiAddress("/dev/a%20b", host)).toEqual({ apiId: "abc123", path: "/dev/a%20b" });
  expect(executeApiAddress("/", "abc123.execute-api.localhost:4566")).toEqual({ apiId: "abc123", path: "/" });
  expect(firstSegment("/dev/a%20b")).toEqual({ segment: "dev", rest: "/a%20b" });
  expect(firstSegment("/dev")).toEqual({ segment: "dev", rest: "/" });
});

it("reads id and stage from the path", () => {
  const found = { apiId: "abc", stage: "dev", path: "/x/y" };
  expect(executeApiAddress("/restapis/abc/dev/_user_request_/x/y", "localhost:4566")).toEqual(found);
  expect(executeApiAddress("/_aws/execute-api/abc/dev/x/y", "localhost:4566")).toEqual(found);
  expect(executeApiAddress("/restapis/abc/dev/_user_request_", "localhost")).toMatchObject({ path: "/" });
});

it("leaves the control plane's own paths alone", () => {
  expect(executeApiAddress("/restapis/abc/stages/dev", "localhost")).toBeUndefined();
  expect(executeApiAddress("/bucket/key", "bucket.s3.amazonaws.com")).toBeUndefined();
});
