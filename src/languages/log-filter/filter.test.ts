import { describe, expect, it } from "vitest";
import { compileFilter, parseFilter } from "./filter.ts";
import { FilterSyntaxError } from "./syntax.ts";

function matching(pattern: string, messages: readonly string[]): readonly string[] {
  return messages.filter(compileFilter(pattern));
}

describe("a pattern of terms", () => {
  const messages = [
    "[ERROR 400] BAD REQUEST",
    "[ERROR 401] UNAUTHORIZED REQUEST",
    "[ERROR 419] MISSING ARGUMENTS",
    "[INFO] REQUEST FAILED",
  ];

  it.each([
    ["", [0, 1, 2, 3]],
    ['" "', [0, 1, 2, 3]],
    ["ERROR", [0, 1, 2]],
    ["error", []],
    ["ERROR ARGUMENTS", [2]],
    ["AUTHORIZED", [1]],
    ["?BAD ?ARGUMENTS", [0, 2]],
    ["?BAD ?ARGUMENTS REQUEST", [0, 1, 3]],
    ["ERROR -ARGUMENTS", [0, 1]],
    ['"ERROR" - "ARGUMENTS"', [0, 1]],
    ["-ERROR", [3]],
    ['"BAD REQUEST"', [0]],
    ['"[ERROR 401]"', [1]],
    ["%4[0-9]{2}%", [0, 1, 2]],
    ["%AUTHORIZED% -FAILED", [1]],
    ["?%^.INFO% ?BAD", [0, 3]],
  ])("%j finds what it says", (pattern, expected) => {
    expect(matching(pattern, messages)).toEqual(expected.map((index) => messages[index]));
  });

  it("takes quotes and backslashes within quotes by escape", () => {
    expect(matching(String.raw`"say \"hi\""`, ['say "hi"', "say hi"])).toEqual(['say "hi"']);
    expect(matching(String.raw`"a\\b"`, [String.raw`a\b`, "ab"])).toEqual([String.raw`a\b`]);
  });

  it.each([
    ["a:b", "Invalid character(s) in term 'a:b'"],
    ["time-out", "Invalid character(s) in term 'time-out'"],
    ["?", "Invalid filter pattern"],
    ['"open', "Invalid filter pattern"],
    ["%open", "Invalid filter pattern"],
    ["%a% %b% %c%", "Invalid filter pattern"],
  ])("%j is refused", (pattern, message) => {
    expect(() => compileFilter(pattern)).toThrow(new FilterSyntaxError(message));
  });
});

