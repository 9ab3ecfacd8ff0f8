/** What aws-sam-translator makes of valid templates must pass: a fault that is none would stop a good deployment. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadSchemaCatalogue } from "../../schema-catalogue.ts";
import { TemplateError } from "../template-error.ts";
import { templateOf, type Template } from "../template.ts";
import type { JsonObject } from "../value.ts";
import { attributeFaults } from "./attributes.ts";
import { faultsOf } from "./faults.ts";

const folder = fileURLToPath(new URL("../../../../shared/conformance/sam/output", import.meta.url));

/** The mistakes that the fixtures themselves have: AWS would refuse each. */
const REAL = [
  "connector_function_to_sqs MyRole #/ManagedPolicyArns/0: failed validation constraint for keyword [pattern]",
  "eventbridgerule_with_dlq ScheduledFunctionScheduleV2 #/Target/DeadLetterConfig/Arn: failed validation constraint for keyword [pattern]",
  "function_with_event_dest MyTestFunction2EventInvokeConfig #/DestinationConfig/OnFailure/Destination: failed validation constraint for keyword [pattern]",
  "function_with_event_dest MyTestFunctionEventInvokeConfig #/DestinationConfig/OnFailure/Destination: failed validation constraint for keyword [pattern]",
  "function_with_event_dest MyTestFunctionEventInvokeConfig #/DestinationConfig/OnSuccess/Destination: failed validation constraint for keyword [pattern]",
  "globals_for_function FunctionWithOverrides #/VpcConfig/SubnetIds/0: failed validation constraint for keyword [pattern]",
  "globals_for_function MinimalFunction #/VpcConfig/SubnetIds/0: failed validation constraint for keyword [pattern]",
  "managed_policies_everything MyFunctionRole #/ManagedPolicyArns/3: failed validation constraint for keyword [pattern]",
  "managed_policies_everything MyFunctionRole #/ManagedPolicyArns/6: failed validation constraint for keyword [pattern]",
  "managed_policies_everything MyStateMachineRole #/ManagedPolicyArns/2: failed validation constraint for keyword [pattern]",
  "managed_policies_everything MyStateMachineRole #/ManagedPolicyArns/5: failed validation constraint for keyword [pattern]",
  "managed_policies_minimal MyFunctionRole #/ManagedPolicyArns/1: failed validation constraint for keyword [pattern]",
  "managed_policies_minimal MyStateMachineRole #/ManagedPolicyArns/0: failed validation constraint for keyword [pattern]",
  "state_machine_with_schedule_dlq_retry_policy StateMachineScheduleEventV2 #/Target/DeadLetterConfig/Arn: failed validation constraint for keyword [pattern]",
  "connector_dependson_replace SomeFunction #: required key [Code] not found",
  "connector_dependson_replace SomeTable #: required key [KeySchema] not found",
  "connector_esm_dependson MyFunction #: required key [Code] not found",
  "connector_esm_dependson MyTable #: required key [KeySchema] not found",
  "connector_hardcoded_props MyFunction #: required key [Code] not found",
  "connector_hardcoded_props MyFunction #: required key [Role] not found",
  "connector_hardcoded_props MySfn #: required key [RoleArn] not found",
  "function_with_event_filtering DynamoDBTable #: required key [KeySchema] not found",
  "function_with_event_schedule_state ScheduledFunctionSchedule1 #/State: failed validation constraint for keyword [enum]",
  "function_with_recursive_loop RecursiveLoopFunction #/RecursiveLoop: failed validation constraint for keyword [enum]",
  "function_with_resource_refs MyBucket #: extraneous key [Name] is not permitted",
  "function_with_resource_refs resource FunctionWithoutAlias does not support attribute type Alias.Name",
  "function_with_resource_refs resource MinimalFunctionAliaslive does not support attribute type Name",
  "function_with_tracing NumberValueTracingFunction #/TracingConfig/Mode: failed validation constraint for keyword [enum]",
  "function_with_tracing RandomValueTracingFunction #/TracingConfig/Mode: failed validation constraint for keyword [enum]",
  "globals_for_function FunctionWithOverrides #/RecursiveLoop: failed validation constraint for keyword [enum]",
  "globals_for_function FunctionWithOverrides #/RuntimeManagementConfig/UpdateRuntimeOn: failed validation constraint for keyword [enum]",
  "globals_for_function MinimalFunction #/RecursiveLoop: failed validation constraint for keyword [enum]",
  "schema_validation_3: no Foo::Bar::Egg",
  "schema_validation_3: no Foo::Serverless::Egg",
  "schema_validation_3: no AWS::Foo::Bar",
  "connector_dependson_replace: no AWS::Foo::Bar",
  "unsupported_resources: Template format error: [/Resources/ResourceMissingTypeShouldBeAccepted] Every Resources object must contain a Type member.",
];

/** Some fixtures have functions there, which only AWS::LanguageExtensions takes. */
function withoutPolicies(key: string, value: unknown): unknown {
  return key === "DeletionPolicy" || key === "UpdateReplacePolicy" ? undefined : value;
}

function read(source: JsonObject): Template | string {
  try {
    return templateOf(source);
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

function* faults(): Iterable<string> {
  const catalogue = loadSchemaCatalogue();
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const name = basename(file, ".json");
    if (!file.endsWith(".json") || name.startsWith("error_")) continue;
    const source: JsonObject = JSON.parse(readFileSync(join(folder, file), "utf8"), withoutPolicies);
    const template = read(source);
    if (typeof template === "string") {
      yield `${name}: ${template}`;
      continue;
    }
    for (const [id, { type, properties }] of template.resources) {
      const schema = catalogue.get(type);
      if (schema === undefined) yield `${name}: no ${type}`;
      else {
        for (const { message } of faultsOf(schema, properties, { form: "written" }))
          yield `${name} ${id} ${message.split("\n").at(-1)}`;
      }
    }
    for (const { logicalId, attribute } of attributeFaults(template, catalogue))
      yield `${name} resource ${logicalId} does not support attribute type ${attribute}`;
  }
}

describe.skipIf(!existsSync(folder))("the schemas against what SAM makes", () => {
  it("find what is wrong with it and nothing else", () => {
    expect([...new Set(faults())].toSorted()).toEqual(REAL.toSorted());
  });
});
