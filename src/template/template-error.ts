/**
 * The one failure of this room: a template, a parameter or an intrinsic function that CloudFormation would refuse.
 */
import type { Path } from "./value.ts";

/** A place in the template's text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What a TemplateError may carry beside its message. */
export interface TemplateErrorDetails {
  /** Where in the template, when that is known. */
  readonly path?: Path;
  readonly position?: Position;
}

/**
 * A template that CloudFormation refuses, in CloudFormation's own words. `code` is what the API answers with:
 * "Common errors" of the CloudFormation API reference lists ValidationError for all of them.
 */
export class TemplateError extends Error {
  override readonly name: string = "TemplateError";
  readonly code = "ValidationError";
  readonly details: TemplateErrorDetails;

  constructor(message: string, details: TemplateErrorDetails = {}) {
    super(message);
    this.details = details;
  }
}

/** Whoever is told that something is wrong. CloudFormation stops at the first error, `seatrial check` goes on. */
export type Refuse = (error: TemplateError) => void;

/** Stops at the first error. */
export function raise(error: TemplateError): never {
  throw error;
}

/** What `work` answers; when it raises a TemplateError, `refuse` is told and `otherwise` stands in, where `refuse` returns. */
export function attempt<T>(refuse: Refuse, otherwise: T, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    refuse(error);
    return otherwise;
  }
}

/** CloudFormation's error for a null, which it takes nowhere. */
export function nullValue(path: Path): TemplateError {
  return new TemplateError(`[/${path.join("/")}] 'null' values are not allowed in templates`, {
    path,
  });
}
