/** What only accounts with very many parameters meet. */
import { describe, expect, it } from "vitest";
import { tierFor, type TierQuestion } from "./rules.ts";

const full = { Standard: 10_000, Advanced: 100_000 };
const ask = (question: Partial<TierQuestion>, counts: Readonly<Record<string, number>> = full) =>
  tierFor({
    asked: undefined,
    current: undefined,
    value: "x",
    hasPolicies: false,
    countOf: (tier) => counts[tier] ?? 0,
    ...question,
  });

describe("a tier that is full", () => {
  it("takes no new parameter", () => {
    expect(() => ask({ asked: "Standard" })).toThrow(
      "You have reached the maximum number of standard parameters for this AWS account and Region (10000). To add more parameters, either delete existing parameters or upgrade to the advanced-parameter tier (charges apply).",
    );
    expect(() => ask({ asked: "Advanced" })).toThrow("maximum number of advanced parameters");
  });

  it("keeps those that it has, whose versions go on", () => {
    expect(ask({ current: "Standard" })).toBe("Standard");
    expect(ask({ current: "Advanced", asked: "Intelligent-Tiering" })).toBe("Advanced");
  });

  it("makes Intelligent-Tiering choose the other", () => {
    expect(ask({ asked: "Intelligent-Tiering" }, { Standard: 10_000 })).toBe("Advanced");
    expect(ask({ asked: "Intelligent-Tiering" }, { Standard: 9_999 })).toBe("Standard");
  });
});
