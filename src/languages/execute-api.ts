/**
 * Where a request to a deployed API goes: `ID.execute-api.…/…`, and the two forms in a path that local tools know,
 * `/restapis/ID/STAGE/_user_request_/…` (without a stage for an HTTP API's `$default`) and `/_aws/execute-api/ID/STAGE/…`.
 */

/** An API's address as a request has it. */
export interface ExecuteApiAddress {
  readonly apiId: string;
  /** Where the form of the address says it; in the form with a host it is the first part of `path`, or there is none. */
  readonly stage?: string;
  /** What follows, still percent-encoded, from its slash on; "/" at least. */
  readonly path: string;
}

const IN_PATH = /^\/(?:restapis\/([^/]+)(?:\/([^/]+))?\/_user_request_|_aws\/execute-api\/([^/]+)\/([^/]+))(\/.*)?$/;

/** The address of a request with this raw path and this Host header; undefined where it is for no API. */
export function executeApiAddress(path: string, host: string): ExecuteApiAddress | undefined {
  if (host.includes(".execute-api.")) {
    const [apiId = "", second] = host.split(".");
    return second === "execute-api" && apiId !== "" ? { apiId, path: path === "" ? "/" : path } : undefined;
  }
  if (!path.startsWith("/restapis/") && !path.startsWith("/_aws/execute-api/")) return undefined;
  const [, id1, stage1, id2, stage2, rest = "/"] = IN_PATH.exec(path) ?? [];
  const apiId = id1 ?? id2;
  const stage = stage1 ?? stage2;
  if (apiId === undefined) return undefined;
  return stage === undefined ? { apiId, path: rest } : { apiId, stage, path: rest };
}

/** The first part of a path and what is left from its slash on. */
export function firstSegment(path: string): { readonly segment: string; readonly rest: string } {
  const end = path.indexOf("/", 1);
  return end < 0 ? { segment: path.slice(1), rest: "/" } : { segment: path.slice(1, end), rest: path.slice(end) };
}
