/** Which route a request takes: AWS's own example (page "Create routes for HTTP APIs"), and what it leaves open. */
import { describe, expect, it } from "vitest";
import { createRouteTable } from "./route-table.ts";

const tableOf = (...keys: string[]) => createRouteTable(keys.map((RouteKey) => ({ RouteKey })));

describe("routes", () => {
  it("are taken as in AWS's example", () => {
    const keys = ["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default"];
    // In whatever order they were made.
    for (const table of [tableOf(...keys), tableOf(...[...keys].reverse())]) {
      const taken = (method: string, path: string) => table.find(method, path)?.route.RouteKey;
      expect(taken("GET", "/pets/dog/1")).toBe("GET /pets/dog/1");
      expect(taken("GET", "/pets/dog/2")).toBe("GET /pets/dog/{id}");
      expect(taken("GET", "/pets/cat/1")).toBe("GET /pets/{proxy+}");
      expect(taken("POST", "/test/5")).toBe("ANY /{proxy+}");
      expect(taken("POST", "/")).toBe("$default");
    }
  });

  it("prefer the path that says more, then the method", () => {
    const table = tableOf("ANY /a/b", "GET /a/{x}", "ANY /a/{x}", "POST /{y}/b", "GET /a/{rest+}", "GET /a/{x}/c");
    const taken = (method: string, path: string) => table.find(method, path)?.route.RouteKey;
    expect(taken("GET", "/a/b")).toBe("ANY /a/b");
    expect(taken("GET", "/a/z")).toBe("GET /a/{x}");
    expect(taken("PUT", "/a/z")).toBe("ANY /a/{x}");
    expect(taken("POST", "/z/b")).toBe("POST /{y}/b");
    expect(taken("GET", "/a/z/c")).toBe("GET /a/{x}/c");
    expect(taken("GET", "/a/z/d")).toBe("GET /a/{rest+}");
    expect(taken("PUT", "/z/b")).toBeUndefined();
    expect(taken("GET", "/")).toBeUndefined();
  });

  it("take their variables from the path, decoded", () => {
    const table = tableOf("GET /a/{x}", "GET /b/{x}/{rest+}", "GET /c-d/{x}");
    expect(table.find("GET", "/a/1%202%2F3")?.parameters).toEqual({ x: "1 2/3" });
    expect(table.find("GET", "/b/1/2/3/")?.parameters).toEqual({ x: "1", rest: "2/3/" });
    expect(table.find("GET", "/c%2Dd/1")?.parameters).toEqual({ x: "1" });
    expect(table.find("GET", "/a/%E0%A4%A")?.parameters).toEqual({ x: "%E0%A4%A" });
    expect(table.find("GET", "/a/")).toBeUndefined();
    expect(table.find("GET", "/b/1/")).toBeUndefined();
  });
});
