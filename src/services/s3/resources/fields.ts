/** Reads a template's property value field by field: types as CloudFormation bends them, and nothing left unread in silence. */
import { AwsError } from "../../../kernel/errors.ts";

/** The fields of one object in a template. Each is read once; `done` names those that nobody read. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #read = new Set<string>();

  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(path, "an object");
    this.#values = Object.fromEntries(Object.entries(value));
    this.#path = path;
  }

  #take(name: string): unknown {
    this.#read.add(name);
    return this.#values[name];
  }

  /** CloudFormation takes a number or a boolean where a text is expected. */
  text(name: string): string | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    throw invalid(`${this.#path}/${name}`, "a text");
  }

  number(name: string): number | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    const number = typeof value === "string" && value !== "" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) return number;
    throw invalid(`${this.#path}/${name}`, "a number");
  }

  flag(name: string): boolean | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === "boolean") return value;
    if (value === "true" || value === "false") return value === "true";
    throw invalid(`${this.#path}/${name}`, "true or false");
  }

  date(name: string): Date | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const date = new Date(text);
    if (Number.isNaN(date.getTime())) throw invalid(`${this.#path}/${name}`, "a date");
    return date;
  }

  object<T>(name: string, read: (fields: Fields) => T): T | undefined {
    const value = this.#take(name);
    return value === undefined ? undefined : readAll(value, `${this.#path}/${name}`, read);
  }

  list<T>(name: string, read: (fields: Fields) => T): T[] | undefined {
    const values = this.#array(name);
    return values?.map((value, index) => readAll(value, `${this.#path}/${name}/${index}`, read));
  }

  texts(name: string): string[] | undefined {
    return this.#array(name)?.map((value, index) => {
      if (typeof value === "object" || value === undefined) throw invalid(`${this.#path}/${name}/${index}`, "a text");
      return String(value);
    });
  }

  #array(name: string): readonly unknown[] | undefined {
    const value = this.#take(name);
    if (value === undefined || Array.isArray(value)) return value;
    throw invalid(`${this.#path}/${name}`, "a list");
  }

  /** Raises ValidationError for a field that was not read: it is not supported. */
  done(): void {
    for (const [name, value] of Object.entries(this.#values)) {
      if (value !== undefined && !this.#read.has(name)) {
        throw new AwsError("ValidationError", `Seatrial's S3 does not have the property ${this.#path}/${name} yet.`);
      }
    }
  }
}

/** Reads `value` with `read`, which has to read all of it; fields that are not there are left out of what it answers. */
export function readAll<T>(value: unknown, path: string, read: (fields: Fields) => T): T {
  const fields = new Fields(value, path);
  const result = read(fields);
  fields.done();
  return result;
}

function invalid(path: string, expected: string): AwsError {
  return new AwsError(
    "ValidationError",
    `Properties validation failed for the property ${path}: ${expected} is expected`,
  );
}
