/** One case on both servers, in turns, so that a slower moment of the machine hits both. */
import { send } from "./client.mjs";

const ROUNDS = 5;

/**
 * Takes the servers and how requests to each are made; gives CPU per call in µs and median latency in ms of both, and their ratios:
 * each the median over the rounds. `perCall` is how many units of work one request stands for.
 */
export async function measure({ bare, ours, scale, count, concurrency, make, perCall = 1 }) {
  const calls = Math.max(1, Math.round((count * scale) / ROUNDS));
  for (const [server, maker] of [
    [bare, make.bare],
    [ours, make.ours],
  ])
    await send(server.port, { count: Math.min(calls, 50), concurrency, make: maker });
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const one = {};
    for (const [name, server, maker] of [
      ["bare", bare, make.bare],
      ["ours", ours, make.ours],
    ]) {
      const before = server.cpuMs();
      const latencies = await send(server.port, { count: calls, concurrency, make: maker });
      one[name] = { cpuUs: ((server.cpuMs() - before) * 1000) / calls / perCall, ms: latencies[latencies.length >> 1] };
    }
    rounds.push(one);
  }
  const of = (pick) => median(rounds.map(pick));
  return {
    cpuRatio: round(of((one) => one.ours.cpuUs) / of((one) => one.bare.cpuUs)),
    latencyRatio: round(of((one) => one.ours.ms) / of((one) => one.bare.ms)),
    oursCpuUs: round(of((one) => one.ours.cpuUs)),
    bareCpuUs: round(of((one) => one.bare.cpuUs)),
    oursMs: round(of((one) => one.ours.ms)),
    bareMs: round(of((one) => one.bare.ms)),
  };
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

function round(value) {
  return Math.round(value * 100) / 100;
}
