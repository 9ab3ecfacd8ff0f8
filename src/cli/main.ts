/** argv → command → exit code. The only file that ends the process. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { UsageError } from "../kernel/errors.ts";
import { check, FORMATS, WrongUsage, type CheckCommandOptions } from "./check-command.ts";
import { advanceClock, showClock } from "./clock-command.ts";
import { printEnvironment } from "./env-command.ts";
import { printJournal } from "./journal-command.ts";
import { down, status } from "./running-command.ts";
import { translate, type TranslateOptions } from "./sam-command.ts";
import { up, type UpOptions } from "./up-command.ts";

const DEFAULT_PORT = 4566;

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
}

function portOption(): Option {
  return new Option("--port <number>", "the cloud's port").env("SEATRIAL_PORT").default(DEFAULT_PORT).argParser(port);
}

const program = new Command("seatrial")
  .description("A local AWS for rehearsing whole serverless releases.")
  .exitOverride()
  .configureHelp({ sortSubcommands: false });

program
  .command("up")
  .description("start the cloud")
  .addOption(portOption())
  .option("--host <address>", "the address to listen on", "127.0.0.1")
  .option("--data-dir <directory>", "where state is kept", ".seatrial")
  .option("--ephemeral", "keep nothing")
  .addOption(new Option("--clock <mode>", "how time runs").choices(["real", "manual", "auto"]).default("real"))
  .option("--detach", "return once the cloud answers, and leave it running")
  .action((options: UpOptions) => up(options));

program
  .command("down")
  .description("stop the cloud that listens on the port")
  .addOption(portOption())
  .action((options: { port: number }) => down(options.port));

program
  .command("status")
  .description("tell whether a cloud is running, and what it has")
  .addOption(portOption())
  .action((options: { port: number }) => status(options.port));

program
  .command("env")
  .description('print the variables that point AWS tools at the cloud: eval "$(seatrial env)"')
  .addOption(portOption())
  .option("--account <id>", "the account to act in, as its root", "000000000000")
  .option("--region <name>", "the region", "us-east-1")
  .action((options: { port: number; account: string; region: string }) => printEnvironment(options));

const clock = program
  .command("clock")
  .description("show the cloud's time")
  .addOption(portOption())
  .action((options: { port: number }) => showClock(options.port));
clock
  .command("advance <duration>")
  .description("wind the clock on: 10m, 1h30m, PT10M, or seconds")
  .addOption(new Option("--port <number>", "the cloud's port").argParser(port))
  .action((duration: string, options: { port?: number }) =>
    // The port may stand before or behind the word "advance".
    advanceClock(options.port ?? clock.opts<{ port: number }>().port, duration),
  );

program
  .command("journal")
  .description("print what the cloud did, newest last")
  .addOption(portOption())
  .option("--limit <count>", "how many entries", "50")
  .action((options: { port: number; limit: string }) => printJournal(options));

const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];
program
  .command("sam")
  .description("work with SAM templates")
  .command("translate <file>")
  .description("print the CloudFormation template that a SAM template stands for, as JSON")
  .option("--region <name>", "the region", "us-east-1")
  .option("--parameter <name=value>", "a parameter's value; may be repeated", several, [])
  .option("--managed-policy <name=arn>", "a managed policy known by name; may be repeated", several, [])
  .action((file: string, options: TranslateOptions) => translate(file, options));

program
  .command("check [path...]")
  .description("say what AWS would refuse in templates, parameter files, buildspecs, AppSpecs and pipelines")
  .option("--parameters <file>", "parameter values for the templates; may be repeated", several, [])
  .option("--region <name>", "the region that is deployed to", "us-east-1")
  .addOption(new Option("--format <format>", "how findings are told").choices(FORMATS).default("text"))
  .option("--output <file>", "write the report there instead of to standard output")
  .action((paths: readonly string[], options: CheckCommandOptions) => {
    process.exitCode = check(paths, options);
  });

try {
  process.exitCode = 0;
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** 0 for asked-for help, 2 for what was typed wrong, 1 for what could not be done. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof WrongUsage) {
    console.error(`seatrial: ${error.message}`);
    return 2;
  }
  if (error instanceof UsageError) console.error(`seatrial: ${error.message}`);
  else console.error(error);
  return 1;
}
