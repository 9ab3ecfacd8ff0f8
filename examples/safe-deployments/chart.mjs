/** Draws who answered, as text: a line for each span of time, a mark for each request. */
import { countsBetween } from "./traffic.mjs";

const MARKS = { v1: "█", v2: "▒", error: "x" };

/** The lines from `begin` on, each of `seconds`; both and `at` of the answers in the cloud's time. The last span is left out when it is not over. */
export function chart(answers, { begin, end, seconds }) {
  const lines = [];
  for (let at = begin; at + seconds * 1000 <= end; at += seconds * 1000) {
    const counts = countsBetween(answers, at, at + seconds * 1000);
    const names = Object.keys(MARKS).filter((name) => counts[name] !== undefined);
    const bar = names.map((name) => MARKS[name].repeat(counts[name])).join("");
    lines.push(
      `${clockTime(at - begin)}  ${bar.padEnd(seconds)}  ${names.map((name) => `${name} ${counts[name]}`).join(", ")}`,
    );
  }
  return lines;
}

/** Minutes and seconds: `05:30`. */
export function clockTime(ms) {
  const seconds = Math.floor(ms / 1000);
  return [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, "0")).join(":");
}
