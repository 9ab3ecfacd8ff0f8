/** Metric math expressions (AWS page "Using math expressions with CloudWatch metrics"), text to tree. */
import { MetricMathError } from "./value.ts";

export type Operator = "+" | "-" | "*" | "/" | "^" | "==" | "!=" | "<" | ">" | "<=" | ">=" | "AND" | "OR";

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "array"; readonly items: readonly Expression[] }
  | { readonly kind: "negative"; readonly of: Expression }
  | { readonly kind: "binary"; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] };

/** From the loosest to the tightest; all but `^` group from the left. */
const LEVELS: readonly (readonly Operator[])[] = [
  ["OR"],
  ["AND"],
  ["==", "!=", "<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/"],
];
const DEEPEST = 100;

/** Raises MetricMathError. */
export function parseExpression(text: string): Expression {
  const reader = new Reader(text);
  const expression = reader.level(0);
  reader.end();
  return expression;
}

/** The ids that an expression names; `METRICS()` names none. */
export function namesIn(expression: Expression): string[] {
  switch (expression.kind) {
    case "number":
    case "text":
      return [];
    case "name":
      return [expression.name];
    case "array":
      return expression.items.flatMap(namesIn);
    case "negative":
      return namesIn(expression.of);
    case "binary":
      return [...namesIn(expression.left), ...namesIn(expression.right)];
    case "call":
      return expression.args.flatMap(namesIn);
  }
}

/** The functions that it calls, in capitals. */
export function functionsIn(expression: Expression): string[] {
  switch (expression.kind) {
    case "number":
    case "text":
    case "name":
      return [];
    case "array":
      return expression.items.flatMap(functionsIn);
    case "negative":
      return functionsIn(expression.of);
    case "binary":
      return [...functionsIn(expression.left), ...functionsIn(expression.right)];
    case "call":
      return [expression.name, ...expression.args.flatMap(functionsIn)];
  }
}

interface Token {
  readonly kind: "number" | "text" | "word" | "sign";
  readonly text: string;
  readonly at: number;
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #length: number;
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
    this.#length = text.length;
  }

  level(index: number): Expression {
    const operators = LEVELS[index];
    if (operators === undefined) return this.#unary();
    let left = this.level(index + 1);
    for (let operator = this.#take(operators); operator !== undefined; operator = this.#take(operators)) {
      left = { kind: "binary", operator, left, right: this.level(index + 1) };
    }
    return left;
  }

  end(): void {
    const token = this.#tokens[this.#next];
    if (token !== undefined) throw wrong(`'${token.text}' was not expected`, token.at);
  }

  #unary(): Expression {
    if (this.#sign("-")) return { kind: "negative", of: this.#nested(() => this.#unary()) };
    if (this.#sign("+")) return this.#nested(() => this.#unary());
    const base = this.#primary();
    if (!this.#sign("^")) return base;
    return { kind: "binary", operator: "^", left: base, right: this.#nested(() => this.#unary()) };
  }

  #primary(): Expression {
    const token = this.#tokens[this.#next++];
    if (token === undefined) throw wrong("the expression ends too early", this.#length);
    switch (token.kind) {
      case "number":
        return { kind: "number", value: Number(token.text) };
      case "text":
        return { kind: "text", value: token.text };
      case "word":
        if (!this.#sign("(")) return { kind: "name", name: token.text };
        return { kind: "call", name: token.text.toUpperCase(), args: this.#list(")") };
      case "sign":
        if (token.text === "[") return { kind: "array", items: this.#list("]") };
        if (token.text !== "(") throw wrong(`'${token.text}' was not expected`, token.at);
    }
    const inner = this.#nested(() => this.level(0));
    this.#expect(")");
    return inner;
  }

  #list(closing: ")" | "]"): Expression[] {
    if (this.#sign(closing)) return [];
    const items = [this.#nested(() => this.level(0))];
    while (this.#sign(",")) items.push(this.#nested(() => this.level(0)));
    this.#expect(closing);
    return items;
  }

  #nested(read: () => Expression): Expression {
    if (++this.#depth > DEEPEST) throw new MetricMathError("the expression is nested too deeply");
    const expression = read();
    this.#depth--;
    return expression;
  }

  #take(operators: readonly Operator[]): Operator | undefined {
    const token = this.#tokens[this.#next];
    if (token === undefined || (token.kind !== "sign" && token.kind !== "word")) return undefined;
    const text = token.text === "&&" ? "AND" : token.text === "||" ? "OR" : token.text.toUpperCase();
    const found = operators.find((operator) => operator === text);
    if (found !== undefined) this.#next++;
    return found;
  }

  #sign(sign: string): boolean {
    const token = this.#tokens[this.#next];
    if (token?.kind !== "sign" || token.text !== sign) return false;
    this.#next++;
    return true;
  }

  #expect(sign: string): void {
    const token = this.#tokens[this.#next];
    if (!this.#sign(sign)) throw wrong(`'${sign}' is expected`, token?.at ?? this.#length);
  }
}

function wrong(what: string, at: number): MetricMathError {
  return new MetricMathError(`Invalid syntax: ${what} at character ${at + 1}`);
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern =
    /\s+|(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|([A-Za-z_]\w*)|(&&|\|\||==|!=|<=|>=|[-+*/^<>()[\],])/gy;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const [whole, number, double, single, word, sign] = pattern.exec(text) ?? [];
    if (whole === undefined) throw wrong(`'${text.slice(at, at + 1)}' was not expected`, at);
    const quoted = double ?? single;
    if (number !== undefined) tokens.push({ kind: "number", text: number, at });
    else if (quoted !== undefined) tokens.push({ kind: "text", text: quoted.replace(/\\(.)/g, "$1"), at });
    else if (word !== undefined) tokens.push({ kind: "word", text: word, at });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign, at });
  }
  return tokens;
}
