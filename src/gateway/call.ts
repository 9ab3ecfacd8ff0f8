/** What is called, and of which services: the registry holds many with different types, which are rubbed off here. */
import type { Service, ServiceContext } from "../service.ts";
import type { CallFacts } from "./context.ts";

/** A service with its types rubbed off: the registry holds many different ones. */
export type AnyService = Omit<Service, "operations" | "access"> & {
  readonly operations: Readonly<Record<string, AnyHandler | undefined>>;
  readonly access: Readonly<Record<string, AnyAccess | undefined>>;
};
export type AnyHandler = (context: ServiceContext, input: object) => unknown;
interface AnyAccess {
  readonly action: string | readonly string[] | ((input: object) => string | readonly string[]);
  readonly resource: (
    input: object,
    where: Pick<ServiceContext, "account" | "region" | "table">,
  ) => string | readonly string[];
}

/** Forgets a service's own types; the one place where they are asserted away. */
export function anyService<Sdk, Ops extends object>(
  service: { operations: Ops } & Omit<Service<Sdk>, "operations" | "access">,
): AnyService {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the registry holds services of many types
  return service as unknown as AnyService;
}

/** One call of one operation. */
export interface Call extends CallFacts {
  readonly operation: string;
  readonly input: object;
  /** The request that this call is made for. */
  readonly cause?: string;
}
