/** What is running right now: requests being answered and deadlines being kept. An `auto` clock moves on only when nothing is. */

export interface Activity {
  /** Counts one piece of work until the returned function is called (once more does nothing). */
  begin(): () => void;
  readonly running: number;
  /** Called whenever the last piece of work ends. */
  onIdle(listener: () => void): void;
}

export function createActivity(): Activity {
  let running = 0;
  const listeners: (() => void)[] = [];
  return {
    begin() {
      running++;
      let over = false;
      return () => {
        if (over) return;
        over = true;
        running--;
        if (running === 0) for (const listener of listeners) listener();
      };
    },
    get running() {
      return running;
    },
    onIdle: (listener) => void listeners.push(listener),
  };
}
