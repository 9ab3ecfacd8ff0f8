/** Reads the tables that the build left in dist/tables and makes the wire's model of a service out of them. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../kernel/errors.ts";
import type { ErrorModel, Member, OperationModel, Protocol, ServiceModel, Shape, StructureShape } from "./model.ts";

/** A shape as `scripts/extract-tables.mjs` writes it: other shapes are indexes into the service's list. */
type RawMember = Omit<Member, "shape" | "name" | "required"> & {
  readonly name?: string;
  readonly shape: number;
  readonly required?: boolean;
};

interface RawShape {
  readonly type: Shape["type"];
  readonly members?: readonly RawMember[];
  readonly member?: RawMember;
  readonly key?: RawMember;
  readonly value?: RawMember;
}

interface RawTable extends Omit<ServiceModel, "operations" | "errors"> {
  readonly protocols: readonly Protocol[];
  readonly shapes: readonly RawShape[];
  readonly operations: Readonly<
    Record<string, { readonly input: number; readonly output: number } & Pick<OperationModel, "http" | "hostPrefix">>
  >;
  readonly errors: Readonly<Record<string, Omit<ErrorModel, "name" | "shape"> & { readonly shape: number }>>;
}

const loaded = new Map<string, ServiceModel>();
let folder: string | undefined;

/**
 * The model of a service by our name (`sts`, `logs`, …), read on first use and kept.
 * Raises UsageError when the build has not made its table.
 */
export function loadModel(name: string): ServiceModel {
  let model = loaded.get(name);
  if (model === undefined) {
    folder ??= tablesFolder();
    const file = join(folder, `${name}.json`);
    if (!existsSync(file)) {
      throw new UsageError(`There is no table of the service '${name}' in ${folder}. Run 'npm run tables'.`);
    }
    // The build step wrote this file in the form that RawTable declares; nobody else writes there.
    const table: RawTable = JSON.parse(readFileSync(file, "utf8"));
    model = modelOf(table);
    loaded.set(name, model);
  }
  return model;
}

/** dist/tables of the package that this code runs from, be it bundled in dist/ or as source under a test. */
function tablesFolder(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(at, "package.json"))) {
    const up = dirname(at);
    if (up === at) throw new UsageError("Seatrial does not find its own package.json above its code.");
    at = up;
  }
  return join(at, "dist", "tables");
}

/** Shapes of one table, made when they are first asked for, since tables are recursive. */
class Shapes {
  readonly #raw: readonly RawShape[];
  readonly #made: (Shape | undefined)[];

  constructor(raw: readonly RawShape[]) {
    this.#raw = raw;
    this.#made = Array.from({ length: raw.length });
  }

  at(index: number): Shape {
    let shape = this.#made[index];
    if (shape === undefined) {
      const raw = this.#raw[index];
      if (raw === undefined) throw new Error(`A table refers to shape ${index}, which it does not have`);
      shape = this.#make(raw);
      this.#made[index] = shape;
    }
    return shape;
  }

  structureAt(index: number): StructureShape {
    const shape = this.at(index);
    if (shape.type !== "structure" && shape.type !== "union") throw new Error(`Shape ${index} is not a structure`);
    return shape;
  }

  #make(raw: RawShape): Shape {
    const { members, member, key, value, ...rest } = raw;
    const lazily = <T>(make: () => T): (() => T) => {
      let made: T | undefined;
      return () => (made ??= make());
    };
    const parts: PropertyDescriptorMap = {};
    const part = (name: string, make: () => unknown): void => {
      parts[name] = { get: lazily(make), enumerable: true };
    };
    if (members !== undefined) part("members", () => this.#members(members));
    if (member !== undefined) part("member", () => this.#member(member, "member"));
    if (key !== undefined) part("key", () => this.#member(key, "key"));
    if (value !== undefined) part("value", () => this.#member(value, "value"));
    // The table's own form is the Shape's, with the parts that refer to other shapes put behind getters.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
    return Object.defineProperties({ ...rest }, parts) as unknown as Shape;
  }

  #members(raw: readonly RawMember[]): ReadonlyMap<string, Member> {
    const members = raw.map((entry) => this.#member(entry, "member"));
    return new Map(members.map((entry) => [entry.name, entry]));
  }

  #member(raw: RawMember, name: string): Member {
    const { shape, required = false, ...rest } = raw;
    return { name, ...rest, required, shape: this.at(shape) };
  }
}

function modelOf({ shapes: rawShapes, operations: rawOperations, errors: rawErrors, ...rest }: RawTable): ServiceModel {
  const shapes = new Shapes(rawShapes);
  const operations = new Map<string, OperationModel>();
  for (const [name, raw] of Object.entries(rawOperations)) operations.set(name, new TableOperation(name, raw, shapes));
  const errors = new Map<string, ErrorModel>();
  for (const [name, { shape, ...error }] of Object.entries(rawErrors)) {
    errors.set(name, {
      name,
      ...error,
      get shape() {
        return shapes.structureAt(shape);
      },
    });
  }
  return { ...rest, operations, errors };
}

/** One operation of a table; its shapes are looked up when it is first called. */
class TableOperation implements OperationModel {
  readonly name: string;
  readonly http?: NonNullable<OperationModel["http"]>;
  readonly hostPrefix?: string;
  readonly #raw: { readonly input: number; readonly output: number };
  readonly #shapes: Shapes;
  #streamsIn: boolean | undefined;
  #streamsOut: boolean | undefined;

  constructor(name: string, raw: RawTable["operations"][string], shapes: Shapes) {
    this.name = name;
    if (raw.http !== undefined) this.http = raw.http;
    if (raw.hostPrefix !== undefined) this.hostPrefix = raw.hostPrefix;
    this.#raw = raw;
    this.#shapes = shapes;
  }

  get input(): StructureShape {
    return this.#shapes.structureAt(this.#raw.input);
  }

  get output(): StructureShape {
    return this.#shapes.structureAt(this.#raw.output);
  }

  get streamsIn(): boolean {
    return (this.#streamsIn ??= streams(this.input));
  }

  get streamsOut(): boolean {
    return (this.#streamsOut ??= streams(this.output));
  }
}

function streams(shape: StructureShape): boolean {
  for (const { shape: member } of shape.members.values()) {
    if (member.type === "blob" && member.streaming === true) return true;
    if (member.type === "union" && member.eventStream === true) return true;
  }
  return false;
}
