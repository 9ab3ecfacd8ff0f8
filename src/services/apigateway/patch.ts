/**
 * Patch operations (AWS page "Patch operations"): `{ op, path, value }` on an entity whose members are named as the paths are. What may be patched
 * of an entity is a table: the path, with `*` for a name that the caller gives, and what its value is.
 */
import type { Input } from "../../service.ts";
import { badRequest } from "./errors.ts";
import type { Sdk } from "./sdk.ts";

export type PatchOperation = NonNullable<Input<Sdk, "UpdateRestApi">["patchOperations"]>[number];

/**
 * `members`: a list of texts, to which one is added or from which it is taken by the path's last part; `values`: the same by the operation's
 * value. `count`: an integer, or none where no value is given.
 */
export type PatchKind = "text" | "boolean" | "integer" | "number" | "count" | "members" | "values";

/** By path; the value's kind and the ops that AWS's page gives for it. */
export type Patchable = Readonly<Record<string, { readonly kind: PatchKind; readonly ops: readonly string[] }>>;

export const replaced = (kind: PatchKind = "text") => ({ kind, ops: ["replace"] });
export const anyOp = (kind: PatchKind = "text") => ({ kind, ops: ["add", "remove", "replace"] });
export const addedOrRemoved = (kind: PatchKind) => ({ kind, ops: ["add", "remove"] });
export const members = { kind: "members", ops: ["add", "remove", "replace"] } as const;

/**
 * Applies `operations` to a copy of `entity`, in order. Raises BadRequestException for a path, an op or a value that the table does not have.
 */
export function patched<Entity extends object>(
  entity: Entity,
  operations: readonly PatchOperation[] | undefined,
  patchable: Patchable,
): Entity {
  const copy = structuredClone(entity);
  for (const { op = "", path = "", value } of operations ?? []) {
    const parts = segmentsOf(path);
    const rule = ruleFor(patchable, parts);
    if (rule === undefined || !rule.ops.includes(op)) {
      const places = Object.entries(patchable)
        .filter(([, { ops }]) => ops.includes(op))
        .map(([place]) => place.replaceAll("*", "{name}"));
      badRequest(`Invalid patch path '${path}' specified for op '${op}'. Must be one of: [${places.join(", ")}]`);
    }
    applyAt(copy, parts, rule.kind, op, value, path);
  }
  return copy;
}

/** A path's parts, with `~1` for a slash and `~0` for a tilde (RFC 6901). */
export function segmentsOf(path: string): string[] {
  return path
    .replace(/^\//, "")
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function ruleFor(patchable: Patchable, parts: readonly string[]) {
  for (const [place, rule] of Object.entries(patchable)) {
    const wanted = segmentsOf(place);
    if (wanted.length === parts.length && wanted.every((part, index) => part === "*" || part === parts[index])) {
      return rule;
    }
  }
  return undefined;
}

function applyAt(
  entity: object,
  parts: readonly string[],
  kind: PatchKind,
  op: string,
  value: string | undefined,
  path: string,
): void {
  const last = parts.at(-1) ?? "";
  let holder: object = entity;
  for (const part of parts.slice(0, kind === "members" ? -2 : -1)) holder = childOf(holder, part);
  if (kind === "members") return applyMember(holder, parts.at(-2) ?? "", last, op, value);
  if (kind === "values") return applyMember(holder, last, value ?? "", op, value);
  if (op === "remove" || (kind === "count" && value === undefined)) {
    Reflect.deleteProperty(holder, last);
    return;
  }
  Reflect.set(holder, last, valueOf(kind, value, path));
}

function applyMember(holder: object, name: string, member: string, op: string, value: string | undefined): void {
  const found: unknown = Reflect.get(holder, name);
  const list: unknown[] = Array.isArray(found) ? [...found] : [];
  const at = list.indexOf(member);
  if (op === "add" && at < 0) list.push(member);
  if (op === "remove" && at >= 0) list.splice(at, 1);
  if (op === "replace") {
    if (at < 0) badRequest(`Invalid patch path: there is no '${member}' in ${name} to replace`);
    list.splice(at, 1, value ?? member);
  }
  Reflect.set(holder, name, list);
}

function childOf(holder: object, name: string): object {
  const found: unknown = Reflect.get(holder, name);
  if (typeof found === "object" && found !== null) return found;
  const made = {};
  Reflect.set(holder, name, made);
  return made;
}

function valueOf(kind: PatchKind, value: string | undefined, path: string): unknown {
  switch (kind) {
    case "boolean":
      if (value !== "true" && value !== "false") {
        return badRequest(`Invalid value '${value ?? ""}' for ${path}: it must be true or false`);
      }
      return value === "true";
    case "integer":
    case "count":
    case "number": {
      const read = value === undefined || value === "" ? Number.NaN : Number(value);
      if (!Number.isFinite(read) || (kind !== "number" && !Number.isInteger(read))) {
        return badRequest(`Invalid value '${value ?? ""}' for ${path}: it must be a number`);
      }
      return read;
    }
    case "text":
    case "members":
    case "values":
      return value ?? "";
  }
}
