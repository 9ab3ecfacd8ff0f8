/** What chance may do: the numbers of hits that a weight explains. */

/** The middle 99 % of a binomial distribution: from the first count to the second, both included. */
export function binomialInterval(trials: number, probability: number): readonly [number, number] {
  let term = (1 - probability) ** trials;
  if (probability === 1) return [trials, trials];
  let below = 0;
  let low: number | undefined;
  for (let count = 0; ; count++) {
    below += term;
    if (low === undefined && below > 0.005) low = count;
    if (below >= 0.995 || count === trials) return [low ?? 0, count];
    term *= ((trials - count) / (count + 1)) * (probability / (1 - probability));
  }
}
