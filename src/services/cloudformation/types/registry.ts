/** The resource types that a stack may have: the services' own, and CloudFormation's, which may do more than call. */
import type {
  Progress,
  ResourceContext,
  ResourceDelete,
  ResourceRead,
  ResourceReading,
  ResourceRequest,
  ResourceType,
  ResourceUpdate,
  ServiceContext,
} from "../../../service.ts";
import type { ResourceDeclaration } from "../../../template/sections.ts";
import type { ResourceSchema, SchemaCatalogue } from "../../../template/schema/resource-schema.ts";
import { fromService } from "../failure.ts";
import { invalid, unsupported } from "../names.ts";

/** What the engine's own types are told beside what every type is. */
export interface EngineFacts {
  readonly type: string;
  readonly requestToken: string;
  /** The step at work: what an answer from outside wakes. */
  readonly stepKey: string;
  /** True while a failed update is undone. */
  readonly rollback: boolean;
  /** True when somebody asked for that to go on after it had failed. */
  readonly continued: boolean;
}

/** A ResourceType whose handlers are given the whole context: those of CloudFormation itself. */
export interface EngineType extends Omit<ResourceType, "create" | "update" | "delete" | "read"> {
  /** True when any property is taken (custom resources). */
  readonly open?: boolean;
  /** What AWS publishes of the type; read when it is first asked for. */
  readonly schema?: ResourceSchema | undefined;
  create(context: ServiceContext, request: ResourceRequest & EngineFacts): Promise<Progress>;
  update(context: ServiceContext, request: ResourceUpdate & EngineFacts): Promise<Progress>;
  delete(
    context: ServiceContext,
    request: ResourceDelete & EngineFacts,
  ): Promise<{ status: "SUCCESS" } | Extract<Progress, { status: "IN_PROGRESS" }>>;
  read?(context: ServiceContext, request: ResourceRead): Promise<ResourceReading | undefined>;
}

export interface TypeRegistry {
  readonly schemas: SchemaCatalogue;
  get(type: string): EngineType | undefined;
  /** Raises ValidationError naming the types that are not there. */
  check(resources: ReadonlyMap<string, ResourceDeclaration>): void;
}

export function createRegistry(
  own: ReadonlyMap<string, EngineType>,
  custom: EngineType,
  services: ReadonlyMap<string, ResourceType>,
  schemas: SchemaCatalogue,
): TypeRegistry {
  const withSchema = (name: string, type: EngineType): readonly [string, EngineType] => [
    name,
    {
      ...type,
      get schema() {
        return schemas.get(name);
      },
    },
  ];
  const all = new Map([
    ...[...services].map(([name, type]) => withSchema(name, asEngineType(type))),
    ...[...own].map(([name, type]) => withSchema(name, type)),
  ]);
  const get = (type: string): EngineType | undefined => (type.startsWith("Custom::") ? custom : all.get(type));
  return {
    schemas,
    get,
    check(resources) {
      const missing = [...new Set([...resources.values()].map(({ type }) => type))].filter(
        (type) => get(type) === undefined,
      );
      if (missing.length === 0) return;
      const unknown = missing.filter((type) => schemas.get(type) === undefined);
      if (unknown.length > 0) {
        throw invalid(`Template format error: Unrecognized resource types: [${unknown.join(", ")}]`);
      }
      throw unsupported(`these resource types of AWS's: [${missing.join(", ")}]`);
    },
  };
}

/** A service's own type is given no more of the context than its contract says; what its calls raise is known for whose it was. */
function asEngineType({ read, ...type }: ResourceType): EngineType {
  return {
    ...type,
    ...(read === undefined ? {} : { read: (context, request) => read(narrowed(context), request) }),
    create: (context, request) => type.create(narrowed(context), request),
    update: (context, request) => type.update(narrowed(context), request),
    delete: (context, request) => type.delete(narrowed(context), request),
  };
}

/** No more of the context than the contract says; its calls' errors are known for whose they were. */
export function narrowed(context: ServiceContext): ResourceContext {
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
