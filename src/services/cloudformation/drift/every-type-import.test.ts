/** Every resource type that can be imported: by the identifiers that AWS publishes, and in sync then. */
import {
  CreateChangeSetCommand,
  DeleteStackCommand,
  ExecuteChangeSetCommand,
  GetTemplateSummaryCommand,
} from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadSchemaCatalogue } from "../../../schema-catalogue.ts";
import type { Fixture } from "../stack-fixture.ts";
import { CAPABILITIES, detect, EVERY_TYPE, startWithEveryType, told } from "./every-type-fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startWithEveryType([]);
});
afterEach(() => fixture.close());

/** IAM has no name for these, so that nobody could say which one to import. */
const NAMELESS = ["AWS::IAM::AccessKey", "AWS::IAM::Policy", "AWS::IAM::UserToGroupAddition"];

it("every type that has identifiers is imported by them, as it was written", async () => {
  const properties = new Map(
    (await detect(fixture)).map((one) => {
      const live: Record<string, unknown> = JSON.parse(one.ActualProperties ?? "{}");
      return [one.LogicalResourceId, { live, physicalId: one.PhysicalResourceId }] as const;
    }),
  );
  const Resources = Object.fromEntries(
    Object.entries(EVERY_TYPE.Resources)
      .filter(([, { Type }]) => !NAMELESS.includes(Type))
      .map(([id, resource]) => [id, { ...resource, DeletionPolicy: "Retain" }]),
  );
  const Outputs = { Name: { Value: "every" } };
  const nameless = Object.entries(EVERY_TYPE.Resources).filter(([, { Type }]) => NAMELESS.includes(Type));
  await fixture.update(
    "every",
    { Resources: { ...Resources, ...Object.fromEntries(nameless) }, Outputs },
    CAPABILITIES,
  );
  await fixture.client.send(new DeleteStackCommand({ StackName: "every" }));
  await fixture.cloud.advance("1m");

  const TemplateBody = JSON.stringify({ Resources });
  const { ResourceIdentifierSummaries = [] } = await fixture.client.send(
    new GetTemplateSummaryCommand({ TemplateBody }),
  );
  const ResourcesToImport = ResourceIdentifierSummaries.flatMap(
    ({ ResourceType = "", LogicalResourceIds = [], ResourceIdentifiers = [] }) =>
      LogicalResourceIds.map((LogicalResourceId) => {
        const resource = properties.get(LogicalResourceId);
        const valueOf = (name: string) => String(resource?.live[name] ?? resource?.physicalId);
        const ResourceIdentifier = Object.fromEntries(ResourceIdentifiers.map((name) => [name, valueOf(name)]));
        return { ResourceType, LogicalResourceId, ResourceIdentifier };
      }),
  );
  const { get } = loadSchemaCatalogue();
  for (const { ResourceType = "", ResourceIdentifiers } of ResourceIdentifierSummaries) {
    expect(ResourceIdentifiers, ResourceType).toEqual(get(ResourceType)?.primaryIdentifier);
  }
  expect(ResourcesToImport).toHaveLength(Object.keys(Resources).length);
  const set = { StackName: "again", ChangeSetName: "in" };
  await fixture.client.send(
    new CreateChangeSetCommand({
      ...set,
      ...CAPABILITIES,
      ChangeSetType: "IMPORT",
      TemplateBody,
      ResourcesToImport,
    }),
  );
  await fixture.cloud.advance("1m");
  await fixture.client.send(new ExecuteChangeSetCommand(set));
  await fixture.cloud.advance("1m");
  expect(await fixture.status("again"), (await fixture.story("again")).join("\n")).toBe("IMPORT_COMPLETE");
  expect(told(await detect(fixture, "again"))).toEqual({});
});
