/** The SDK fallback for `import` on a Node without synchronous module hooks: runs in the loader's thread. */
const SDK = /^@(aws-sdk|smithy)\//;
let layers = [];
let own;

export function initialize(data) {
  ({ layers, own } = data);
}

export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    const bare = /^[^./#]/.test(specifier) && !/^[a-z]+:/.test(specifier);
    if (error?.code !== "ERR_MODULE_NOT_FOUND" || !bare) throw error;
    for (const parentURL of [...layers, ...(SDK.test(specifier) ? [own] : [])]) {
      try {
        return await next(specifier, { ...context, parentURL });
      } catch {
        // The next place may have it.
      }
    }
    throw error;
  }
}
