/**
 * The test cases of the serverless-application-model project, when they lie at ../shared/conformance/sam: its good ones have no error, its
 * bad ones have one with a place. What SAM takes is not all that AWS takes: those of its good cases that AWS would refuse are named here.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { check } from "../check.ts";

const CASES = fileURLToPath(new URL("../../../shared/conformance/sam/input/", import.meta.url));
const isThere = existsSync(CASES);

const HOOK = "hooks whose names do not begin with CodeDeployHook_, which is all that CodeDeploy's role may call";

/** Good cases of SAM's whose output AWS would not deploy: the case, and the rules that say so. */
const REFUSED: Readonly<Record<string, string>> = {
  api_http_with_default_iam_authorizer: "refers to a user pool and a parameter that it does not declare",
  api_with_custom_base_path: "refers to a hosted zone that it does not declare",
  api_with_merge_definitions_null_paths: "hands a null on",
  api_with_security_definition_and_components: "hands a null on",
  api_with_security_definition_and_none_components: "hands a null on",
  connector_dependson_replace: "its resources are stubs",
  connector_function_to_sqs: "depends on a resource that it does not declare",
  connector_hardcoded_props: 'its resources are stubs ("Intentionally not complete")',
  connector_with_non_id_source_and_destination: "its state machine has a role that trusts Lambda",
  eventbridgerule_with_dlq: 'a policy about the resource "Arn"',
  function_with_conditional_policy_template: 'a policy about the resource "Dummy Secret Arn"',
  function_with_conditional_policy_template_and_ref_no_value: 'a policy about the resource "Dummy Secret Arn"',
  function_with_deployment_no_service_role_with_passthrough: "a deployment role without any policy",
  function_with_deployment_no_service_role_without_passthrough: "a deployment role without any policy",
  function_with_deployment_preference_multiple_combinations: HOOK,
  function_with_deployment_preference_multiple_combinations_conditions_with_passthrough: HOOK,
  function_with_deployment_preference_multiple_combinations_conditions_without_passthrough: HOOK,
  function_with_event_dest: 'a policy about the resource "event-bus-arn"',
  function_with_event_filtering: "a table without keys",
  function_with_event_schedule_state: "EventBridge knows ENABLED, not Enabled",
  function_with_intrinsics_resource_attribute: "a DeletionPolicy that is a function, without AWS::LanguageExtensions",
  function_with_recursive_loop: "a RecursiveLoop that is none",
  function_with_resource_refs: "asks an alias for an attribute Name",
  function_with_tracing: "tracing modes that are none",
  globals_for_function: "values that are none",
  http_api_existing_openapi: "refers to a function that it does not declare",
  intrinsic_functions: "calls Fn::Ref",
  managed_policies_everything: "a policy without statements",
  schema_validation_1: "refers to a log group and to parameters that it does not declare",
  schema_validation_3: "resources of the type AWS::Foo::Bar",
  state_machine_with_schedule: "refers to parameters that it does not declare",
  state_machine_with_schedule_dlq_retry_policy: 'a policy about the resource "Arn"',
  unsupported_resources: "resources without a type and of the type AWS::Other::ABCD",
};

/** SAM's repository of applications makes this case fail, not its text. */
const NOT_OF_THE_TEXT = new Set(["error_application_preparing_timeout"]);

/** The case as a template: the cases are run through SAM whether they ask for it or not, and most do not. */
function template(name: string): { path: string; text: string } {
  const text = readFileSync(`${CASES}${name}.yaml`, "utf8");
  const sections =
    /^(?=(?:AWSTemplateFormatVersion|Conditions|Description|Globals|Mappings|Metadata|Outputs|Parameters|Resources):)/m;
  return {
    path: `${name}.yaml`,
    text: text.includes("AWS::Serverless-2016-10-31")
      ? text
      : text.replace(sections, "Transform: AWS::Serverless-2016-10-31\n"),
  };
}

/** Whether a file that a case names is there: none is. */
const isThereFile = (path: string): boolean => /^(?!my-invalid)/.test(path);

describe.skipIf(!isThere)(`SAM's own cases (${isThere ? "in" : "not at"} ../shared/conformance/sam)`, () => {
  const names = isThere ? readdirSync(CASES).map((file) => file.replace(/\.yaml$/, "")) : [];
  const errorsOf = new Map<string, readonly { rule: string; line: number }[]>();
  const options = { region: "ap-southeast-1", isThere: isThereFile };
  for (const { file, severity, rule, position } of isThere ? check(names.map(template), options).findings : []) {
    const name = file.replace(/\.yaml$/, "");
    if (severity === "error") errorsOf.set(name, [...(errorsOf.get(name) ?? []), { rule, line: position.line }]);
  }

  it("have no error where they are good, but for those that AWS would refuse", () => {
    const refused = names.filter((name) => !name.startsWith("error_") && errorsOf.has(name));
    expect(refused).toEqual(Object.keys(REFUSED));
  });

  it("have an error with a place where they are bad", () => {
    const silent = names.filter((name) => name.startsWith("error_") && !errorsOf.has(name));
    expect(silent.filter((name) => !NOT_OF_THE_TEXT.has(name))).toEqual([]);
  });
});
