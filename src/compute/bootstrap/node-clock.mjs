/**
 * The cloud's time as the function's own: `Date` is as far ahead of the machine's as the cloud's clock is, told anew with each invocation.
 * Between two tellings it runs as the machine's. Timers and `performance` measure spans and stay what they are.
 */
const Machine = globalThis.Date;
let aheadMs = 0;
let installed = false;

/** The machine's time, which limits processes. */
export const machineNow = Machine.now;

const cloudNow = () => machineNow() + aheadMs;

/** `text` is a number of milliseconds; undefined where the cloud's clock is the machine's. */
export function keepTime(text) {
  aheadMs = text === undefined ? 0 : Number(text);
  if (installed || text === undefined) return;
  installed = true;
  // Not a subclass: what others made with the real constructor must stay an instance of `Date`.
  globalThis.Date = new Proxy(Machine, {
    construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [cloudNow()] : given, made),
    apply: () => new Machine(cloudNow()).toString(),
  });
  Machine.now = function now() {
    return cloudNow();
  };
  Machine.prototype.constructor = globalThis.Date;
}
