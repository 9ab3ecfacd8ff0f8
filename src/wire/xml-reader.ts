/** A small strict XML reader for request bodies: elements, attributes, text, CDATA; no document types, no own entities. */
import { AwsError } from "../kernel/errors.ts";

export interface XmlElement {
  /** The name without its prefix: `Grantee` of `<s3:Grantee>`. */
  readonly name: string;
  /** Attributes under the names as written: `xsi:type`. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** All character data directly in the element. */
  text: string;
}

const MAX_DEPTH = 64;
const NAME = /[^\s/>=<"']+/y;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** Reads a document's root element. Raises MalformedXML when the text is not well-formed or has a document type. */
export function readXmlDocument(text: string): XmlElement {
  return new XmlReader(text).document();
}

/** AWS's answer to a body that is not well-formed or not of the expected form. */
export function malformedXml(): AwsError {
  return new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
    { status: 400 },
  );
}

class XmlReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.startsWith("\uFEFF") ? text.slice(1) : text;
  }

  document(): XmlElement {
    this.#skipMisc();
    if (this.#text[this.#at] !== "<") throw malformedXml();
    const root = this.#element();
    this.#skipMisc();
    if (this.#at !== this.#text.length) throw malformedXml();
    return root;
  }

  /** White space, comments and processing instructions around the root; a `<!DOCTYPE` is refused. */
  #skipMisc(): void {
    for (;;) {
      while (/\s/.test(this.#text[this.#at] ?? "")) this.#at += 1;
      if (this.#text.startsWith("<?", this.#at)) this.#skipPast("?>");
      else if (this.#text.startsWith("<!--", this.#at)) this.#skipPast("-->");
      else return;
    }
  }

  #skipPast(end: string): string {
    const found = this.#text.indexOf(end, this.#at);
    if (found < 0) throw malformedXml();
    const skipped = this.#text.slice(this.#at, found);
    this.#at = found + end.length;
    return skipped;
  }

  #name(): string {
    NAME.lastIndex = this.#at;
    const name = NAME.exec(this.#text)?.[0];
    if (name === undefined || /^[!?&\d.-]/.test(name)) throw malformedXml();
    this.#at += name.length;
    return name;
  }

  /** An element and everything in it; a loop with a stack of its own, so that depth costs no call frames. */
  #element(): XmlElement {
    const open: { readonly element: XmlElement; readonly written: string }[] = [];
    for (;;) {
      const started = this.#start();
      open.at(-1)?.element.children.push(started.element);
      if (started.closed && open.length === 0) return started.element;
      if (!started.closed) open.push(started);
      if (open.length > MAX_DEPTH) throw malformedXml();
      // Character data and end tags, until the next start tag or the end of the root.
      for (;;) {
        const current = open.at(-1);
        if (current === undefined) throw malformedXml();
        current.element.text += this.#characters();
        if (!this.#text.startsWith("</", this.#at)) break;
        this.#at += 2;
        if (this.#name() !== current.written) throw malformedXml();
        if (this.#skipPast(">").trim() !== "") throw malformedXml();
        open.pop();
        if (open.length === 0) return current.element;
      }
    }
  }

  #start(): { readonly element: XmlElement; readonly written: string; readonly closed: boolean } {
    if (this.#text[this.#at] !== "<") throw malformedXml();
    this.#at += 1;
    const written = this.#name();
    const attributes = new Map<string, string>();
    for (;;) {
      const before = this.#at;
      while (/\s/.test(this.#text[this.#at] ?? "")) this.#at += 1;
      const spaced = this.#at > before;
      const closed = this.#text.startsWith("/>", this.#at);
      if (closed || this.#text[this.#at] === ">") {
        this.#at += closed ? 2 : 1;
        const name = written.slice(written.indexOf(":") + 1);
        return { element: { name, attributes, children: [], text: "" }, written, closed };
      }
      if (!spaced) throw malformedXml();
      const attribute = this.#name();
      const assign = /\s*=\s*/y;
      assign.lastIndex = this.#at;
      if (!assign.test(this.#text) || attributes.has(attribute)) throw malformedXml();
      this.#at = assign.lastIndex;
      const quote = this.#text[this.#at];
      if (quote !== '"' && quote !== "'") throw malformedXml();
      this.#at += 1;
      const value = this.#skipPast(quote);
      if (value.includes("<")) throw malformedXml();
      attributes.set(attribute, unescapeText(value));
    }
  }

  /** Text up to the next tag; comments and processing instructions in between are left out. */
  #characters(): string {
    let result = "";
    for (;;) {
      const tag = this.#text.indexOf("<", this.#at);
      if (tag < 0) throw malformedXml();
      result += unescapeText(this.#text.slice(this.#at, tag));
      this.#at = tag;
      if (this.#text.startsWith("<!--", tag)) this.#skipPast("-->");
      else if (this.#text.startsWith("<?", tag)) this.#skipPast("?>");
      else if (this.#text.startsWith("<![CDATA[", tag)) result += this.#skipPast("]]>").slice("<![CDATA[".length);
      else return result;
    }
  }
}

function unescapeText(text: string): string {
  if (text.includes("\r")) return unescapeText(text.replaceAll(/\r\n?/g, "\n"));
  if (!text.includes("&")) return text;
  return text.replaceAll(/&([^;&\s]{0,10};?)/g, (_, reference: string) => {
    const name = reference.slice(0, -1);
    const number = /^#x[\da-f]+$/i.test(name)
      ? Number.parseInt(name.slice(2), 16)
      : /^#\d+$/.test(name)
        ? Number(name.slice(1))
        : undefined;
    const value =
      number === undefined ? ENTITIES.get(name) : number <= 0x10_ff_ff ? String.fromCodePoint(number) : undefined;
    if (!reference.endsWith(";") || value === undefined) throw malformedXml();
    return value;
  });
}
