/** What one service emits, those hear that listen. */
import { afterEach, expect, it } from "vitest";
import { createKernel, type Kernel } from "../kernel/kernel.ts";
import { rootOf, type HeardEvent } from "../service.ts";
import { anyService, type AnyService } from "./call.ts";
import { createDispatch } from "./dispatch.ts";

const WHERE = { account: "111111111111", region: "eu-west-1" };
const EVENT = {
  source: "aws.cloudwatch",
  detailType: "CloudWatch Alarm State Change",
  resources: ["arn:aws:cloudwatch:eu-west-1:111111111111:alarm:a"],
  detail: { alarmName: "a" },
};

let kernel: Kernel | undefined;
afterEach(async () => {
  await kernel?.runner.stop();
  await kernel?.close();
});

function start(services: readonly AnyService[]) {
  kernel = createKernel({ clock: "manual", startAt: 1000 });
  const dispatch = createDispatch({
    kernel,
    services,
    model: () => {
      throw new Error("no call is made");
    },
    validate: () => undefined,
    endpointUrl: () => "",
  });
  kernel.runner.start(dispatch.runDeadline);
  const context = dispatch.contextOf({ service: "teller", ...WHERE, principal: rootOf(""), requestId: "r" });
  return { kernel, context };
}

const hearing = (name: string, heard: (event: HeardEvent, account: string) => void): AnyService => ({
  ...anyService({ name, operations: {} }),
  hears: { [EVENT.detailType]: (context, event) => heard(event, context.account) },
});

it("tells an event to every service that hears its type, once each, in the account of the event, and to the journal", async () => {
  const heard: unknown[] = [];
  const { kernel, context } = start([
    hearing("first", (event, account) => heard.push(["first", account, event.detail, event.time])),
    hearing("second", ({ source }, account) => heard.push(["second", account, source])),
    anyService({ name: "deaf", operations: {} }),
  ]);
  context.transact(() => context.emit(EVENT));
  await kernel.runner.settled();
  expect(heard).toEqual([
    ["first", "111111111111", { alarmName: "a" }, 1000],
    ["second", "111111111111", "aws.cloudwatch"],
  ]);
  const told = [...kernel.journal.latest(10)].filter(({ kind }) => kind === "event");
  expect(told).toMatchObject([{ service: "teller", name: EVENT.detailType, region: "eu-west-1" }]);
});

it("tells nothing of a transaction that failed", async () => {
  const heard: string[] = [];
  const { kernel, context } = start([hearing("first", ({ id }) => heard.push(id))]);
  expect(() =>
    context.transact(() => {
      context.emit(EVENT);
      throw new Error("taken back");
    }),
  ).toThrow("taken back");
  await kernel.runner.settled();
  expect(heard).toEqual([]);
});
