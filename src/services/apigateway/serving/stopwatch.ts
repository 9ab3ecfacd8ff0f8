/**
 * How long work truly took, in milliseconds: for Latency and IntegrationLatency, which tell, as Lambda's Duration does, of this machine and not of
 * the cloud's clock. The only place here that asks the machine.
 */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => Math.round(performance.now() - start);
}
