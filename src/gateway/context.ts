/** What a service is given for one call: its tables, its deadlines, its ids, and the way to the other services. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Kernel } from "../kernel/kernel.ts";
import { openTable, type Table, type TableDefinition } from "../kernel/table.ts";
import type { CallOptions, DeadlineHandle, HeardEvent, Principal, ServiceContext, ServiceEvent } from "../service.ts";

/** The deadline by which a service hears an event; its payload is a HeardEvent. */
export const EVENT = "heard-event";

/** Who calls, where, and for what: fixed for the length of one call. */
export interface CallFacts {
  readonly service: string;
  readonly account: string;
  readonly region: string;
  readonly principal: Principal;
  readonly requestId: string;
  readonly http?: ServiceContext["http"];
  readonly calledVia?: readonly string[];
  /** Runs at the end of each transaction of an `async` operation, inside it: its journal entry goes with its state. */
  readonly committing?: () => void;
}

/** What contexts share in one cloud. */
export interface Surroundings {
  readonly kernel: Kernel;
  readonly endpointUrl: () => string;
  /** The services that hear events of this detail type. */
  readonly listeners: (detailType: string) => readonly string[];
  readonly call: (
    from: CallFacts,
    service: string,
    operation: string,
    input: object,
    options: CallOptions,
  ) => Promise<unknown>;
}

/** Builds the maker of contexts; each context is cheap, most of it is looked up only when asked for. */
export function createContexts({
  kernel,
  endpointUrl,
  listeners,
  call,
}: Surroundings): (facts: CallFacts) => ServiceContext {
  const directories = new Map<string, string>();
  function directoryOf(service: string): string {
    const known = directories.get(service);
    if (known !== undefined) return known;
    const directory = join(kernel.directory, service);
    mkdirSync(directory, { recursive: true });
    directories.set(service, directory);
    return directory;
  }

  class Context implements ServiceContext {
    readonly service: string;
    readonly account: string;
    readonly region: string;
    readonly partition = "aws";
    readonly principal: Principal;
    readonly requestId: string;
    readonly calledVia: readonly string[];
    readonly http?: NonNullable<ServiceContext["http"]>;
    readonly #facts: CallFacts;

    constructor(facts: CallFacts) {
      this.#facts = facts;
      this.service = facts.service;
      this.account = facts.account;
      this.region = facts.region;
      this.principal = facts.principal;
      this.requestId = facts.requestId;
      this.calledVia = facts.calledVia ?? [];
      if (facts.http !== undefined) this.http = facts.http;
    }

    get now(): number {
      return kernel.clock.now();
    }
    get random() {
      return kernel.random;
    }
    get blobs() {
      return kernel.blobs;
    }
    get endpointUrl(): string {
      return endpointUrl();
    }
    get directory(): string {
      return directoryOf(this.service);
    }

    table<Row>(definition: TableDefinition<Row>, owner?: { account?: string; region?: string }): Table<Row> {
      return openTable(kernel.store, definition, {
        account: owner?.account ?? this.account,
        region: owner?.region ?? this.region,
      });
    }

    transact<T>(work: () => T): T {
      const { committing } = this.#facts;
      if (committing === undefined || kernel.store.writing) return kernel.transact(work);
      return kernel.transact(() => {
        const result = work();
        committing();
        return result;
      });
    }

    afterCommit(work: () => void): void {
      kernel.afterCommit(work);
    }

    get deadlines(): ServiceContext["deadlines"] {
      const { service, account, region } = this;
      const named = (handle: DeadlineHandle) => ({ service, account, region, name: handle.name, key: handle.key });
      return {
        set: ({ due, payload, background = false, ...handle }) =>
          kernel.deadlines.set({ ...named(handle), due, payload, background }),
        cancel: (handle) => kernel.deadlines.cancel(named(handle)),
        get: (handle) => kernel.deadlines.get(named(handle)),
      };
    }

    emit(event: ServiceEvent): void {
      const { account, region } = this;
      const heard: HeardEvent = { ...event, id: kernel.random.uuid(), time: this.now };
      this.note(event.detailType, JSON.stringify({ ...event.detail, resources: event.resources }));
      for (const service of listeners(event.detailType)) {
        kernel.deadlines.set({ account, region, service, name: EVENT, key: heard.id, due: this.now, payload: heard });
      }
    }

    note(name: string, detail: string): void {
      const { service, account, region, requestId } = this;
      kernel.journal.append({ at: this.now, kind: "event", service, name, account, region, requestId, detail });
    }

    // oxlint-disable typescript/no-unsafe-type-assertion -- The names and types of a call are checked where it is written (ServiceContext); here they are only handed on.
    call = ((service: string, operation: string, input: object, options: CallOptions = {}) =>
      call(this.#facts, service, operation, input, options)) as ServiceContext["call"];
    // oxlint-enable typescript/no-unsafe-type-assertion

    as({ account, region, principal }: { account?: string; region?: string; principal?: Principal }): ServiceContext {
      return new Context({
        ...this.#facts,
        account: account ?? this.account,
        region: region ?? this.region,
        principal: principal ?? this.principal,
      });
    }
  }

  return (facts) => new Context(facts);
}
