/** The SDK's types, as a server sees them: the input and output of `PutObject` from `typeof import("@aws-sdk/client-s3")`. Types only. */
import type { Readable } from "node:stream";

/** What travels as a stream, or may. */
export type Body = Readable | Uint8Array | string;

type Simple = string | number | boolean | bigint | null | undefined | Date;

/** Required members lose their `| undefined` (the wire has checked them), blobs are Uint8Array, streaming bodies are `Streams`. */
type Served<T, Streams> = unknown extends T
  ? T
  : // A structure without members (S3's SimplePrefix) takes everything, and is no blob.
    [number] extends [Exclude<T, undefined>]
    ? T
    : [ArrayBuffer | string] extends [Exclude<T, undefined>]
      ? Uint8Array | Extract<T, undefined>
      : [Readable | string] extends [Exclude<T, undefined>]
        ? Streams | Extract<T, undefined>
        : ServedEach<T, Streams>;

type ServedEach<T, Streams> = T extends Simple
  ? T
  : T extends Uint8Array
    ? Uint8Array
    : T extends { transformToByteArray: unknown }
      ? Streams
      : T extends AsyncIterable<infer Event>
        ? AsyncIterable<Served<Event, Streams>>
        : T extends readonly (infer Item)[]
          ? Served<Item, Streams>[]
          : T extends object
            ? {
                [K in keyof T as K extends "$metadata" ? never : K]: object extends Pick<T, K>
                  ? Served<T[K], Streams> | undefined
                  : Served<Exclude<T[K], undefined>, Streams>;
              }
            : T;

type Constructor<Input, Command> = new (input: Input) => Command;
type OutputOf<Command> = Command extends {
  resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Output }>;
}
  ? Output
  : never;

/** The names of an SDK's operations: `PutObject` for `PutObjectCommand`. */
export type OperationName<Sdk> = {
  [K in keyof Sdk]: K extends `${infer Name}Command` ? (Name extends "" | "$" ? never : Name) : never;
}[keyof Sdk];

type CommandOf<Sdk, Name extends string> = `${Name}Command` extends keyof Sdk ? Sdk[`${Name}Command`] : never;

/** An operation's input as its handler sees it. */
export type Input<Sdk, Name extends string> =
  // By its `input`, since the commands whose input may be left out have two constructors.
  CommandOf<Sdk, Name> extends Constructor<never, { readonly input: infer In }> ? Served<In, Readable> : never;

/** An operation's output as its handler gives it. */
export type Output<Sdk, Name extends string> =
  CommandOf<Sdk, Name> extends Constructor<never, infer Command> ? Served<OutputOf<Command>, Body> : never;
