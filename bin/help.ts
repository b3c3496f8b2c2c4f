import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { wrapped } from "../lib/text.ts";
import { LATER_FORMS, TIME_FORMS } from "../lib/time-expression.ts";
import { examplesOf, GROUPS } from "./catalogue.ts";

const MAX_LINE_CHARS = 80;
const GROUP_WIDTH = 10;

const BEGINNINGS = [
  ["demo", "try everything on a sample world"],
  ["discover agency.example --write", "watch a site"],
  ["run --all --once", "fetch what is due, then end"],
  ["start", "run everything until Ctrl-C"],
];

export function firstScreen(): string {
  const begin = BEGINNINGS.map(([words = "", about]) => `  newsgather ${words.padEnd(33)}${about}`);
  const groups = Object.entries(GROUPS).flatMap(([group, entries]) =>
    namesIn(group, Object.keys(entries)),
  );
  return [
    "Usage: newsgather COMMAND [ARGUMENT...] [OPTION...]",
    "",
    "Watches news sources and turns them into a gap-free stream of articles.",
    "",
    ...begin,
    "",
    ...groups,
    "",
    "newsgather help all      one line about each command",
    "newsgather help COMMAND  its arguments and options, with examples",
    "newsgather --data FOLDER COMMAND  use the instance with this data folder",
  ].join("\n");
}

function namesIn(group: string, names: readonly string[]): string[] {
  const lines = wrapped(names, MAX_LINE_CHARS - GROUP_WIDTH, "  ");
  return lines.map((line, n) => (n === 0 ? group : "").padEnd(GROUP_WIDTH) + line);
}

export function allCommands(): string {
  const groups = Object.entries(GROUPS).map(([group, entries]) => {
    const lines = Object.entries(entries).map(([name, about]) => `  ${name.padEnd(14)}${about}`);
    return [`${group}:`, ...lines].join("\n");
  });
  return [...groups, "newsgather help COMMAND shows its arguments and options."].join("\n\n");
}

const FUTURE_TIME_OPTIONS = new Set(["--until of sources hold", "--expires", "--embargo", "--pin"]);

export function completeHelp(command: CommandUnknownOpts, path: readonly string[]): void {
  const name = path.join(" ");
  const times = command.options.filter(({ flags }) => /<(time|point)>/.test(flags));
  const ahead = times.filter(
    ({ long }) =>
      FUTURE_TIME_OPTIONS.has(long ?? "") || FUTURE_TIME_OPTIONS.has(`${long} of ${name}`),
  );
  if (times.length > ahead.length) command.addHelpText("after", timesText(TIME_FORMS));
  if (ahead.length > 0) command.addHelpText("after", timesText(LATER_FORMS));
  const examples = examplesOf(command, name);
  if (examples.length > 0) {
    const lines = examples.map((example) => `  newsgather ${name} ${example}`.trimEnd());
    const title = lines.length === 1 ? "Example" : "Examples";
    command.addHelpText("after", `\n${title}:\n${lines.join("\n")}`);
  }
  for (const below of command.commands) completeHelp(below, [...path, below.name()]);
}

function timesText(forms: string): string {
  return `\nA time is ${forms.replace(" or ", "\nor ")}.`;
}
