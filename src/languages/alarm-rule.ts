/**
 * The rules of CloudWatch's composite alarms (AWS page "PutCompositeAlarm"): `(ALARM(a) OR OK("b c")) AND NOT INSUFFICIENT_DATA(d)`,
 * `AT_LEAST(2, ALARM, (a, b, c))`, TRUE and FALSE. Pure.
 */

export type ConditionState = "ALARM" | "OK" | "INSUFFICIENT_DATA";

export type AlarmRule =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "state"; readonly state: ConditionState; readonly alarm: string }
  | { readonly kind: "not"; readonly rule: AlarmRule }
  | { readonly kind: "and" | "or"; readonly rules: readonly AlarmRule[] }
  | {
      readonly kind: "at-least";
      readonly amount: number;
      /** The amount is a share of the alarms. */
      readonly percent: boolean;
      readonly not: boolean;
      readonly state: ConditionState;
      readonly alarms: readonly string[];
    };

/** The text is no rule; the message says where. */
export class AlarmRuleSyntaxError extends Error {
  override readonly name = "AlarmRuleSyntaxError";
}

const MOST_ALARMS = 100;
const MOST_ELEMENTS = 500;
const STATES = ["ALARM", "OK", "INSUFFICIENT_DATA"] as const;

interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly at: number;
}

/** Raises AlarmRuleSyntaxError. */
export function parseRule(text: string): AlarmRule {
  const reader = new Reader(text);
  const rule = reader.anyOf();
  reader.end();
  if (reader.elements > MOST_ELEMENTS)
    throw new AlarmRuleSyntaxError(`AlarmRule has more than ${MOST_ELEMENTS} elements`);
  if (new Set(ruleAlarms(rule)).size > MOST_ALARMS) {
    throw new AlarmRuleSyntaxError(`AlarmRule has more than ${MOST_ALARMS} alarms`);
  }
  return rule;
}

/** The alarms that a rule names, by name or ARN, in its order. */
export function ruleAlarms(rule: AlarmRule): string[] {
  switch (rule.kind) {
    case "constant":
      return [];
    case "state":
      return [rule.alarm];
    case "at-least":
      return [...rule.alarms];
    case "not":
      return ruleAlarms(rule.rule);
    case "and":
    case "or":
      return rule.rules.flatMap(ruleAlarms);
  }
}

/** `stateOf` answers undefined for an alarm that is not there: it is in no state. */
export function evaluateRule(rule: AlarmRule, stateOf: (alarm: string) => ConditionState | undefined): boolean {
  switch (rule.kind) {
    case "constant":
      return rule.value;
    case "state":
      return stateOf(rule.alarm) === rule.state;
    case "not":
      return !evaluateRule(rule.rule, stateOf);
    case "and":
      return rule.rules.every((part) => evaluateRule(part, stateOf));
    case "or":
      return rule.rules.some((part) => evaluateRule(part, stateOf));
    case "at-least": {
      const count = rule.alarms.filter((alarm) => (stateOf(alarm) === rule.state) !== rule.not).length;
      return rule.percent ? (count / rule.alarms.length) * 100 >= rule.amount : count >= rule.amount;
    }
  }
}

