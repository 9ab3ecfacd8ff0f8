/** A reply on its way from a function that writes it to a caller that reads it, no faster than the caller reads. */
import type { ReplyStream } from "../../compute/contract.ts";

export interface ReplyChannel {
  /** The function's end. */
  readonly reply: ReplyStream;
  /** The content type, when the first byte is about to come; never settles for a function that gives none. */
  readonly started: Promise<string>;
  /** The caller's end; to be walked once. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Nothing more will come. */
  end(): void;
}

export function createReplyChannel(): ReplyChannel {
  let tellStarted: (contentType: string) => void = () => {};
  const started = new Promise<string>((resolve) => {
    tellStarted = resolve;
  });
  const waiting: { readonly chunk: Uint8Array; readonly taken: () => void }[] = [];
  let wake = (): void => {};
  let ended = false;
  let abandoned = false;

  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) {
          yield next.chunk;
          next.taken();
          continue;
        }
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      // The caller has gone: the function goes on, as on AWS, and writes into nothing.
      abandoned = true;
      for (const { taken } of waiting.splice(0)) taken();
    }
  }

  return {
    started,
    chunks: chunks(),
    reply: {
      start: (contentType) => tellStarted(contentType),
      write(chunk) {
        if (abandoned) return;
        return new Promise<void>((taken) => {
          waiting.push({ chunk: Uint8Array.from(chunk), taken });
          wake();
        });
      },
    },
    end() {
      ended = true;
      wake();
    },
  };
}
