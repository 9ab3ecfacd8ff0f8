/** Rules hold assertions against parameters, with the functions that only they have. */
import { describe, expect, it } from "vitest";
import { checkTemplate } from "./check-template.ts";
import { bindParameters, parameterValues } from "./parameters.ts";
import { checkRules, type RuleScope } from "./rules.ts";
import { readTemplate } from "./template.ts";

const PARAMETERS = `
Parameters:
  Env: {Type: String, Default: prod}
  Size: {Type: String, Default: m5.large}
  Users: {Type: CommaDelimitedList, Default: ''}
  Vpc: {Type: 'AWS::EC2::VPC::Id', Default: vpc-1}
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>', Default: 'subnet-1,subnet-2'}
Resources: {A: {Type: T}}
`;

const VPCS: Readonly<Record<string, string>> = { "subnet-1": "vpc-1", "subnet-2": "vpc-1", "subnet-9": "vpc-2" };

/** Checks one rule with the assertion that the YAML has. */
function check(assert: string, given: Readonly<Record<string, string>> = {}, more: Partial<RuleScope> = {}): void {
  const template = readTemplate(
    `${PARAMETERS}Rules: {R: {RuleCondition: !Equals [!Ref Env, prod], Assertions: [{Assert: ${assert}, AssertDescription: not so}]}}`,
  );
  checkTemplate(template);
  checkRules(template.rules, {
    parameters: parameterValues(bindParameters(template.parameters, new Map(Object.entries(given)))),
    declarations: template.parameters,
    mappings: {},
    pseudo: {
      accountId: "1",
      region: "eu-west-1",
      partition: "aws",
      urlSuffix: "s",
      stackName: "n",
      stackId: "i",
      notificationArns: [],
    },
    attributeOf: (_type, value, attribute) => (attribute === "VpcId" ? (VPCS[value] ?? "") : ["IT", "IT"]),
    ...more,
  });
}

const NOT_SO = "Template constraint violations: not so";

describe("a rule", () => {
  it.each([
    ["!Contains [[m5.large, m5.xlarge], !Ref Size]", { Size: "m5.xlarge" }, { Size: "t3.micro" }],
    ["!Not [!Contains [!Ref Users, '']]", { Users: "ann,bob" }, { Users: "" }],
    ["!EachMemberEquals [!Ref Users, ann]", { Users: "ann,ann" }, { Users: "ann,bob" }],
    ["!EachMemberIn [!Ref Users, [ann, bob]]", { Users: "bob,ann" }, { Users: "ann,eve" }],
    ["!And [!Equals [!Ref Size, a], !Equals [!Ref 'AWS::Region', eu-west-1]]", { Size: "a" }, { Size: "b" }],
    ["!Or [!Equals [!Ref Size, a], !Equals [!Ref Size, b]]", { Size: "b" }, { Size: "c" }],
    [
      "!EachMemberIn [!ValueOfAll ['AWS::EC2::Subnet::Id', VpcId], !RefAll 'AWS::EC2::VPC::Id']",
      {},
      { Subnets: "subnet-9" },
    ],
    [
      "!Equals [!ValueOf [Subnets, VpcId], !RefAll 'AWS::EC2::VPC::Id']",
      { Subnets: "subnet-1" },
      { Subnets: "subnet-9" },
    ],
    ["!EachMemberEquals [!ValueOfAll ['AWS::EC2::VPC::Id', Tags.Department], IT]", {}, undefined],
  ])("with %s tells right from wrong", (assert, right, wrong) => {
    expect(() => {
      check(assert, right);
    }).not.toThrow();
    if (wrong === undefined) return;
    expect(() => {
      check(assert, wrong);
    }).toThrow(NOT_SO);
  });

  it("does not count where its condition does not hold", () => {
    check("!Equals [1, 2]", { Env: "test" });
    expect(() => {
      check("!Equals [1, 2]");
    }).toThrow(NOT_SO);
  });

  it.each([
    ["!And [!Equals [1, 1]]", "every Fn::And object requires a list of at least 2 and at most 10 parameters."],
    ["!Not [!Equals [1, 1], !Equals [1, 1]]", "every Fn::Not object requires a list of 1 parameters."],
    ["!Contains [[a]]", "every Fn::Contains object requires a list of 2 parameters."],
    ["!Contains [!GetAZs '', a]", "a rule cannot use Fn::GetAZs for a value"],
    ["!Contains [!Ref Nobody, a]", "Unresolved dependencies [Nobody]. Cannot reference resources in the Rules block"],
    ["!Contains [!Ref A, a]", "Unresolved dependencies [A]. Cannot reference resources in the Rules block"],
    ["{Condition: C}", "a rule cannot refer to the condition C"],
  ])("is refused with %s", (assert, message) => {
    expect(() => {
      check(assert);
    }).toThrow(message);
  });

  it("says what it would have to be told by a service that is not there", () => {
    expect(() => {
      check("!EachMemberEquals [!ValueOf [Subnets, VpcId], vpc-1]", {}, { attributeOf: undefined });
    }).toThrow(
      "Fn::ValueOf asks for VpcId of the parameter Subnets (AWS::EC2::Subnet::Id), and there is no service here",
    );
  });
});
