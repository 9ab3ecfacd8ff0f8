/** The credential scope of a signed request: which service and region its signer meant. The signature is not looked at. */
import type { HttpRequest } from "./http.ts";
import { parseParams } from "./params.ts";
import type { Params } from "./params.ts";

export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  /** The signing name: `monitoring` for CloudWatch. */
  readonly service: string;
}

/**
 * The scope in `Authorization` or, for a presigned URL, in `X-Amz-Credential`; undefined when the request is unsigned
 * or what it has is malformed, which the check of the signature tells the caller. `query` saves parsing it again.
 */
export function scopeOf(request: HttpRequest, query: Params | undefined): CredentialScope | undefined {
  const header = request.headers["authorization"];
  if (header !== undefined) {
    const at = header.indexOf("Credential=");
    if (at < 0) return undefined;
    let end = header.indexOf(",", at);
    if (end < 0) end = header.length;
    return parseScope(header.slice(at + "Credential=".length, end).trim());
  }
  if (!request.query.includes("X-Amz-Credential=")) return undefined;
  try {
    return parseScope((query ?? parseParams(request.query)).get("X-Amz-Credential")?.[0] ?? "");
  } catch {
    return undefined;
  }
}

/** `AKIA…/20260102/eu-west-1/sts/aws4_request`; an access key id may have slashes nowhere, so the parts are five. */
function parseScope(text: string): CredentialScope | undefined {
  const [accessKeyId, , region, service, end] = text.split("/");
  if (accessKeyId === undefined || region === undefined || service === undefined || end === undefined) return undefined;
  return { accessKeyId, region, service };
}
