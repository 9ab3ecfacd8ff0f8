/** The journeys' own measure: it must not let everything pass. */
import { expect, it } from "vitest";
import { binomialInterval } from "./binomial.ts";

it("the interval is that of the tables", () => {
  // The sums of the distribution itself, reckoned with exact fractions.
  expect(binomialInterval(60, 0.1)).toEqual([1, 13]);
  expect(binomialInterval(60, 0.5)).toEqual([20, 40]);
  expect(binomialInterval(300, 0.1)).toEqual([17, 44]);
  expect(binomialInterval(60, 0)).toEqual([0, 0]);
  expect(binomialInterval(60, 1)).toEqual([60, 60]);
});
