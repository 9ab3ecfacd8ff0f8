/**
 * One call of one operation, from a client or from another service: same operation table, same checks, same journal. The gateway's
 * bytes end before it and begin again after it.
 */
import { AwsError, isAwsError } from "../kernel/errors.ts";
import type { Deadline } from "../kernel/deadlines.ts";
import type { JournalEntry } from "../kernel/journal.ts";
import type { Kernel } from "../kernel/kernel.ts";
import {
  serviceOf,
  type DeadlineHandler,
  type HeardEvent,
  type IssuedKey,
  type Principal,
  type ServiceContext,
} from "../service.ts";
import type { ServiceModel } from "../wire/model.ts";
import { createAuthorizer } from "./authorize.ts";
import type { AnyHandler, AnyService, Call } from "./call.ts";
import { createContexts, EVENT, type CallFacts } from "./context.ts";
import { describeInput } from "./journal-entry.ts";

/** What an operation gave, by member. */
type Output = Record<string, unknown>;

export interface Dispatch {
  /** Runs the operation. Raises AwsError; anything else is a bug of ours, told in the journal and raised as InternalFailure. */
  invoke(call: Call): Promise<Output>;
  /** Runs a deadline's handler; never raises. */
  runDeadline(deadline: Deadline): void | Promise<void>;
  contextOf(facts: CallFacts): ServiceContext;
  /** A key that one of the services issued. */
  issuedKey(accessKeyId: string): IssuedKey | undefined;
}

export interface DispatchOptions {
  readonly kernel: Kernel;
  readonly services: readonly AnyService[];
  readonly model: (service: string) => ServiceModel;
  readonly validate: (model: ServiceModel, operation: string, input: object) => void;
  readonly endpointUrl: () => string;
}

const ALWAYS: CallFacts = { service: "", account: "", region: "", principal: serviceOf("seatrial", ""), requestId: "" };

