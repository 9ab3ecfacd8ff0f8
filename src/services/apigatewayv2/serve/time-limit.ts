/** The limit on how long something outside of the cloud may take: a process, another server. In the machine's own time, as those run in it. */

/** Resolves with what `work` gives, or with undefined when `ms` have passed before that; `work` itself goes on. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms).unref();
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
