/** What all kinds of filter patterns share: their error, their positions in the text, their quoted strings. */

/** The text is no filter pattern. The message is CloudWatch Logs' for InvalidParameterException. */
export class FilterSyntaxError extends Error {
  override readonly name = "FilterSyntaxError";
}

/** Raises FilterSyntaxError with the words for a pattern that cannot be read at all. */
export function invalidPattern(): never {
  throw new FilterSyntaxError("Invalid filter pattern");
}

/** Raises FilterSyntaxError for a term that has to be in double quotes. */
export function invalidTerm(term: string): never {
  throw new FilterSyntaxError(`Invalid character(s) in term '${term}'`);
}

/** Reads a pattern from left to right. */
export class Cursor {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** True when all is read. */
  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** The character ahead, or "" at the end. */
  peek(): string {
    return this.text.charAt(this.at);
  }

  /** Passes over white space. */
  skipSpace(): void {
    while (!this.done && /\s/.test(this.peek())) this.at += 1;
  }

  /** Passes over white space and then `word`, when it is what comes next. */
  take(word: string): boolean {
    this.skipSpace();
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  /** Passes over white space and what `pattern`, a sticky expression, matches; answers that, or undefined. */
  takeMatch(pattern: RegExp): string | undefined {
    this.skipSpace();
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  /** The text within double quotes, of which the first is ahead; `\"` and `\\` stand for the characters. */
  takeQuoted(): string {
    let value = "";
    for (this.at += 1; !this.done; this.at += 1) {
      const next = this.text.charAt(this.at + 1);
      if (this.peek() === "\\" && (next === '"' || next === "\\")) {
        value += next;
        this.at += 1;
      } else if (this.peek() === '"') {
        this.at += 1;
        return value;
      } else {
        value += this.peek();
      }
    }
    return invalidPattern();
  }

  /** The text between per cent signs, of which the first is ahead. */
  takeRegex(): string {
    const end = this.text.indexOf("%", this.at + 1);
    if (end < 0) invalidPattern();
    const source = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    return source;
  }
}
