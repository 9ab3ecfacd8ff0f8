/**
 * Apache's Velocity Template Language, in which API Gateway's mapping templates are written (AWS page "Mapping template and access logging variable
 * reference"). What is never set is left standing as it is written, as Velocity does; what AWS itself gives (`$context.…`) is empty then.
 */
import { Compile, parse } from "velocityjs";

/** The template cannot be read, or fails. */
export class VelocityError extends Error {
  override readonly name = "VelocityError";
}

/** A template, read once. */
export interface VelocityTemplate {
  /** Raises VelocityError. */
  render(variables: Readonly<Record<string, unknown>>): string;
}

/** Raises VelocityError. */
export function compileVelocity(text: string): VelocityTemplate {
  const tree = trying(() => parse(text));
  return {
    render: (variables) => trying(() => new Compile(structuredClone(tree), { escape: false }).render({ ...variables })),
  };
}

/** An object whose missing members are empty texts, at any depth of objects. */
export function forgiving(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return new Proxy(members, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof name === "symbol" || name === "toString") return value;
      if (value === undefined || value === null) return "";
      return isPlain(value) ? forgiving(value) : value;
    },
  });
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function trying<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new VelocityError(error instanceof Error ? error.message : String(error));
  }
}
