/**
 * The test cases of the serverless-application-model project: those in `conformance-passing.json` must pass, and a case
 * that newly passes must be put there. `npm run conformance` prints a table of them.
 */
import { describe, expect, it } from "vitest";
import { caseNames, runCase } from "./conformance-fixture.ts";
import passing from "./conformance-passing.json" with { type: "json" };

const names = caseNames();

describe.skipIf(names === undefined)(
  `SAM conformance (cases in ../shared/conformance/sam${names === undefined ? " are not there: skipped" : ""})`,
  () => {
    it("passes exactly the cases that are listed", () => {
      const outcomes = (names ?? []).map((name) => ({ name, outcome: runCase(name) }));
      const those = (kind: string) => outcomes.filter(({ outcome }) => outcome.kind === kind).map(({ name }) => name);
      expect(those("passes")).toEqual(passing);
      expect(those("differs")).toEqual([]);
    });
  },
);
