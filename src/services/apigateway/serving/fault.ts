/** What ends a request before an integration has answered it: one of API Gateway's own responses. */
import type { GatewayResponseType } from "../gateway-responses.ts";

export class GatewayFault extends Error {
  override readonly name = "GatewayFault";
  readonly type: GatewayResponseType;
  /** Differs from the type's own for some configuration errors (502 for a reply that is none). */
  readonly status: number | undefined;
  /** For `$context.error.validationErrorString`. */
  readonly validation: string | undefined;
  /** What the caller is told; null where AWS says nothing. */
  readonly words: string | null;

  constructor(
    type: GatewayResponseType,
    words: string | null,
    details: { readonly status?: number; readonly validation?: string } = {},
  ) {
    super(words ?? type);
    this.type = type;
    this.words = words;
    this.status = details.status;
    this.validation = details.validation;
  }
}

/** Raises "Internal server error"; what is wrong stands in the execution log. */
export function misconfigured(status = 500): never {
  throw new GatewayFault("API_CONFIGURATION_ERROR", "Internal server error", { status });
}
