/** A line of an API key file: fields may stand in quotes of either kind, and then have commas. */
import { expect, it } from "vitest";
import { fieldsOf } from "./key-import.ts";

it.each([
  ["a,b,c", ["a", "b", "c"]],
  [" a , b ,", ["a", "b", ""]],
  [",,", ["", "", ""]],
  [`true,"one, two",'c7y23b,glvrsr',last`, ["true", "one, two", "c7y23b,glvrsr", "last"]],
  [`"say ""yes""", "x" ,it's`, ['say "yes"', "x", "it's"]],
  [`"","a"`, ["", "a"]],
])("reads %s", (line, fields) => {
  expect(fieldsOf(line)).toEqual(fields);
});