export function createDispatch({ kernel, services, model, validate, endpointUrl }: DispatchOptions): Dispatch {
  const byName = new Map(services.map((service) => [service.name, service]));
  const listeners = (detailType: string): readonly string[] =>
    services.filter(({ hears }) => hears?.[detailType] !== undefined).map(({ name }) => name);
  const contextOf = createContexts({ kernel, endpointUrl, listeners, call: callBetweenServices });

  const authorize = createAuthorizer({ services, model, contextOf });

  function invoke(call: Call): Promise<Output> | Output {
    const handler = handlerOf(byName, call);
    if (isAsync(handler)) return invokeAsync(handler, call);
    try {
      authorize(call);
      return kernel.transact(() => {
        const output = handler(contextOf(call), call.input);
        if (output instanceof Promise) throw new Error(`${call.service} ${call.operation} must be declared async`);
        record(call);
        return asOutput(output);
      });
    } catch (error) {
      throw recordFailure(call, error);
    }
  }

  async function invokeAsync(handler: AnyHandler, call: Call): Promise<Output> {
    let recorded = false;
    const committing = (): void => {
      if (recorded) return;
      record(call);
      kernel.afterCommit(() => {
        recorded = true;
      });
    };
    try {
      authorize(call);
      const output = await handler(contextOf({ ...call, committing }), call.input);
      if (!recorded) kernel.transact(() => record(call));
      return asOutput(output);
    } catch (error) {
      throw recordFailure(call, error);
    }
  }

  async function callBetweenServices(
    from: CallFacts,
    service: string,
    operation: string,
    input: object,
    options: { as?: Principal; account?: string; region?: string },
  ): Promise<unknown> {
    // Let the caller's own synchronous part end first: a call is never a part of its caller's transaction.
    await Promise.resolve();
    if (kernel.store.writing) throw new Error(`${from.service} called ${service} ${operation} inside a transaction`);
    const principal = options.as ?? from.principal;
    const call = {
      service,
      operation,
      input,
      principal,
      account: options.account ?? (options.as === undefined ? from.account : principal.account || from.account),
      region: options.region ?? from.region,
      requestId: kernel.random.uuid(),
      cause: from.requestId,
      calledVia: [...(from.calledVia ?? []), from.service],
    };
    try {
      handlerOf(byName, call);
      validate(model(service), operation, input);
    } catch (error) {
      throw recordFailure(call, error);
    }
    return invoke(call);
  }

  function runDeadline(deadline: Deadline): void | Promise<void> {
    const { service: name, account, region } = deadline;
    const facts = {
      service: name,
      account,
      region,
      principal: serviceOf(`${name}.amazonaws.com`, account),
      requestId: kernel.random.uuid(),
    };
    const handler = deadlineHandler(byName.get(name), deadline);
    const end = (error?: unknown): void =>
      kernel.transact(() => {
        kernel.deadlines.finish(deadline);
        kernel.journal.append({
          ...entryOf(facts),
          kind: "deadline",
          name: deadline.name,
          detail: deadline.key,
          ...failureOf(error),
        });
      });
    if (handler === undefined) return end(new Error(`nobody keeps the deadline ${name}.${deadline.name}`));
    if (isAsync(handler)) {
      return (async () => handler(contextOf(facts), deadline))().then(() => end(), end);
    }
    try {
      kernel.transact(() => {
        // Away before the handler, which may set the same one again.
        kernel.deadlines.finish(deadline);
        void handler(contextOf(facts), deadline);
        kernel.journal.append({ ...entryOf(facts), kind: "deadline", name: deadline.name, detail: deadline.key });
      });
    } catch (error) {
      end(error);
    }
    return undefined;
  }

  const entryOf = (facts: CallFacts): Omit<JournalEntry, "sequence" | "kind" | "name"> => ({
    at: kernel.clock.now(),
    service: facts.service,
    account: facts.account,
    region: facts.region,
    requestId: facts.requestId,
    principal: facts.principal.arn,
  });

  function record(call: Call, error?: unknown): void {
    const modelled = byName.has(call.service) ? model(call.service).operations.get(call.operation) : undefined;
    const input = describeInput(call.input, modelled?.input);
    kernel.journal.append({
      ...entryOf(call),
      kind: "call",
      name: call.operation,
      ...(call.cause === undefined ? {} : { cause: call.cause }),
      ...(input === undefined ? {} : { input }),
      ...failureOf(error),
    });
  }

  /** The error to raise instead: AWS's as it is, a bug as AWS's InternalFailure. */
  function recordFailure(call: Call, error: unknown): AwsError {
    try {
      kernel.transact(() => record(call, error));
    } catch (unwritten) {
      // Nothing can be written (the disk is full): that is what the caller has to know.
      if (isAwsError(unwritten)) return unwritten;
      throw unwritten;
    }
    if (isAwsError(error)) return error;
    return new AwsError(
      "InternalFailure",
      `The request processing has failed because of an unknown error: ${error instanceof Error ? error.message : String(error)} (a bug of Seatrial's; the journal has its stack)`,
      { status: 500 },
    );
  }

  return {
    invoke: async (call) => invoke(call),
    runDeadline,
    contextOf,
    issuedKey(accessKeyId) {
      for (const service of services) {
        const key = service.issuedKey?.(contextOf({ ...ALWAYS, service: service.name }), accessKeyId);
        if (key !== undefined) return key;
      }
      return undefined;
    },
  };
}

/** What runs a deadline: the service's own handler, or what hears an event. */
function deadlineHandler(service: AnyService | undefined, { name, payload }: Deadline): DeadlineHandler | undefined {
  if (name !== EVENT) return service?.deadlines?.[name];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `emit` alone sets deadlines of this name
  const event = payload as HeardEvent;
  const listener = service?.hears?.[event.detailType];
  if (listener === undefined) return undefined;
  return isAsync(listener)
    ? async (context) => listener(context, event)
    : (context) => {
        void listener(context, event);
      };
}

function handlerOf(services: ReadonlyMap<string, AnyService>, { service, operation }: Call): AnyHandler {
  const found = services.get(service);
  if (found === undefined) {
    throw new AwsError(
      "NotImplemented",
      `Seatrial has no service ${service}. It has: ${[...services.keys()].join(", ")}.`,
      { status: 501 },
    );
  }
  const handler = found.operations[operation];
  if (handler !== undefined) return handler;
  throw new AwsError("NotImplemented", `Seatrial does not have ${service} ${operation} yet.`, { status: 501 });
}

/** Native async functions tell themselves apart; nothing of ours is compiled below ES2023. */
function isAsync(handler: (...args: never[]) => unknown): boolean {
  return handler.constructor.name === "AsyncFunction";
}

function asOutput(output: unknown): Output {
  return isRecord(output) ? output : {};
}

function isRecord(value: unknown): value is Output {
  return typeof value === "object" && value !== null;
}

function failureOf(error: unknown): { error?: NonNullable<JournalEntry["error"]> } {
  if (error === undefined) return {};
  if (isAwsError(error)) return { error: { code: error.code, message: error.message } };
  if (error instanceof Error) {
    return {
      error: { code: "bug", message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) },
    };
  }
  return { error: { code: "bug", message: String(error) } };
}
