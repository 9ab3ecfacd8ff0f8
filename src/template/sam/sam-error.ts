/**
 * What the SAM transform finds wrong: single faults while it works, one TransformError with all of them at the end.
 */
import { TemplateError } from "../template-error.ts";
import type { Path } from "../value.ts";

/** The macro's name in a template's Transform section. */
export const SAM_TRANSFORM = "AWS::Serverless-2016-10-31";

/** One thing that is wrong, in the words of the serverless-application-model project. */
export class SamFault extends Error {
  override readonly name: string = "SamFault";
  /** Faults are told in the order of their resources' ids, as the original does; without one, of their messages. */
  readonly sortKey: string;
  /** Where in the template; an event's fault says it under its resource. */
  readonly path: Path;

  constructor(message: string, sortKey: string = message, path: Path = []) {
    super(message);
    this.sortKey = sortKey;
    this.path = path;
  }
}

/** A resource that is wrong; `path` says where under it. */
export function invalidResource(id: string, message: string, path: Path = []): SamFault {
  return new SamFault(`Resource with id [${id}] is invalid. ${message}`, id, ["Resources", id, ...path]);
}

/** An event of a function that is wrong. Inside a function it is reported as that function's fault. */
export class EventFault extends SamFault {
  override readonly name = "EventFault";
}

/** An event that is wrong; `id` is what the original says, the event's own id or the function's id with it. */
export function invalidEvent(id: string, message: string): EventFault {
  const words = `Event with id [${id}] is invalid. ${message}`;
  return new EventFault(words, words, ["Properties", "Events", id]);
}

/** The template as a whole is wrong. */
export function invalidTemplate(message: string): SamFault {
  return new SamFault(`Structure of the SAM template is invalid. ${message}`);
}

/** What ends the transform at once: nothing that was found before counts any more. */
export class DocumentFault extends Error {
  override readonly name = "DocumentFault";
  readonly faults: readonly SamFault[];

  constructor(faults: readonly SamFault[]) {
    super(faults.map(({ message }) => message).join(" "));
    this.faults = faults;
  }
}

/** The template as a whole is wrong, so that it makes no sense to go on. */
export function invalidDocument(message: string): DocumentFault {
  return new DocumentFault([invalidTemplate(message)]);
}

/** The transform failed: every fault, each once. */
export class TransformError extends TemplateError {
  override readonly name = "TransformError";
  /** The first sentence: the number of errors. */
  readonly summary: string;
  readonly faults: readonly SamFault[];

  constructor(found: readonly SamFault[]) {
    const faults = [...new Map(found.map((fault) => [fault.message, fault])).values()].sort((left, right) =>
      left.sortKey < right.sortKey ? -1 : left.sortKey > right.sortKey ? 1 : 0,
    );
    const summary = `Invalid Serverless Application Specification document. Number of errors found: ${faults.length}.`;
    super(`Transform ${SAM_TRANSFORM} failed with: ${[summary, ...faults.map(({ message }) => message)].join(" ")}`);
    this.summary = summary;
    this.faults = faults;
  }
}
