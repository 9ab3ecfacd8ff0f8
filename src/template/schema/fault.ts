/** A way in which properties do not fit their type's schema, and CloudFormation's words for it. */
import type { Path } from "../value.ts";

/** `alternatives` is a value that none of several types takes; the faults that the nearest one finds follow. */
export type FaultKind =
  | "required"
  | "extraneous"
  | "readOnly"
  | "type"
  | "enum"
  | "length"
  | "pattern"
  | "range"
  | "items"
  | "alternatives";

export interface Fault {
  readonly kind: FaultKind;
  /** Where in the properties as they are written: through `Fn::If` too. That of the object for what it lacks, of the key for one too many. */
  readonly path: Path;
  /** The key that is missing or too much. */
  readonly key?: string;
  /** For `enum`: what it could be. */
  readonly allowed?: readonly (string | number)[];
  /** One line, or more, as AWS writes them: `#/VpcConfig: required key [SubnetIds] not found`. */
  readonly message: string;
}

/** The reason of a resource that fails for its properties, as stack events show it. */
export function propertiesFailure(logicalId: string, faults: readonly Fault[]): string {
  const lines = faults.map(({ message }) => message).join("\n");
  return `Properties validation failed for resource ${logicalId} with message:\n${lines}`;
}
