/**
 * SEARCH's query (AWS page "CloudWatch search expression syntax"): `{AWS/Lambda, FunctionName} MetricName="Errors" (web OR api) NOT test`.
 * Pure.
 */
import { MetricMathError } from "./value.ts";

/** A metric that may be found. */
export interface Searchable {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly (readonly [name: string, value: string])[];
}

type Matches = (metric: Searchable) => boolean;

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

/** Raises MetricMathError. */
export function compileSearch(query: string): Matches {
  const [, schema, terms = ""] = /^\s*(?:\{([^}]*)\})?(.*)$/s.exec(query) ?? [];
  const inSchema = schema === undefined ? () => true : schemaOf(schema);
  const tokens = tokensOf(terms);
  const matches = tokens.length === 0 ? () => true : new Reader(tokens).all();
  return (metric) => inSchema(metric) && matches(metric);
}

/** `{Namespace, Dimension, …}`: metrics of that namespace with exactly those dimensions. */
function schemaOf(text: string): Matches {
  const [namespace = "", ...names] = text.split(",").map((part) => part.trim().replace(/^"(.*)"$/s, "$1"));
  const wanted = new Set(names);
  return (metric) =>
    metric.namespace === namespace &&
    metric.dimensions.length === wanted.size &&
    metric.dimensions.every(([name]) => wanted.has(name));
}

class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  all(): Matches {
    const matches = this.#any();
    const rest = this.#tokens[this.#next];
    if (rest !== undefined) throw new MetricMathError(`Invalid search: '${rest.text}' was not expected`);
    return matches;
  }

  #any(): Matches {
    const parts = [this.#every()];
    while (this.#word("OR")) parts.push(this.#every());
    return (metric) => parts.some((matches) => matches(metric));
  }

  #every(): Matches {
    const parts = [this.#term()];
    // Terms side by side are joined by AND.
    while (this.#word("AND") || this.#goesOn()) parts.push(this.#term());
    return (metric) => parts.every((matches) => matches(metric));
  }

  #goesOn(): boolean {
    const token = this.#tokens[this.#next];
    return token !== undefined && (token.quoted || (token.text !== ")" && token.text.toUpperCase() !== "OR"));
  }

  #term(property?: string): Matches {
    if (this.#word("NOT")) {
      const matches = this.#term(property);
      return (metric) => !matches(metric);
    }
    const token = this.#tokens[this.#next++];
    if (token === undefined) throw new MetricMathError("Invalid search: it ends too early");
    if (!token.quoted && token.text === "(") {
      const matches = property === undefined ? this.#any() : this.#anyOf(property);
      if (!this.#word(")")) throw new MetricMathError("Invalid search: ')' is expected");
      return matches;
    }
    if (this.#word("=") || this.#word(":")) return this.#term(token.text);
    const { text, quoted } = token;
    return (metric) => textsOf(metric, property).some((found) => contains(found, text, quoted));
  }

  #anyOf(property: string): Matches {
    const parts = [this.#term(property)];
    while (this.#word("OR")) parts.push(this.#term(property));
    return (metric) => parts.some((matches) => matches(metric));
  }

  #word(word: string): boolean {
    const token = this.#tokens[this.#next];
    if (token === undefined || token.quoted || token.text.toUpperCase() !== word) return false;
    this.#next++;
    return true;
  }
}

function textsOf({ namespace, name, dimensions }: Searchable, property: string | undefined): string[] {
  switch (property) {
    case undefined:
      return [namespace, name, ...dimensions.flat()];
    case "Namespace":
      return [namespace];
    case "MetricName":
      return [name];
    default:
      return dimensions.filter(([dimension]) => dimension === property).map(([, value]) => value);
  }
}

/** Quoted: the text itself. Otherwise its words stand one after the other in it; capitals begin words too. */
function contains(found: string, text: string, quoted: boolean): boolean {
  if (quoted) return found === text;
  return ` ${wordsOf(found)} `.includes(` ${wordsOf(text)} `) || found.toLowerCase() === text.toLowerCase();
}

function wordsOf(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "")
    .join(" ");
}

function tokensOf(text: string): Token[] {
  return Array.from(text.matchAll(/"([^"]*)"|([()=:])|([^\s()=:"]+)/g), ([, quoted, sign, word]) =>
    quoted === undefined ? { text: sign ?? word ?? "", quoted: false } : { text: quoted, quoted: true },
  );
}