/** Reads a rule from left to right; NOT binds more tightly than AND, AND more than OR. */
class Reader {
  elements = 0;
  readonly #tokens: readonly Token[];
  readonly #text: string;
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  anyOf(): AlarmRule {
    const rules = [this.#allOf()];
    while (this.#takeWord("OR")) rules.push(this.#allOf());
    const [only] = rules;
    return rules.length === 1 && only !== undefined ? only : { kind: "or", rules };
  }

  #allOf(): AlarmRule {
    const rules = [this.#one()];
    while (this.#takeWord("AND")) rules.push(this.#one());
    const [only] = rules;
    return rules.length === 1 && only !== undefined ? only : { kind: "and", rules };
  }

  #one(): AlarmRule {
    if (this.#takeWord("NOT")) return { kind: "not", rule: this.#one() };
    if (this.#take("(")) {
      this.elements += 2;
      const rule = this.anyOf();
      this.#expect(")");
      return rule;
    }
    this.elements += 1;
    if (this.#takeWord("TRUE")) return { kind: "constant", value: true };
    if (this.#takeWord("FALSE")) return { kind: "constant", value: false };
    if (this.#takeWord("AT_LEAST")) return this.#atLeast();
    const state = this.#state();
    this.#expect("(");
    const alarm = this.#name();
    this.#expect(")");
    return { kind: "state", state, alarm };
  }

  #atLeast(): AlarmRule {
    this.#expect("(");
    const { text, at } = this.#any("a number");
    const [, digits, percent] = /^(\d+)(%?)$/.exec(text) ?? [];
    if (digits === undefined) throw this.#wrong(`a number or a percentage is expected instead of ${text}`, at);
    this.#expect(",");
    const not = this.#takeWord("NOT");
    const state = this.#state();
    this.#expect(",");
    this.#expect("(");
    const alarms = [this.#name()];
    while (this.#take(",")) alarms.push(this.#name());
    this.#expect(")");
    this.#expect(")");
    const amount = Number(digits);
    if (amount < 1 || amount > (percent === "%" ? 100 : alarms.length)) {
      throw this.#wrong(`${text} of ${alarms.length} alarms cannot be`, at);
    }
    this.elements += alarms.length - 1;
    return { kind: "at-least", amount, percent: percent === "%", not, state, alarms };
  }

  #state(): ConditionState {
    const { text, at } = this.#any("ALARM, OK, INSUFFICIENT_DATA, TRUE, FALSE or AT_LEAST");
    const state = STATES.find((name) => name === text.toUpperCase());
    if (state === undefined) throw this.#wrong(`${text} is no function`, at);
    return state;
  }

  #name(): string {
    const { text, quoted, at } = this.#any("an alarm's name or ARN");
    if (!quoted && ["(", ")", ","].includes(text)) throw this.#wrong("an alarm's name or ARN is expected", at);
    if (text === "") throw this.#wrong("an alarm's name is empty", at);
    return text;
  }

  end(): void {
    const token = this.#tokens[this.#next];
    if (token !== undefined) throw this.#wrong(`${token.text} was not expected`, token.at);
  }

  #any(wanted: string): Token {
    const token = this.#tokens[this.#next++];
    if (token === undefined) throw this.#wrong(`${wanted} is expected`, this.#text.length);
    return token;
  }

  #take(sign: string): boolean {
    const token = this.#tokens[this.#next];
    if (token?.text !== sign || token.quoted) return false;
    this.#next++;
    return true;
  }

  #takeWord(word: string): boolean {
    const token = this.#tokens[this.#next];
    if (token === undefined || token.quoted || token.text.toUpperCase() !== word) return false;
    this.#next++;
    return true;
  }

  #expect(sign: string): void {
    const token = this.#tokens[this.#next];
    if (!this.#take(sign)) throw this.#wrong(`${sign} is expected`, token?.at ?? this.#text.length);
  }

  #wrong(what: string, at: number): AlarmRuleSyntaxError {
    return new AlarmRuleSyntaxError(`AlarmRule is not valid: ${what}, at character ${at + 1}`);
  }
}

/** Words, names in double quotes (`\"` inside), brackets and commas. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|([(),])|"((?:\\.|[^"\\])*)"|([^\s(),"]+)/gy;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const [whole, sign, name, word] = pattern.exec(text) ?? [];
    if (whole === undefined)
      throw new AlarmRuleSyntaxError(`AlarmRule is not valid: a quote is not closed, at character ${at + 1}`);
    if (name !== undefined) tokens.push({ text: name.replace(/\\(.)/g, "$1"), quoted: true, at });
    else if (sign !== undefined || word !== undefined) tokens.push({ text: sign ?? word ?? "", quoted: false, at });
  }
  return tokens;
}
