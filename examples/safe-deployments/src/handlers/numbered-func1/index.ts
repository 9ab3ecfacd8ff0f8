/**
 * The function that hooks.yml releases: answers the number of its version, which is what the hooks look for. The release `wrong` answers another;
 * `unreachable` answers rightly when it is invoked, and fails behind the API.
 */
declare const RELEASE: string; // put in by build.mjs

interface Context {
  readonly functionVersion: string;
}

export async function handler(event: { readonly httpMethod?: string }, { functionVersion }: Context) {
  console.log(`Release ${RELEASE}`);
  return {
    statusCode: RELEASE === "unreachable" && event.httpMethod !== undefined ? 500 : 200,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ message: RELEASE === "wrong" ? "wrong" : functionVersion }),
  };
}
