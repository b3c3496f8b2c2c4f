import type { Command, Option } from "commander";

/**
 * A command line whose query is set apart behind `--`, so that `tram -strike --sort newest` leaves a word out and
 * is sorted. Commands without an argument `query...` keep their line as it is.
 */
export function setQueryApart(program: Command, argv: readonly string[]): string[] {
  let [command, from] = [program, 0];
  for (; ; from++) {
    const named = command.commands.find((one) => one.name() === argv[from]);
    if (!named) break;
    command = named;
  }
  if (!command.registeredArguments.some((one) => one.variadic && one.name() === "query")) {
    return [...argv];
  }
  const [options, words]: [string[], string[]] = [[], []];
  for (let at = from; at < argv.length; at++) {
    const given = argv[at] ?? "";
    if (given === "--") {
      words.push(...argv.slice(at + 1));
      break;
    }
    if (!isOption(given, [...program.options, ...command.options])) {
      words.push(given);
      continue;
    }
    options.push(given);
    const [value] = takesValue(given, command.options) ? [argv[++at]] : [];
    if (value !== undefined) options.push(value);
  }
  return [...argv.slice(0, from), ...options, "--", ...words];
}

/** Long options are never words, known or not: a typo is told. Short ones are where they are known. */
function isOption(given: string, known: readonly Option[]): boolean {
  return given.startsWith("--") || given === "-h" || known.some(({ short }) => short === given);
}

function takesValue(given: string, known: readonly Option[]): boolean {
  return known.some(({ long, short, required }) => required && (long === given || short === given));
}