describe("a pattern for JSON", () => {
  const event = JSON.stringify({
    eventType: "UpdateTrail",
    sourceIPAddress: "111.111.111.111",
    arrayKey: ["value", "another value"],
    objectList: [
      { name: "a", id: 1 },
      { name: "b", id: 2 },
    ],
    coordinates: [[0, 1, 2]],
    SomeObject: null,
    ThisFlag: true,
    Off: false,
    latency: 50,
    code: "404",
    "cluster.name": "c",
    "user-id": "u",
    tiny: 0.001,
  });

  it.each([
    ['{ $.eventType = "UpdateTrail" }', true],
    ["{$.eventType=UpdateTrail}", true],
    ["{ $.eventType = Update* }", true],
    ["{ $.eventType = *Trail }", true],
    ['{ $.eventType = "*date*" }', true],
    ["{ $.eventType = Up*Trail }", false],
    ["{ $.eventType = * }", true],
    ["{ $.missing = * }", false],
    ["{ $.eventType != UpdateTrail }", false],
    ["{ $.eventType != Other }", true],
    ["{ $.missing != Other }", false],
    ["{ $.sourceIPAddress != 123.123.* }", true],
    ['{ $.arrayKey[0] = "value" }', true],
    ['{ $.arrayKey[2] = "value" }', false],
    ['{ $.arrayKey = "value" }', false],
    ['{ $.arrayKey != "value" }', false],
    ["{ $.objectList[1].id = 2 }", true],
    ["{ $.coordinates[0][1] = 1 }", true],
    ["{ $.eventType = %Trail% }", true],
    ["{ $.eventType != %Trail% }", false],
    ["{ $.arrayKey[*] = %val.{2}% }", true],
    [String.raw`{ $.* = %111\.111\.111\.1[0-9]{1,2}% }`, true],
    ["{ $.['cluster.name'] = \"c\" }", true],
    ['{ $["cluster.name"] = c }', true],
    ["{ $.user-id = u }", true],
    ["{ $.SomeObject IS NULL }", true],
    ["{ $.missing IS NULL }", false],
    ["{ $.ThisFlag IS TRUE }", true],
    ["{ $.Off is false }", true],
    ["{ $.Off IS TRUE }", false],
    ["{ $.missing NOT EXISTS }", true],
    ["{ $.SomeObject NOT EXISTS }", false],
    ["{ $.toString NOT EXISTS }", true],
    ["{ $.latency > 49 }", true],
    ["{ $.latency >= 50 }", true],
    ["{ $.latency < 50 }", false],
    ["{ $.latency <= +50 }", true],
    ["{ $.latency = 5e1 }", true],
    ["{ $.latency = 50.0 }", true],
    ["{ $.latency != 50 }", false],
    ["{ $.latency = 5* }", true],
    ["{ $.tiny = 1e-3 }", true],
    ["{ $.code = 404 }", true],
    ["{ $.eventType > 5 }", false],
    ["{ $.latency = 1 || $.code = 404 && $.Off IS FALSE }", true],
    ["{ ($.latency = 50 || $.code = 404) && $.Off IS TRUE }", false],
    ["{ (($.latency = 50)) }", true],
  ])("%j matches: %j", (pattern, expected) => {
    expect(compileFilter(pattern)(event)).toBe(expected);
  });

  it("matches no message that is no JSON object", () => {
    expect(matching("{ $.a = * }", ["plain", "{broken", '"text"', "5", "null", "", '{"a":1}', ' {"a":"x"}\n'])).toEqual(
      ['{"a":1}', ' {"a":"x"}\n'],
    );
  });

  it("gives the values that it names, and any other by its selector", () => {
    const filter = parseFilter("{ $.latency = * && $.eventType = * || $.missing = * }");
    expect(filter.match(event)).toEqual({ matches: true, fields: { "$.latency": "50", "$.eventType": "UpdateTrail" } });
    expect(filter.fieldNames).toEqual(["$.latency", "$.eventType", "$.missing"]);
    expect(filter.field(event, "$.objectList[1].name")).toBe("b");
    expect(filter.field(event, "$.nowhere")).toBeUndefined();
    expect(filter.field("no json", "$.latency")).toBeUndefined();
    expect(() => filter.field(event, "latency")).toThrow(FilterSyntaxError);
  });

  it.each([
    "{ $.a = }",
    "{ $.a }",
    "{ a = 1 }",
    "{ $.a = 1",
    "{ $.a = 1 } x",
    "{ ($.a = 1 }",
    "{ $.a = 1 && }",
    "{ $.a = 1 & $.b = 2 }",
    "{ $.a IS NOT NULL }",
    "{ $.a EXISTS }",
    '{ $.a > "x" }',
    "{ $.a > x }",
    "{ $.a > %x% }",
    "{ $.*.* = 1 }",
    "{ $.*=1 || $.*=2 || $.*=3 || $.*=4 }",
    "{ $.a=%1% || $.a=%2% || $.a=%3% }",
    "{ $. a = 1 }",
    "{}",
    `{ ${"(".repeat(5000)}$.a = 1 }`,
  ])("%j is refused", (pattern) => {
    expect(() => compileFilter(pattern)).toThrow(new FilterSyntaxError("Invalid filter pattern"));
  });

  it("names a term that has to be in quotes", () => {
    expect(() => compileFilter("{ $.a = b@c }")).toThrow("Invalid character(s) in term 'b@c'");
  });
});

