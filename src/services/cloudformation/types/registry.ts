/** The resource types that a stack may have: the services' own, and CloudFormation's, which may do more than call. */
import type {
  Progress,
  ResourceContext,
  ResourceDelete,
  ResourceRequest,
  ResourceType,
  ResourceUpdate,
  ServiceContext,
} from "../../../service.ts";
import type { ResourceDeclaration } from "../../../template/sections.ts";
import { functionCall, isNoValue } from "../../../template/intrinsics.ts";
import { isList, type Json } from "../../../template/value.ts";
import { fromService } from "../failure.ts";
import { invalid } from "../names.ts";

/** What the engine's own types are told beside what every type is. */
export interface EngineFacts {
  readonly type: string;
  readonly requestToken: string;
  /** The step at work: what an answer from outside wakes. */
  readonly stepKey: string;
  /** True while a failed update is undone. */
  readonly rollback: boolean;
}

/** A ResourceType whose handlers are given the whole context: those of CloudFormation itself. */
export interface EngineType extends Omit<ResourceType, "create" | "update" | "delete"> {
  /** True when any property is taken (custom resources). */
  readonly open?: boolean;
  create(context: ServiceContext, request: ResourceRequest & EngineFacts): Promise<Progress>;
  update(context: ServiceContext, request: ResourceUpdate & EngineFacts): Promise<Progress>;
  delete(
    context: ServiceContext,
    request: ResourceDelete & EngineFacts,
  ): Promise<{ status: "SUCCESS" } | Extract<Progress, { status: "IN_PROGRESS" }>>;
}

export interface TypeRegistry {
  get(type: string): EngineType | undefined;
  /** Raises ValidationError naming the types that are not there. */
  check(resources: ReadonlyMap<string, ResourceDeclaration>): void;
}

export function createRegistry(
  own: ReadonlyMap<string, EngineType>,
  custom: EngineType,
  services: ReadonlyMap<string, ResourceType>,
): TypeRegistry {
  const wrapped = new Map([...services].map(([name, type]) => [name, asEngineType(type)]));
  const get = (type: string): EngineType | undefined =>
    type.startsWith("Custom::") ? custom : (own.get(type) ?? wrapped.get(type));
  return {
    get,
    check(resources) {
      const unknown = new Set(
        [...resources.values()].map(({ type }) => type).filter((type) => get(type) === undefined),
      );
      if (unknown.size === 0) return;
      const has = [...own.keys(), ...services.keys()].sort().join(", ");
      throw invalid(
        `Template format error: Unrecognized resource types: [${[...unknown].join(", ")}]. Seatrial has: ${has}.`,
      );
    },
  };
}

/** A service's own type is given no more of the context than its contract says; what its calls raise is known for whose it was. */
function asEngineType(type: ResourceType): EngineType {
  return {
    ...type,
    create: (context, request) => type.create(narrowed(context), request),
    update: (context, request) => type.update(narrowed(context), request),
    delete: (context, request) => type.delete(narrowed(context), request),
  };
}

function narrowed(context: ServiceContext): ResourceContext {
  const { account, region, partition, random, principal, endpointUrl } = context;
  return {
    account,
    region,
    partition,
    random,
    principal,
    endpointUrl,
    get now() {
      return context.now;
    },
    call: async (service, operation, input, options) => {
      try {
        return await context.call(service, operation, input, options);
      } catch (error) {
        throw fromService(service, error);
      }
    },
  };
}

/**
 * What is wrong with a resource's properties, seen without resolving anything; undefined when nothing is. In the words of CloudFormation's
 * schema check.
 */
export function propertyFaults(
  type: EngineType,
  name: string,
  logicalId: string,
  properties: Readonly<Record<string, unknown>>,
): string | undefined {
  const faults: string[] = [];
  for (const required of type.required ?? []) {
    if (properties[required] === undefined) faults.push(`#: required key [${required}] not found`);
  }
  if (type.open !== true) {
    for (const key of Object.keys(properties)) {
      if (type.properties.includes(key)) continue;
      faults.push(
        `#: extraneous key [${key}] is not permitted (Seatrial's ${name} has: ${type.properties.join(", ")})`,
      );
    }
  }
  return faults.length === 0
    ? undefined
    : `Properties validation failed for resource ${logicalId} with message:\n${faults.join("\n")}`;
}

/** The same from the template as it is written, before anything that it refers to is there. */
export function writtenFaults(
  type: EngineType,
  { type: name, properties }: ResourceDeclaration,
  logicalId: string,
  conditions: Readonly<Record<string, boolean>>,
): string | undefined {
  const present = Object.entries(properties).filter(([, value]) => !isAbsent(value, conditions));
  return propertyFaults(type, name, logicalId, Object.fromEntries(present));
}

/** AWS::NoValue, also as the branch of a Fn::If that is taken. */
function isAbsent(value: Json, conditions: Readonly<Record<string, boolean>>): boolean {
  const call = functionCall(value);
  if (call?.name !== "Fn::If" || !isList(call.argument)) return isNoValue(value);
  const [name, whenTrue, whenFalse] = call.argument;
  const taken = typeof name === "string" && conditions[name] === true ? whenTrue : whenFalse;
  return taken !== undefined && isAbsent(taken, conditions);
}
