/** What is missing or impossible is refused with the exception that CodeDeploy has for it; lists come in pages. */
import { describe, expect, it } from "vitest";
import { APPLICATION, GROUP, refusal, SERVICE_ROLE_ARN, withCloud } from "./codedeploy-fixture.ts";
import { takePage } from "./paging.ts";

const given = withCloud();

/** The code that a call is refused with, which is made without a client: none of them would send the like. */
async function refused(operation: string, input: object): Promise<string> {
  const response = await fetch(given.cloud.endpointUrl, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `CodeDeploy_20141006.${operation}`,
      "x-amz-date": "20260101T000000Z",
      authorization: `AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/codedeploy/aws4_request, SignedHeaders=host;x-amz-date, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  const { __type = "" }: { __type?: string } = JSON.parse(await response.text());
  return `${response.status} ${__type}`;
}

const group = { applicationName: APPLICATION, deploymentGroupName: GROUP };

describe("a call", () => {
  it.each([
    ["GetApplication", {}, "ApplicationNameRequired"],
    ["GetApplication", { applicationName: "a b" }, "InvalidApplicationName"],
    ["GetApplication", { applicationName: "a".repeat(101) }, "InvalidApplicationName"],
    ["DeleteApplication", { applicationName: "a b" }, "InvalidApplicationName"],
    ["CreateApplication", { applicationName: "a", computePlatform: "lambda" }, "InvalidComputePlatform"],
    ["BatchGetApplications", { applicationNames: [] }, "ApplicationNameRequired"],
    ["BatchGetApplications", { applicationNames: ["a b"] }, "InvalidApplicationName"],
    ["GetDeploymentGroup", { applicationName: APPLICATION }, "DeploymentGroupNameRequired"],
    ["GetDeploymentGroup", { applicationName: APPLICATION, deploymentGroupName: "a b" }, "InvalidDeploymentGroupName"],
    [
      "BatchGetDeploymentGroups",
      { applicationName: APPLICATION, deploymentGroupNames: [] },
      "DeploymentGroupNameRequired",
    ],
    [
      "DeleteDeploymentGroup",
      { applicationName: APPLICATION, deploymentGroupName: "a b" },
      "InvalidDeploymentGroupName",
    ],
    ["CreateDeploymentGroup", group, "RoleRequired"],
    [
      "CreateDeploymentGroup",
      { ...group, serviceRoleArn: SERVICE_ROLE_ARN, deploymentStyle: { deploymentType: "BLUE" } },
      "InvalidDeploymentStyle",
    ],
    [
      "CreateDeploymentGroup",
      { ...group, serviceRoleArn: SERVICE_ROLE_ARN, autoRollbackConfiguration: { enabled: true, events: ["ALWAYS"] } },
      "InvalidAutoRollbackConfig",
    ],
    ["GetDeploymentConfig", {}, "DeploymentConfigNameRequired"],
    ["DeleteDeploymentConfig", { deploymentConfigName: "a b" }, "InvalidDeploymentConfigName"],
    [
      "CreateDeploymentConfig",
      { deploymentConfigName: "c", computePlatform: "Lambda", trafficRoutingConfig: { type: "Slowly" } },
      "InvalidTrafficRoutingConfiguration",
    ],
    ["CreateDeployment", { applicationName: APPLICATION, revision: { revisionType: "Bucket" } }, "InvalidRevision"],
    ["CreateDeployment", { ...group, fileExistsBehavior: "KEEP" }, "InvalidFileExistsBehavior"],
    ["GetDeployment", {}, "DeploymentIdRequired"],
    ["BatchGetDeployments", { deploymentIds: [] }, "DeploymentIdRequired"],
    ["BatchGetDeployments", { deploymentIds: ["d-1"] }, "InvalidDeploymentId"],
    ["ListDeployments", { includeOnlyStatuses: ["Over"] }, "InvalidDeploymentStatus"],
    ["ContinueDeployment", { deploymentId: "d-AAAAAAAAA", deploymentWaitType: "WAIT" }, "InvalidDeploymentWaitType"],
    [
      "ListDeploymentTargets",
      { deploymentId: "d-AAAAAAAAA", targetFilters: { Name: ["a"] } },
      "InvalidTargetFilterName",
    ],
    ["GetApplicationRevision", { applicationName: APPLICATION }, "RevisionRequired"],
    ["BatchGetApplicationRevisions", { applicationName: APPLICATION, revisions: [] }, "RevisionRequired"],
    ["ListApplicationRevisions", { applicationName: APPLICATION, sortBy: "name" }, "InvalidSortBy"],
    ["ListApplicationRevisions", { applicationName: APPLICATION, sortOrder: "up" }, "InvalidSortOrder"],
    ["ListApplicationRevisions", { applicationName: APPLICATION, deployed: "maybe" }, "InvalidDeployedStateFilter"],
    [
      "PutLifecycleEventHookExecutionStatus",
      { deploymentId: "d-AAAAAAAAA", status: "Done" },
      "InvalidLifecycleEventHookExecutionStatus",
    ],
    ["ListTagsForResource", {}, "ResourceArnRequired"],
    [
      "TagResource",
      { ResourceArn: "arn:aws:codedeploy:us-east-1:000000000000:application:app", Tags: [] },
      "TagRequired",
    ],
    [
      "TagResource",
      {
        ResourceArn: "arn:aws:codedeploy:us-east-1:000000000000:application:app",
        Tags: [{ Key: "aws:mine", Value: "1" }],
      },
      "InvalidTagsToAdd",
    ],
    ["UntagResource", { ResourceArn: "arn:aws:codedeploy:us-east-1:000000000000:application:app" }, "TagRequired"],
  ])("%s of %j is refused with the code of %s", async (operation, input, code) => {
    expect(await refused(operation, input)).toBe(`400 ${code}Exception`);
  });
});

describe("a list", () => {
  it("comes in pages of a hundred, each from where the last one ended", async () => {
    const { codedeploy } = given;
    const names = Array.from({ length: 120 }, (_, index) => `app-${String(index).padStart(3, "0")}`);
    for (const applicationName of names)
      await codedeploy.createApplication({ applicationName, computePlatform: "Lambda" });
    const first = await codedeploy.listApplications({});
    expect(first.applications).toEqual([APPLICATION, ...names.slice(0, 99)]);
    const { applications, nextToken } = await codedeploy.listApplications({ nextToken: first.nextToken });
    expect([applications, nextToken]).toEqual([names.slice(99), undefined]);
    expect(await refusal(codedeploy.listApplications({ nextToken: "mine" }))).toContain("InvalidNextTokenException");
  });

  it("goes on although what its last page ended with is no longer wanted", () => {
    const numbers = Array.from({ length: 150 }, (_, index) => index);
    const first = takePage(numbers, undefined, String, (number) => number % 2 === 0 || number < 100);
    expect([first.page.length, first.page.at(-1)]).toEqual([100, 99]);
    const second = takePage(numbers, first.rest.nextToken, String, (number) => number % 2 === 0);
    expect([second.page[0], second.page.at(-1), second.rest]).toEqual([100, 148, {}]);
  });
});
