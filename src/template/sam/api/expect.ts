/**
 * Expectations of API data, each with the complaint of the original when it is not met.
 */
import { Dict } from "../python/dict.ts";
import type { Data } from "../python/dict.ts";
import { Text } from "../python/text.ts";
import { invalidResource } from "../sam-error.ts";
import type { SamFault } from "../sam-error.ts";

/** Makes a fault of a complaint: a resource's or an event's. */
export type Complain = (message: string) => SamFault;

/** Complaints about a resource. */
export function complainOf(id: string): Complain {
  return (message) => invalidResource(id, message);
}

/** Undefined for what is absent: null counts as not there. */
export function present(data: Data | undefined): Data | undefined {
  return data ?? undefined;
}

export function expectMap(data: Data | undefined, property: string, complain: Complain): Dict {
  if (data instanceof Dict) return data;
  throw complain(`Property '${property}' should be a map.`);
}

export function expectList(data: Data | undefined, property: string, complain: Complain): readonly Data[] {
  if (Array.isArray(data)) return data;
  throw complain(`Property '${property}' should be a list.`);
}

export function expectText(data: Data | undefined, property: string, complain: Complain): Text {
  if (data instanceof Text) return data;
  throw complain(`Property '${property}' should be a string.`);
}

export function expectFlag(data: Data | undefined, property: string, complain: Complain): boolean {
  if (typeof data === "boolean") return data;
  throw complain(`Property '${property}' should be a boolean.`);
}

export function expectPresent(data: Data | undefined, property: string, complain: Complain): Data {
  if (data !== undefined && data !== null) return data;
  throw complain(`Property '${property}' is required.`);
}

/** A list of texts. */
export function expectTexts(data: Data | undefined, property: string, complain: Complain): readonly Text[] {
  return expectList(data, property, complain).map((item, index) => expectText(item, `${property}[${index}]`, complain));
}
