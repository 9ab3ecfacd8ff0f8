/** The function that is released: answers which release it is. The release `broken` raises, as the article's second version does. */
declare const RELEASE: string; // put in by build.mjs

export async function handler(event: unknown) {
  console.log(JSON.stringify(event));
  if (RELEASE === "broken") throw new Error("Exception occured");
  return {
    statusCode: 200,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ message: RELEASE }),
  };
}
