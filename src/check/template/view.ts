/**
 * A template as its checks see it: as it is written, as CloudFormation gets it after the SAM transform, and the way back
 * from a place in the one to a place in the other.
 */
import { LANGUAGE_EXTENSIONS } from "../../template/language-extensions/transform.ts";
import { SAM_TRANSFORM } from "../../template/sam/sam-error.ts";
import type { Template } from "../../template/template.ts";
import type { SchemaCatalogue } from "../../template/schema/resource-schema.ts";
import { isObject, own } from "../../template/value.ts";
import type { JsonObject, Path } from "../../template/value.ts";
import type { CheckedDocument, Remark } from "../document.ts";

/** A resource as CloudFormation gets it. */
export interface CheckedResource {
  readonly id: string;
  readonly type: string;
  readonly properties: JsonObject;
}

/** What a check is told about the world beside the template. */
export interface Surroundings {
  readonly catalogue: SchemaCatalogue;
  readonly region: string;
  /** Whether a file is there, by its path from where the files' paths count; undefined where nobody can tell. */
  readonly isThere?: ((path: string) => boolean) | undefined;
  /** The document of an AWS managed policy by its ARN or name, as JSON text. */
  managedPolicy(arn: string): string | undefined;
}

/** Places of resources, by logical id and path below Properties. */
export class ToldPlaces {
  readonly #places = new Set<string>();

  add(id: string, path: Path): void {
    this.#places.add(JSON.stringify([id, ...path]));
  }

  /** True when the place, or one that it stands in, was spoken of. */
  has(id: string, path: Path): boolean {
    const parts = [id, ...path];
    return parts.some((_, index) => index > 0 && this.#places.has(JSON.stringify(parts.slice(0, index + 1))));
  }
}

/** A template under check. */
export class TemplateView {
  readonly document: CheckedDocument;
  readonly written: Template;
  /** What CloudFormation works on: `written` itself, unless a transform made something of it. */
  readonly processed: Template;
  readonly around: Surroundings;
  /** Whether `processed` has everything that the stack will have: no macro is left that may yet add something. */
  readonly isWhole: boolean;
  readonly resources: ReadonlyMap<string, CheckedResource>;
  /** The places that checks of a resource's own service have spoken of. */
  readonly told = new ToldPlaces();
  readonly #origins: ReadonlyMap<string, string>;

  constructor(
    document: CheckedDocument,
    written: Template,
    around: Surroundings,
    outcome: { processed: Template; origins: ReadonlyMap<string, string>; isWhole: boolean },
  ) {
    this.document = document;
    this.written = written;
    this.around = around;
    this.processed = outcome.processed;
    this.isWhole = outcome.isWhole;
    this.#origins = outcome.origins;
    this.resources = new Map(
      [...outcome.processed.resources].map(([id, { type, properties }]) => [id, { id, type, properties }]),
    );
  }

  /** A macro that is not known here may change every resource. */
  get isOpen(): boolean {
    return this.written.transforms.some(({ name }) => name !== SAM_TRANSFORM && name !== LANGUAGE_EXTENSIONS);
  }

  ofType(...types: readonly string[]): readonly CheckedResource[] {
    return [...this.resources.values()].filter(({ type }) => types.includes(type));
  }

  resource(id: string | undefined, ...types: readonly string[]): CheckedResource | undefined {
    const found = id === undefined ? undefined : this.resources.get(id);
    return found !== undefined && (types.length === 0 || types.includes(found.type)) ? found : undefined;
  }

  /** Says something of a resource's property. */
  remark({ id }: CheckedResource, remark: Remark): void {
    this.document.remark({ ...remark, path: this.sourcePath(["Resources", id, "Properties", ...remark.path]) });
  }

  /** The same, by a check of the resource's own service: the schema need not speak of the place any more. */
  tell(resource: CheckedResource, remark: Remark): void {
    this.told.add(resource.id, remark.path);
    this.remark(resource, remark);
  }

  /** Where in the written template that stands which is at `path` of the processed one. */
  sourcePath(path: Path): Path {
    const [section, id, part, property, ...rest] = path;
    if (section !== "Resources" || typeof id !== "string" || this.processed === this.written) return path;
    const origin = this.#origins.get(id) ?? id;
    const resource = this.written.resources.get(origin);
    if (resource === undefined) return ["Resources"];
    if (resource.type === this.processed.resources.get(id)?.type) return path;
    if (part !== "Properties" || typeof property !== "string") return ["Resources", origin];
    if (own(resource.properties, property) !== undefined) return ["Resources", origin, part, property, ...rest];
    const kind = resource.type.replace("AWS::Serverless::", "");
    const globals = own(this.written.source, "Globals");
    const shared = isObject(globals) ? own(globals, kind) : undefined;
    return isObject(shared) && own(shared, property) !== undefined
      ? ["Globals", kind, property, ...rest]
      : ["Resources", origin];
  }
}
