/** What S3 checks of an input by its model: it has its own codes and words, and states no lengths or patterns. */
import { AwsError } from "../kernel/errors.ts";
import type { Member, OperationModel, Shape, StructureShape } from "./model.ts";
import { malformedXml } from "./xml-reader.ts";

/** Codes of headers whose enum has an error of its own (the page "Error responses"). */
const HEADER_CODES: ReadonlyMap<string, readonly [code: string, message: string]> = new Map([
  ["x-amz-storage-class", ["InvalidStorageClass", "The storage class you specified is not valid"]],
  [
    "x-amz-server-side-encryption",
    ["InvalidEncryptionAlgorithmError", "The encryption request that you specified is not valid."],
  ],
  ["x-amz-metadata-directive", ["InvalidArgument", "Unknown metadata directive."]],
  ["x-amz-tagging-directive", ["InvalidArgument", "Unknown tagging directive."]],
  ["encoding-type", ["InvalidArgument", "Invalid Encoding Method specified in Request"]],
]);

/**
 * Checks required members and enums.
 * Raises MalformedXML, MissingRequestBodyError, InvalidArgument or the code of the header in question.
 */
export function validateS3(operation: OperationModel, input: Record<string, unknown>): void {
  const { members } = operation.input;
  for (const member of requiredOf(operation.input)) {
    if (input[member.name] === undefined) throw missing(member);
  }
  for (const name of Object.keys(input)) {
    const member = members.get(name);
    if (member === undefined) continue;
    const { binding } = member;
    const value = input[name];
    if (binding === undefined || binding.in === "payload") checkBody(member.shape, value);
    else if (!inEnum(member.shape, value)) throw outsideEnum(member, value);
  }
}

const required = new WeakMap<StructureShape, readonly Member[]>();

function requiredOf(shape: StructureShape): readonly Member[] {
  let members = required.get(shape);
  if (members === undefined) {
    members = [...shape.members.values()].filter((member) => member.required);
    required.set(shape, members);
  }
  return members;
}

function outsideEnum({ binding, name: memberName }: Member, value: unknown): AwsError {
  const name = binding !== undefined && "name" in binding ? binding.name : memberName;
  const [code, message] = HEADER_CODES.get(name.toLowerCase()) ?? ["InvalidArgument", `Invalid value of ${name}`];
  return new AwsError(code, message, {
    status: 400,
    members: code === "InvalidArgument" ? { ArgumentName: name, ArgumentValue: String(value) } : {},
  });
}

function missing(member: Member): AwsError {
  const { binding } = member;
  if (binding?.in === "payload")
    return new AwsError("MissingRequestBodyError", "Request Body is empty", { status: 400 });
  if (binding === undefined) return malformedXml();
  const name = "name" in binding ? binding.name : member.name;
  return new AwsError("InvalidArgument", `The parameter ${name} is required.`, {
    status: 400,
    members: { ArgumentName: name },
  });
}

function checkBody(shape: Shape, value: unknown): void {
  switch (shape.type) {
    case "structure":
    case "union":
      checkStructure(shape, value);
      return;
    case "list":
      if (Array.isArray(value)) for (const item of value) checkBody(shape.member.shape, item);
      return;
    case "string":
      if (!inEnum(shape, value)) throw outOfEnum(shape.enum ?? [], value);
      return;
    case "map":
    case "number":
    case "boolean":
    case "blob":
    case "timestamp":
    case "document":
      return;
  }
}

function checkStructure(shape: StructureShape, value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const member of shape.members.values()) {
    const content: unknown = Reflect.get(value, member.name);
    if (content !== undefined) checkBody(member.shape, content);
    else if (member.required) throw malformedXml();
  }
}

function inEnum(shape: Shape, value: unknown): boolean {
  if (shape.type === "list") return !Array.isArray(value) || value.every((item) => inEnum(shape.member.shape, item));
  return shape.type !== "string" || shape.enum === undefined || shape.enum.some((allowed) => allowed === value);
}

function outOfEnum(allowed: readonly string[], value: unknown): AwsError {
  if (allowed.includes("s3:ObjectCreated:*")) {
    return new AwsError("InvalidArgument", "The event is not supported for notifications", {
      status: 400,
      members: { ArgumentName: "Event", ArgumentValue: String(value) },
    });
  }
  if (allowed.includes("eu-west-1")) {
    return new AwsError("InvalidLocationConstraint", "The specified location-constraint is not valid", {
      status: 400,
      members: { LocationConstraint: String(value) },
    });
  }
  return malformedXml();
}
