/** Writing a member whose name the caller chose into a plain object. */

/** Sets an own property, also where the name is `__proto__`, which a plain assignment would make the prototype. */
export function put(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[name] = value;
  }
}
