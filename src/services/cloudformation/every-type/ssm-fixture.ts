/** For the tests: Systems Manager's type. */
import type { TypeCases } from "./case-fixture.ts";

const expiration = JSON.stringify([
  { Type: "Expiration", Version: "1.0", Attributes: { Timestamp: "2030-01-01T00:00:00.000Z" } },
]);

export const ssmTypes: TypeCases = {
  "AWS::SSM::Parameter": {
    // Advanced from the start: no parameter goes back from that tier.
    first: { Name: "/app/parameter", Type: "String", Value: "one", Tier: "Advanced" },
    changed: {
      Name: "/app/parameter",
      Type: "StringList",
      Value: "two,three",
      Tier: "Advanced",
      Description: "some",
      AllowedPattern: "[a-z]+",
      DataType: "text",
      Policies: expiration,
      Tags: { a: "1" },
    },
    replaced: { Type: "String", Value: "one" },
  },
};
