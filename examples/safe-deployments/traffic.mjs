/** The users of the example: one request for each second of the cloud, and who answered it. */

/**
 * @param {object} options
 * @param {string} options.url
 * @param {{ now(): number, advance(ms: number): Promise<number> }} options.cloud
 */
export function createTraffic({ url, cloud }) {
  const answers = [];
  return {
    /** Every answer so far: `at` in epoch milliseconds of the cloud, `from` the release's name, or "error". */
    answers,
    /** Sends a request for each of the next `seconds`, and winds the clock on after each. */
    async go(seconds) {
      for (let second = 0; second < seconds; second++) {
        const at = cloud.now();
        const response = await fetch(url);
        const body = await response.text();
        answers.push({ at, from: response.status === 200 ? JSON.parse(body).message : "error" });
        await cloud.advance(1000);
      }
    },
  };
}

/** How often each answered from `begin` on, before `end`. */
export function countsBetween(answers, begin, end) {
  const counts = {};
  for (const { at, from } of answers) if (at >= begin && at < end) counts[from] = (counts[from] ?? 0) + 1;
  return counts;
}
