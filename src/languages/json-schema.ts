/**
 * JSON Schema, draft 4, as API Gateway's models have it: whether a value is as a schema says. References lead into the schema itself
 * (`#/definitions/…`) or to another model by its name, which `resolve` knows.
 */

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Finds the schema that a `$ref` which does not begin with `#` leads to. */
export type SchemaResolver = (reference: string) => JsonSchema | undefined;

const DEEPEST = 64;

/** The first faults found, each with its place; none when the value is as the schema says. */
export function schemaFaults(schema: JsonSchema, value: unknown, resolve: SchemaResolver = () => undefined): string[] {
  return check({ root: schema, resolve }, schema, value, "#", 0);
}

interface Scope {
  readonly root: JsonSchema;
  readonly resolve: SchemaResolver;
}

function check(scope: Scope, schema: JsonSchema, value: unknown, at: string, depth: number): string[] {
  if (depth > DEEPEST) return [`${at}: nested too deeply`];
  const reference = schema["$ref"];
  if (typeof reference === "string") {
    const [target, within] = followed(scope, reference);
    return target === undefined ? [`${at}: cannot find ${reference}`] : check(within, target, value, at, depth + 1);
  }
  return [
    ...typeFaults(schema, value, at),
    ...combined(scope, schema, value, at, depth),
    ...(typeof value === "string" ? textFaults(schema, value, at) : []),
    ...(typeof value === "number" ? numberFaults(schema, value, at) : []),
    ...(Array.isArray(value) ? listFaults(scope, schema, value, at, depth) : []),
    ...(isSchema(value) ? objectFaults(scope, schema, value, at, depth) : []),
  ];
}

function followed(scope: Scope, reference: string): [JsonSchema | undefined, Scope] {
  if (!reference.startsWith("#")) {
    const found = scope.resolve(reference);
    return [found, found === undefined ? scope : { ...scope, root: found }];
  }
  let target: unknown = scope.root;
  for (const part of reference.slice(1).split("/").filter(Boolean)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    target = isSchema(target) ? target[name] : undefined;
  }
  return [isSchema(target) ? target : undefined, scope];
}

function typeFaults(schema: JsonSchema, value: unknown, at: string): string[] {
  const { type, enum: allowed } = schema;
  const faults: string[] = [];
  if (type !== undefined) {
    const types: unknown[] = Array.isArray(type) ? type : [type];
    if (!types.some((one) => isOfType(one, value))) faults.push(`${at}: must be of type ${types.join(" or ")}`);
  }
  if (Array.isArray(allowed) && !allowed.some((one) => same(one, value))) faults.push(`${at}: must be one of the enum`);
  return faults;
}

function isOfType(type: unknown, value: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isSchema(value);
    case "integer":
      return typeof value === "number" && Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function combined(scope: Scope, schema: JsonSchema, value: unknown, at: string, depth: number): string[] {
  const faultsOf = (one: unknown): string[] => (isSchema(one) ? check(scope, one, value, at, depth + 1) : []);
  const { allOf, anyOf, oneOf, not } = schema;
  const faults: string[] = [];
  if (Array.isArray(allOf)) faults.push(...allOf.flatMap(faultsOf));
  if (Array.isArray(anyOf) && !anyOf.some((one) => faultsOf(one).length === 0)) faults.push(`${at}: is none of anyOf`);
  if (Array.isArray(oneOf) && oneOf.filter((one) => faultsOf(one).length === 0).length !== 1) {
    faults.push(`${at}: is not exactly one of oneOf`);
  }
  if (isSchema(not) && faultsOf(not).length === 0) faults.push(`${at}: must not be as not says`);
  return faults;
}

function textFaults(schema: JsonSchema, value: string, at: string): string[] {
  const { minLength, maxLength, pattern } = schema;
  // In characters, not in halves of them.
  const { length } = Array.from(value);
  const faults: string[] = [];
  if (typeof minLength === "number" && length < minLength) faults.push(`${at}: is shorter than ${minLength}`);
  if (typeof maxLength === "number" && length > maxLength) faults.push(`${at}: is longer than ${maxLength}`);
  if (typeof pattern === "string" && !new RegExp(pattern, "u").test(value)) faults.push(`${at}: is not as ${pattern}`);
  return faults;
}

function numberFaults(schema: JsonSchema, value: number, at: string): string[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const faults: string[] = [];
  if (typeof minimum === "number" && (value < minimum || (exclusiveMinimum === true && value === minimum))) {
    faults.push(`${at}: is less than ${minimum}`);
  }
  if (typeof maximum === "number" && (value > maximum || (exclusiveMaximum === true && value === maximum))) {
    faults.push(`${at}: is more than ${maximum}`);
  }
  if (typeof multipleOf === "number" && !Number.isInteger(value / multipleOf)) {
    faults.push(`${at}: is no multiple of ${multipleOf}`);
  }
  return faults;
}

function listFaults(scope: Scope, schema: JsonSchema, value: unknown[], at: string, depth: number): string[] {
  const { items, additionalItems, minItems, maxItems, uniqueItems } = schema;
  const faults: string[] = [];
  if (typeof minItems === "number" && value.length < minItems) faults.push(`${at}: has fewer than ${minItems} items`);
  if (typeof maxItems === "number" && value.length > maxItems) faults.push(`${at}: has more than ${maxItems} items`);
  if (uniqueItems === true && new Set(value.map((item) => JSON.stringify(item))).size < value.length) {
    faults.push(`${at}: has equal items`);
  }
  value.forEach((item, index) => {
    const own: unknown = Array.isArray(items) ? (items[index] ?? additionalItems) : items;
    if (own === false) faults.push(`${at}/${index}: is one too many`);
    if (isSchema(own)) faults.push(...check(scope, own, item, `${at}/${index}`, depth + 1));
  });
  return faults;
}

function objectFaults(scope: Scope, schema: JsonSchema, value: JsonSchema, at: string, depth: number): string[] {
  const { properties, patternProperties, additionalProperties, required, minProperties, maxProperties } = schema;
  const names = Object.keys(value);
  const faults: string[] = [];
  if (Array.isArray(required)) {
    for (const name of required) if (!Object.hasOwn(value, String(name))) faults.push(`${at}: lacks ${String(name)}`);
  }
  if (typeof minProperties === "number" && names.length < minProperties) faults.push(`${at}: has too few properties`);
  if (typeof maxProperties === "number" && names.length > maxProperties) faults.push(`${at}: has too many properties`);
  for (const name of names) {
    const own = isSchema(properties) && Object.hasOwn(properties, name) ? [properties[name]] : [];
    const patterns = Object.entries(isSchema(patternProperties) ? patternProperties : {});
    const said = [...own, ...patterns.filter(([pattern]) => new RegExp(pattern, "u").test(name)).map(([, one]) => one)];
    if (said.length === 0) {
      if (additionalProperties === false) faults.push(`${at}/${name}: is not allowed`);
      said.push(additionalProperties);
    }
    for (const one of said) {
      if (isSchema(one)) faults.push(...check(scope, one, value[name], `${at}/${name}`, depth + 1));
    }
  }
  return faults;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
