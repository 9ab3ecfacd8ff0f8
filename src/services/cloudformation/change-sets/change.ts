/** What a change set says of one resource (AWS page "ResourceChange"). */

/** Why, and where, a resource changes. */
export interface Detail {
  readonly attribute:
    | "Properties"
    | "Metadata"
    | "CreationPolicy"
    | "UpdatePolicy"
    | "DeletionPolicy"
    | "UpdateReplacePolicy"
    | "Tags";
  /** The property, for `Properties`. */
  readonly name: string | undefined;
  /** A JSON pointer. */
  readonly path: string | undefined;
  readonly recreation: "Never" | "Conditionally" | "Always";
  readonly evaluation: "Static" | "Dynamic";
  readonly source:
    | "ResourceReference"
    | "ParameterReference"
    | "ResourceAttribute"
    | "DirectModification"
    | "Automatic";
  readonly causing: string | undefined;
  readonly kind: "Add" | "Modify" | "Remove" | undefined;
  /** JSON text where it is no scalar. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** True for what AWS tells only together with the values. */
  readonly valuesOnly: boolean;
}

export interface Change {
  readonly action: "Add" | "Modify" | "Remove" | "Import";
  readonly logicalId: string;
  readonly physicalId: string | undefined;
  readonly type: string;
  readonly replacement: "True" | "False" | "Conditional" | undefined;
  readonly policyAction:
    | "Delete"
    | "Retain"
    | "Snapshot"
    | "ReplaceAndDelete"
    | "ReplaceAndRetain"
    | "ReplaceAndSnapshot"
    | undefined;
  readonly details: readonly Detail[];
  /** The resource as a JSON text, before and after. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Of a nested stack: its own change set. */
  readonly changeSetId: string | undefined;
}

/** What stands for a value that is known only after other changes; AWS shows the same. */
export const UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}";
