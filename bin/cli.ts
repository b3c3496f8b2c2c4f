import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { ConfigError, processEnv, unknownVariables } from "../config/env.ts";
import { hideCredentials } from "../config/logger.ts";
import { version } from "../config/root.ts";
import { EXIT } from "../lib/exit.ts";
import { COMMANDS, GROUPS } from "./catalogue.ts";
import { exitCodeOf, explain, unknownName } from "./exit.ts";
import { allCommands, completeHelp, firstScreen } from "./help.ts";
import { followInstance } from "./instance.ts";
import { outliveLog } from "./stderr.ts";

/** Runs the command line; returns the exit code. Data goes to stdout, the rest to stderr. */
export async function main(argv: string[]): Promise<number> {
  process.stdout.off("error", endOnClosedPipe).on("error", endOnClosedPipe);
  outliveLog();
  try {
    const words = followInstance(argv, processEnv());
    if (asksForHelp(words)) return await help(words);
    const name = words.find((word) => !word.startsWith("-"));
    const program = await createProgram(name === undefined ? [] : [name]);
    await program.parseAsync(setQueryApart(program, words), { from: "user" });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    const text = explain(error);
    if (text !== null) console.error(hideCredentials(text));
    return exitCodeOf(error);
  }
}

function asksForHelp([first, ...others]: readonly string[]): boolean {
  if (first === undefined || first === "help") return true;
  return others.length === 0 && (first === "--help" || first === "-h");
}

async function help([first, ...words]: readonly string[]): Promise<number> {
  if (first === undefined) {
    console.error(firstScreen());
    return EXIT.usage;
  }
  const [name, ...others] = words;
  if (name === undefined) console.log(firstScreen());
  else if (name === "all" && others.length === 0) console.log(allCommands());
  else await (await createProgram([name])).parseAsync([...words, "--help"], { from: "user" });
  return EXIT.ok;
}

/** Returns the program with the named commands (default: all). Throws for an unknown name. */
export async function createProgram(names: readonly string[] = Object.keys(COMMANDS)) {
  const program = new Command("newsgather")
    .description("Watches news sources and turns them into a gap-free stream of articles.")
    .version(version)
    .option("--data <folder>", "the data folder of the instance to use (default: ./data)")
    .exitOverride()
    .showHelpAfterError("(`newsgather --help` lists the commands)")
    .helpCommand(false)
    .hook("preAction", () => {
      const problems = unknownVariables(processEnv());
      if (problems.length > 0) throw new ConfigError(problems);
    });
  for (const name of names) {
    const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    const hint = "`newsgather --help` lists the commands";
    if (!load) throw unknownName("command", name, Object.keys(COMMANDS), hint);
    program.commandsGroup(groupOf(name));
    (await load()).register(program);
  }
  for (const command of program.commands) completeHelp(command, [command.name()]);
  return program;
}

function groupOf(name: string): string {
  const [group = ""] = Object.entries(GROUPS).find(([, entries]) => name in entries) ?? [];
  return `${group}:`;
}

function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.ok);
}

/** Puts `--` before the query, as in `-- tram -strike`, and reads the options around the query. */
export function setQueryApart(program: Command, argv: readonly string[]): string[] {
  let command: CommandUnknownOpts = program;
  let from = 0;
  for (; ; from++) {
    const subcommand = command.commands.find((one) => one.name() === argv[from]);
    if (!subcommand) break;
    command = subcommand;
  }
  if (!command.registeredArguments.some((one) => one.variadic && one.name() === "query")) {
    return [...argv];
  }
  const end = argv.includes("--", from) ? argv.indexOf("--", from) : argv.length;
  // Also sets the options that the command knows. They aren't in the result.
  const { operands, unknown } = command.parseOptions(argv.slice(from, end));
  const ofProgram = ["-h", ...program.options.map(({ short }) => short)];
  const isOption = (word: string) => word.startsWith("--") || ofProgram.includes(word);
  const words = [...operands, ...unknown];
  const query = [...words.filter((word) => !isOption(word)), ...argv.slice(end + 1)];
  return [...argv.slice(0, from), ...words.filter(isOption), "--", ...query];
}
