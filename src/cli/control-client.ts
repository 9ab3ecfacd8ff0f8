/** Asks a running cloud through `/_seatrial`. */
import { UsageError } from "../kernel/errors.ts";

export interface Health {
  readonly status: string;
  readonly pid: number;
  readonly services: readonly string[];
  readonly clock: { readonly mode: string; readonly now: string };
}

/** Asks for `path` under `/_seatrial/`. Raises UsageError when no cloud answers there, or when it refuses. */
export async function ask<Answer>(port: number, method: "GET" | "POST", path: string, body?: object): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(`http://127.0.0.1:${port}/_seatrial/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new UsageError(
      `No cloud answers on port ${port}. Start one with "seatrial up", or name its port with --port or SEATRIAL_PORT.`,
    );
  }
  const text = await response.text();
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new UsageError(
      `What listens on port ${port} is not Seatrial. Name the cloud's port with --port or SEATRIAL_PORT.`,
    );
  }
  if (!response.ok) {
    const refusal = typeof answer === "object" && answer !== null && "error" in answer ? String(answer.error) : text;
    throw new UsageError(refusal);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own control speaks on the other end
  return answer as Answer;
}

/** The health of the cloud on this port; undefined when nothing answers. */
export async function healthOf(port: number): Promise<Health | undefined> {
  try {
    return await ask<Health>(port, "GET", "health");
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}
