/**
 * What is known while AWS::LanguageExtensions works: loop identifiers, parameters, mappings, conditions, and how much may still be written.
 */
import { MAX_TEMPLATE_BYTES } from "../parse.ts";
import type { PseudoParameters } from "../pseudo-parameters.ts";
import { TemplateError } from "../template-error.ts";
import { own, type Json, type JsonObject } from "../value.ts";

/** A parameter as the transform may use it. One whose value lies in the parameter store is not given: it is not known yet. */
export interface KnownParameter {
  /** A string, or a list for the list types. */
  readonly value: Json;
  readonly noEcho: boolean;
}

/** What the transform is told beside the template. Pseudo parameters that are not given stay as they are written. */
export interface LanguageExtensionsOptions {
  readonly parameters: ReadonlyMap<string, KnownParameter>;
  readonly pseudo: Partial<PseudoParameters>;
}

/**
 * `strict` is on where the transform cannot go on without the value (a collection, the arguments of Fn::FindInMap, a name): there pseudo
 * parameters and NoEcho parameters are filled in too, which elsewhere stay references, so that no secret is written into the template.
 */
export interface ExtensionScope {
  readonly options: LanguageExtensionsOptions;
  readonly mappings: JsonObject;
  /** Loop identifiers with the item of this turn. */
  readonly bindings: ReadonlyMap<string, string>;
  readonly strict: boolean;
  readonly budget: Budget;
  /** The member of a section that is worked on, for messages. */
  readonly member: string;
  /** Whether a condition holds; undefined when that is not known yet. */
  condition(name: string): boolean | undefined;
}

/** Bounds what the transform looks at and writes: nested loops and Fn::Sub grow a small template without end. */
export class Budget {
  #left = 4 * MAX_TEMPLATE_BYTES;

  /** Takes what one value or one turn of a loop costs. Raises TemplateError when the result would be no template any more. */
  spend(characters: number): void {
    this.#left -= characters + 8;
    if (this.#left < 0) throw new TemplateError(`Template may not exceed ${MAX_TEMPLATE_BYTES} bytes in size.`);
  }
}

/** A value, and whether nothing of it is left to be evaluated when the stack is worked on (`Ref: AWS::NoValue` may be in it). */
export interface Settled {
  readonly value: Json;
  readonly known: boolean;
}

/** What a name stands for at transform time; undefined for a resource and for what is not known yet. */
export function knownValue(name: string, { bindings, options, strict }: ExtensionScope): Json | undefined {
  const item = bindings.get(name);
  if (item !== undefined) return item;
  const parameter = options.parameters.get(name);
  if (parameter !== undefined) return parameter.noEcho && !strict ? undefined : parameter.value;
  return strict ? pseudo(name, options.pseudo) : undefined;
}

function pseudo(name: string, known: Partial<PseudoParameters>): Json | undefined {
  const values: JsonObject = Object.fromEntries(
    Object.entries({
      "AWS::AccountId": known.accountId,
      "AWS::Region": known.region,
      "AWS::Partition": known.partition,
      "AWS::URLSuffix": known.urlSuffix,
      "AWS::StackName": known.stackName,
      "AWS::StackId": known.stackId,
    }).flatMap(([key, value]): [string, Json][] => (value === undefined ? [] : [[key, value]])),
  );
  return own(values, name);
}
