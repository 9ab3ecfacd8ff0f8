/**
 * The lines that Lambda itself writes around an invocation, in the text and the JSON form
 * (AWS's pages "Viewing CloudWatch logs", "Log-level filtering" and "Telemetry API Event schema reference").
 */
import type { FunctionSpec } from "./contract.ts";

export type Phase = "init" | "invoke";

/** How a phase ended; `errorType` as in AWS's REPORT line. */
export interface Ending {
  readonly status: "success" | "error" | "failure" | "timeout";
  readonly errorType?: string;
}

export interface Report extends Ending {
  readonly requestId: string;
  readonly durationMs: number;
  readonly billedMs: number;
  readonly maxMemoryMegabytes: number;
  readonly initMs?: number;
  readonly traceHeader?: string;
}

export interface PlatformLog {
  initStart(version: string, phase: Phase): void;
  /** Only said in text when it went wrong, as on AWS. */
  initReport(ending: Ending, phase: Phase, durationMs: number): void;
  start(requestId: string): void;
  /** A sentence about an invocation that was cut short: only in text, JSON has it in the report. */
  problem(text: string): void;
  report(report: Report): void;
}

const SYSTEM_LEVELS = ["DEBUG", "INFO", "WARN"] as const;

/** `write` takes a finished message; `now` is the cloud's clock; `segmentId` makes 16 hexadecimal digits. */
export function createPlatformLog(
  spec: FunctionSpec,
  write: (message: string) => void,
  now: () => number,
  segmentId: () => string,
): PlatformLog {
  return spec.logFormat === "JSON" ? jsonLog(spec, write, now) : textLog(spec, write, segmentId);
}

function textLog(spec: FunctionSpec, write: (message: string) => void, segmentId: () => string): PlatformLog {
  return {
    initStart(version, phase) {
      // A second init inside the invoke phase is silent on AWS.
      if (phase === "init") write(`INIT_START Runtime Version: ${version}\n`);
    },
    initReport(ending, phase, durationMs) {
      if (ending.status === "success") return;
      write(`INIT_REPORT Init Duration: ${durationMs.toFixed(2)} ms\tPhase: ${phase}\tStatus: ${statusText(ending)}\n`);
    },
    start: (requestId) => write(`START RequestId: ${requestId} Version: ${spec.functionVersion}\n`),
    problem: (text) => write(`${text}\n`),
    report(report) {
      write(`END RequestId: ${report.requestId}\n`);
      const init = report.initMs === undefined ? "" : `Init Duration: ${report.initMs.toFixed(2)} ms\t`;
      const status = report.status === "success" || report.status === "failure" ? "" : `Status: ${statusText(report)}`;
      const trace = spec.tracing === "Active" ? traceText(report.traceHeader, segmentId) : "";
      write(
        `REPORT RequestId: ${report.requestId}\tDuration: ${report.durationMs.toFixed(2)} ms\tBilled Duration: ${report.billedMs} ms\t` +
          `Memory Size: ${spec.memoryMegabytes} MB\tMax Memory Used: ${report.maxMemoryMegabytes} MB\t${init}${status}\n${trace}`,
      );
    },
  };
}

const statusText = (ending: Ending): string =>
  ending.errorType === undefined || ending.status === "timeout"
    ? ending.status
    : `${ending.status}\tError Type: ${ending.errorType}`;

function traceText(header: string | undefined, segmentId: () => string): string {
  const root = /Root=([^;]+)/.exec(header ?? "")?.[1];
  if (root === undefined) return "";
  const sampled = /Sampled=1/.test(header ?? "") ? "true" : "false";
  return `XRAY TraceId: ${root}\tSegmentId: ${segmentId()}\tSampled: ${sampled}\t\n`;
}

function jsonLog(spec: FunctionSpec, write: (message: string) => void, now: () => number): PlatformLog {
  const least = SYSTEM_LEVELS.indexOf(spec.systemLogLevel ?? "INFO");

  function event(level: (typeof SYSTEM_LEVELS)[number], type: string, record: Record<string, unknown>): void {
    if (SYSTEM_LEVELS.indexOf(level) < least) return;
    write(JSON.stringify({ time: new Date(now()).toISOString(), type: `platform.${type}`, record }));
  }

  return {
    initStart(version, phase) {
      const { functionName, functionVersion } = spec;
      event("INFO", "initStart", {
        initializationType: "on-demand",
        phase,
        runtimeVersion: version,
        functionName,
        functionVersion,
      });
    },
    initReport(ending, phase, durationMs) {
      const level = ending.status === "success" ? "DEBUG" : "WARN";
      const common = { initializationType: "on-demand", phase, ...ending };
      event(level, "initRuntimeDone", common);
      event(level, "initReport", { ...common, metrics: { durationMs: round(durationMs) } });
    },
    start: (requestId) => event("INFO", "start", { requestId, version: spec.functionVersion }),
    problem() {},
    report({ requestId, status, errorType, durationMs, billedMs, maxMemoryMegabytes, initMs }) {
      const failed = status !== "success";
      const ending = errorType === undefined || !failed ? { status } : { status, errorType };
      event(failed ? "WARN" : "DEBUG", "runtimeDone", {
        requestId,
        ...ending,
        metrics: { durationMs: round(durationMs) },
      });
      const init = initMs === undefined ? {} : { initDurationMs: round(initMs) };
      const metrics = {
        durationMs: round(durationMs),
        billedDurationMs: billedMs,
        memorySizeMB: spec.memoryMegabytes,
        maxMemoryUsedMB: maxMemoryMegabytes,
        ...init,
      };
      event(failed ? "WARN" : "INFO", "report", { requestId, metrics, ...ending });
    },
  };
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;
