/**
 * The composition root: clock + store + journal + services + gateway make a running cloud. The one file that knows everybody.
 */
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { createControl } from "./control/control.ts";
import { createCompute } from "./compute/compute.ts";
import { anyService, type AnyService } from "./gateway/call.ts";
import { createDispatch } from "./gateway/dispatch.ts";
import { createGateway } from "./gateway/gateway.ts";
import type { ClockMode } from "./kernel/clock.ts";
import { UsageError } from "./kernel/errors.ts";
import type { JournalEntry } from "./kernel/journal.ts";
import { createKernel, type Kernel } from "./kernel/kernel.ts";
import { loadSchemaCatalogue } from "./schema-catalogue.ts";
import { rootOf } from "./service.ts";
import { apigatewayv2 } from "./services/apigatewayv2/index.ts";
import { apigateway } from "./services/apigateway/index.ts";
import { cloudformation } from "./services/cloudformation/index.ts";
import { codedeploy } from "./services/codedeploy/index.ts";
import { cloudwatch } from "./services/cloudwatch/index.ts";
import { iam } from "./services/iam/index.ts";
import { s3 } from "./services/s3/index.ts";
import { ssm } from "./services/ssm/index.ts";
import { sts } from "./services/sts/index.ts";
import { lambda } from "./services/lambda/index.ts";
import { logs } from "./services/logs/index.ts";
import { loadModel } from "./wire/tables.ts";
import { validate } from "./wire/validate.ts";

/** The port that LocalStack's users and tools expect. */
export const DEFAULT_PORT = 4566;

export interface CloudOptions {
  /** 4566 unless given; 0 takes a free one. */
  readonly port?: number;
  /** The address to listen on; this machine alone unless given. */
  readonly host?: string;
  /** Where state is kept between runs; absent: nothing is kept. */
  readonly dataDirectory?: string;
  /** How time runs; `real` unless given. */
  readonly clock?: ClockMode;
  /** Epoch milliseconds at which a fresh cloud's time begins. */
  readonly startAt?: number;
  /** Makes ids and chances the same in each run. */
  readonly seed?: string;
}

/** A running cloud. */
export interface Cloud {
  /** `http://127.0.0.1:PORT`: with an address for a host the SDKs put the bucket into the path, where `BUCKET.localhost` resolves on few machines. */
  readonly endpointUrl: string;
  readonly port: number;
  /** Epoch milliseconds in the cloud. */
  now(): number;
  /** Winds the clock on by `ms`; resolves with the new time when all that fell due has settled. */
  advance(ms: number): Promise<number>;
  /** Resolves when nothing that is due now is left. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a cloud. Raises UsageError when the port or the directory cannot be used. */
export async function createCloud(options: CloudOptions = {}): Promise<Cloud> {
  const { port = DEFAULT_PORT, host = "127.0.0.1", dataDirectory, clock, startAt, seed } = options;
  let endpointUrl = "";

  const kernel = createKernel({
    ...(dataDirectory === undefined ? {} : { directory: dataDirectory }),
    ...(clock === undefined ? {} : { clock }),
    ...(startAt === undefined ? {} : { startAt }),
    ...(seed === undefined ? {} : { seed }),
  });
  const services = createServices(kernel);
  const models = services.map((service) => loadModel(service.name));
  const dispatch = createDispatch({
    kernel,
    services,
    model: loadModel,
    validate: (model, operation, input) => {
      const found = model.operations.get(operation);
      if (found !== undefined)
        validate({ model, operation: found, protocol: model.protocols[0] ?? "awsJson1_1" }, { ...input });
    },
    endpointUrl: () => endpointUrl,
  });
  const control = createControl({ kernel, services: services.map((service) => service.name) });
  const gateway = createGateway({ kernel, dispatch, services, models, control });

  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0, headersTimeout: 60_000 });
  server.on("request", gateway);
  server.on("checkContinue", gateway);
  try {
    await listen(server, port, host);
  } catch (error) {
    // What cannot be reached must not keep the data directory.
    await kernel.close();
    throw error;
  }
  // With `port` 0 the machine has chosen one.
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  endpointUrl = `http://127.0.0.1:${bound}`;

  for (const service of services) {
    const facts = { service: service.name, account: "", region: "", principal: rootOf(""), requestId: "start" };
    await service.start?.(dispatch.contextOf(facts));
  }
  kernel.runner.start(dispatch.runDeadline);

  return {
    endpointUrl,
    port: bound,
    now: () => kernel.clock.now(),
    advance: (ms) => kernel.runner.advance(ms),
    settled: () => kernel.runner.settled(),
    async close() {
      server.close();
      server.closeAllConnections();
      await kernel.runner.stop();
      for (const service of services) await service.close?.();
      await kernel.close();
    },
  };
}

/** Every service that the cloud has; also for the list in docs/coverage.md. */
export function createServices(kernel: Kernel): AnyService[] {
  const compute = createCompute({
    directory: join(kernel.directory, "compute"),
    now: () => kernel.clock.now(),
    aheadMs: () => kernel.clock.ahead(),
    randomHex: (length) => kernel.random.hex(length),
    // What this machine cannot do as AWS does is told where everything that happens is told.
    warn: (detail) => kernel.transact(() => kernel.journal.append(warning(detail, kernel.clock.now()))),
  });
  const services = [
    anyService(iam),
    anyService(s3),
    anyService(sts),
    anyService(logs()),
    anyService(cloudwatch),
    anyService(ssm),
    anyService(lambda({ compute })),
    anyService(codedeploy),
    anyService(apigatewayv2()),
    // After the HTTP APIs: its door also answers for APIs that nobody has made.
    anyService(apigateway()),
  ];
  const resourceTypes = new Map(services.flatMap(({ resources = {} }) => Object.entries(resources)));
  const updatePolicies = new Map(services.flatMap((service) => Object.entries(service.updatePolicies ?? {})));
  const schemas = loadSchemaCatalogue();
  return [...services, anyService(cloudformation({ resourceTypes, updatePolicies, schemas }))];
}

function warning(detail: string, at: number): Omit<JournalEntry, "sequence"> {
  return { at, kind: "event", service: "lambda", name: "warning", account: "", region: "", requestId: "", detail };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new UsageError(
              `Port ${port} is taken. Give another one with --port, or stop what listens there (seatrial down).`,
            )
          : new UsageError(`Seatrial cannot listen on ${host}:${port}: ${error.message}`),
      );
    });
    server.listen(port, host, resolve);
  });
}
