/** The CloudFormation types of CloudWatch Logs, called as CloudFormation's engine calls them. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { anyService } from "../../gateway/call.ts";
import { createDispatch } from "../../gateway/dispatch.ts";
import { createKernel, type Kernel } from "../../kernel/kernel.ts";
import { rootOf, type ResourceRequest, type ServiceContext } from "../../service.ts";
import { loadModel } from "../../wire/tables.ts";
import { logs } from "./index.ts";
import { resources } from "./resources.ts";

const ACCOUNT = "123456789012";

let kernel: Kernel;
let context: ServiceContext;

beforeEach(() => {
  kernel = createKernel({ clock: "manual", startAt: Date.UTC(2026, 0, 1) });
  const dispatch = createDispatch({
    kernel,
    services: [anyService(logs())],
    model: loadModel,
    validate: () => undefined,
    endpointUrl: () => "http://localhost:4566",
  });
  kernel.runner.start(dispatch.runDeadline);
  context = dispatch.contextOf({
    service: "cloudformation",
    account: ACCOUNT,
    region: "eu-west-1",
    principal: rootOf(ACCOUNT),
    requestId: "test",
  });
});
afterEach(() => kernel.close());

function request(properties: ResourceRequest["properties"], change: Partial<ResourceRequest> = {}): ResourceRequest {
  return {
    logicalId: "It",
    stackId: "arn:aws:cloudformation:eu-west-1:123456789012:stack/app/1",
    stackName: "app",
    properties,
    generatedName: () => "app-It-1A2B3C",
    tags: {},
    retried: false,
    ...change,
  };
}

function typeNamed(name: string) {
  const type = resources[name];
  if (type === undefined) throw new Error(`there is no ${name}`);
  return type;
}

const group = async () => (await context.call("logs", "DescribeLogGroups", {})).logGroups?.[0];

describe("AWS::Logs::LogGroup", () => {
  const type = typeNamed("AWS::Logs::LogGroup");

  it("is made under a generated name, with retention and tags, and its Arn ends in :*", async () => {
    const made = await type.create(
      context,
      request(
        { RetentionInDays: "7", Tags: [{ Key: "a", Value: "1" }] },
        { tags: { "aws:cloudformation:stack-name": "app" } },
      ),
    );

    expect(made).toEqual({
      status: "SUCCESS",
      physicalId: "app-It-1A2B3C",
      attributes: { Arn: "arn:aws:logs:eu-west-1:123456789012:log-group:app-It-1A2B3C:*" },
    });
    expect(await group()).toMatchObject({ logGroupName: "app-It-1A2B3C", retentionInDays: 7 });
    const { tags } = await context.call("logs", "ListTagsLogGroup", { logGroupName: "app-It-1A2B3C" });
    expect(tags).toEqual({ a: "1", "aws:cloudformation:stack-name": "app" });
  });

  it("changes retention and tags in place, and is deleted once or twice", async () => {
    const before = { LogGroupName: "g", RetentionInDays: 7, Tags: [{ Key: "a", Value: "1" }] };
    const after = { LogGroupName: "g", Tags: [{ Key: "b", Value: "2" }] };
    await type.create(context, request(before));
    const there = { physicalId: "g", attributes: {} };
    await type.update(context, { ...request(after), ...there, previousProperties: before, previousTags: {} });

    expect((await group())?.retentionInDays).toBeUndefined();
    expect((await context.call("logs", "ListTagsLogGroup", { logGroupName: "g" })).tags).toEqual({ b: "2" });
    expect(await type.delete(context, { ...request(after), ...there })).toEqual({ status: "SUCCESS" });
    expect(await type.delete(context, { ...request(after), ...there })).toEqual({ status: "SUCCESS" });
  });

  it("takes what an interrupted attempt made for its own, and nothing else", async () => {
    await type.create(context, request({ LogGroupName: "g" }));

    await expect(type.create(context, request({ LogGroupName: "g" }))).rejects.toMatchObject({
      code: "ResourceAlreadyExistsException",
    });
    expect(await type.create(context, request({ LogGroupName: "g" }, { retried: true }))).toMatchObject({
      physicalId: "g",
    });
  });
});

describe("what hangs on a log group", () => {
  beforeEach(() => context.call("logs", "CreateLogGroup", { logGroupName: "g" }));

  it("makes and deletes streams", async () => {
    const type = typeNamed("AWS::Logs::LogStream");
    const properties = { LogGroupName: "g", LogStreamName: "s" };

    expect(await type.create(context, request(properties))).toMatchObject({ status: "SUCCESS", physicalId: "s" });
    expect(await type.delete(context, { ...request(properties), physicalId: "s", attributes: {} })).toEqual({
      status: "SUCCESS",
    });
    expect((await context.call("logs", "DescribeLogStreams", { logGroupName: "g" })).logStreams).toEqual([]);
  });

  it("makes metric filters, with dimensions as CloudFormation lists them", async () => {
    const type = typeNamed("AWS::Logs::MetricFilter");
    await type.create(
      context,
      request({
        LogGroupName: "g",
        FilterPattern: "{ $.ms = * }",
        MetricTransformations: [
          {
            MetricName: "Latency",
            MetricNamespace: "App",
            MetricValue: "$.ms",
            Dimensions: [{ Key: "Path", Value: "$.path" }],
          },
        ],
      }),
    );

    expect((await context.call("logs", "DescribeMetricFilters", { logGroupName: "g" })).metricFilters).toMatchObject([
      { filterName: "app-It-1A2B3C", metricTransformations: [{ metricValue: "$.ms", dimensions: { Path: "$.path" } }] },
    ]);
  });

  it("makes resource policies of a document that is text or an object", async () => {
    const type = typeNamed("AWS::Logs::ResourcePolicy");
    const PolicyDocument = { Version: "2012-10-17", Statement: [] };
    await type.create(context, request({ PolicyName: "p", PolicyDocument }));

    expect((await context.call("logs", "DescribeResourcePolicies", {})).resourcePolicies).toMatchObject([
      { policyName: "p", policyDocument: JSON.stringify(PolicyDocument) },
    ]);
  });

  it("refuses a subscription filter whose function is not there", async () => {
    const type = typeNamed("AWS::Logs::SubscriptionFilter");
    const DestinationArn = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`;

    await expect(
      type.create(context, request({ LogGroupName: "g", FilterPattern: "", DestinationArn })),
    ).rejects.toMatchObject({ code: "InvalidParameterException" });
  });
});
