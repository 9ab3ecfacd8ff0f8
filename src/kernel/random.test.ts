/** Chances: fair without a seed, the same each time with one. */
import { expect, it } from "vitest";
import { createRandom, type Random } from "./random.ts";

const draw = (random: Random, sequence?: string): number[] =>
  Array.from({ length: 20 }, () => random.fraction(sequence));

it("the same seed gives the same ids and chances, another one others", () => {
  const [one, same, other] = [createRandom("a"), createRandom("a"), createRandom("b")];
  const uuid = one.uuid();
  expect(same.uuid()).toBe(uuid);
  expect(other.uuid()).not.toBe(uuid);
  expect(draw(one)).toEqual(draw(same));
});

it("a sequence of its own does not depend on what else is drawn, nor on the other sequences", () => {
  const [quiet, busy] = [createRandom("a"), createRandom("a")];
  const expected = draw(quiet, "alias");
  busy.uuid();
  draw(busy, "another");
  expect(draw(busy, "alias")).toEqual(expected);
  expect(draw(createRandom("a"), "another")).not.toEqual(expected);
});

it("fractions are spread evenly, with a seed and without", () => {
  for (const random of [createRandom(), createRandom("a")]) {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let count = 0; count < 10_000; count++) {
      const tenth = Math.floor(random.fraction("alias") * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    // 5.4 standard deviations: once in two million runs by chance.
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(162);
  }
});