describe("a pattern for words between spaces", () => {
  const apache = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';

  it("names the words, with those in brackets and quotes as one", () => {
    const filter = parseFilter("[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]");
    expect(filter.match(apache)).toEqual({
      matches: true,
      fields: {
        $ip: "127.0.0.1",
        $user: "Prod",
        $username: "frank",
        $timestamp: "10/Oct/2000:13:25:15 -0700",
        $request: "GET /index.html HTTP/1.0",
        $status_code: "404",
        $bytes: "1534",
      },
    });
    expect(filter.field(apache, "$bytes")).toBe("1534");
    expect(filter.field(apache, "$other")).toBeUndefined();
    expect(filter.fieldNames).toContain("$status_code");
  });

  it("numbers the words that it does not name", () => {
    expect(parseFilter("[..., request=*.html*, status_code=4*,]").match(apache).fields).toEqual({
      $1: "127.0.0.1",
      $2: "Prod",
      $3: "frank",
      $4: "10/Oct/2000:13:25:15 -0700",
      $request: "GET /index.html HTTP/1.0",
      $status_code: "404",
      $7: "1534",
    });
  });

  it.each([
    [String.raw`[ip=%127\.0\.0\.[1-9]%, ...]`, true],
    ["[..., status_code, bytes > 1000]", true],
    ["[..., status_code, bytes > 1534]", false],
    ["[ip, user, ..., status_code = 404, bytes]", true],
    ["[..., status = 404 || status = 410, bytes]", true],
    ["[..., status = 4* && status != 404, bytes]", false],
    ["[..., (status = 5* || status = 4*) && status != 403, bytes]", true],
    ["[a, b, c, d, e, f, g, h]", false],
    ["[a, b, c, d, e, f, g, ...]", true],
    ["[a, b, c, d, e, f, g, ..., h]", false],
    ["[...]", true],
    ["[a, b = Prod, rest]", true],
    ["[a != 127.*, ...]", false],
    ["[a=!127.*, ...]", false],
  ])("%j matches: %j", (pattern, expected) => {
    expect(compileFilter(pattern)(apache)).toBe(expected);
  });

  it("lets the last word take all that is left of the message", () => {
    const messages = ["ERROR 09/25/2014 Failed to process", "WARNING 09/25/2014 Invalid", "INFO ok", "ERROR"];
    expect(matching("[w1=ERROR, w2]", messages)).toEqual([messages[0]]);
    expect(matching("[w1=ERROR]", messages)).toEqual(["ERROR"]);
    expect(matching("[w1=ERROR || w1=WARNING, w2]", messages)).toEqual([messages[0], messages[1]]);
    expect(matching("[w1!=ERROR && w1!=WARNING, w2]", messages)).toEqual(["INFO ok"]);
    const lambda = '2026-01-01T00:00:00.000Z a1-b2 {"level": "x"}';
    expect(parseFilter('[timestamp=*Z, request_id="*-*", event]').match(lambda).fields["$event"]).toBe(
      '{"level": "x"}',
    );
  });

  it("leaves a quote that does not end as it is", () => {
    expect(parseFilter("[a, b, c]").match('x "y z').fields).toEqual({ $a: "x", $b: '"y', $c: "z" });
    expect(parseFilter("[a, b]").match('x ["y"]').fields).toEqual({ $a: "x", $b: '"y"' });
  });

  it.each([
    "[a, b",
    "[a b]",
    "[a, ..., ...]",
    "[a, a]",
    "[a = 1 && b = 2]",
    "[a = ]",
    "[a] x",
    "[a=%1%, b=%2%, c=%3%]",
    "[a, …]",
  ])("%j is refused", (pattern) => {
    expect(() => compileFilter(pattern)).toThrow(new FilterSyntaxError("Invalid filter pattern"));
  });
});
