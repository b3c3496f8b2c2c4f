import { CommanderError, type CommandUnknownOpts, type Option } from "@commander-js/extra-typings";
import { beforeAll, describe, expect, it, onTestFinished, test, vi } from "vitest";
import { COMMANDS, EXAMPLES, examplesOf, GROUPS } from "../../../bin/catalogue.ts";
import { createProgram, main } from "../../../bin/cli.ts";
import { allCommands, firstScreen } from "../../../bin/help.ts";

/** What a value is, by how an option or argument names it: a form, a unit, or whose id. */
const FORMS = new Set(
  [
    "time point duration hours days seconds threads lines n score",
    "id ids name names topic stage scope version number",
    "file folder in.jsonl out.jsonl cases.json url text title set",
    "code codes cause sql FIELD FIELD=VALUE age reason words",
  ].flatMap((line) => line.split(" ")),
);

let program: CommandUnknownOpts;
beforeAll(async () => {
  program = await createProgram();
}, 60_000);

/** Commands that do something, by what is typed for them. */
function leavesOf(
  command: CommandUnknownOpts,
  path: string[] = [],
): [string, CommandUnknownOpts][] {
  return command.commands.flatMap((below): [string, CommandUnknownOpts][] => {
    const own = [...path, below.name()];
    const deeper = leavesOf(below, own);
    // What only leads to others has no options.
    const acts = below.commands.length === 0 || below.options.length > 0;
    return acts ? [[own.join(" "), below], ...deeper] : deeper;
  });
}

describe("the first screen", () => {
  it("fits a terminal of 80x24 with its prompt, and names every command", () => {
    const lines = firstScreen().split("\n");
    expect(lines.length).toBeLessThanOrEqual(23);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    const words = new Set(firstScreen().split(/\s+/));
    for (const name of Object.keys(COMMANDS)) expect(words).toContain(name);
    for (const group of Object.keys(GROUPS)) expect(words).toContain(group);
  });

  it("leads to every command in a line of at most 80 columns, by group", () => {
    const lines = allCommands().split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    for (const name of Object.keys(COMMANDS)) {
      expect(lines.filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1);
    }
  });
});

test.each([
  ["--data", "/tmp/other", "--help"],
  ["--data", "/tmp/other", "help"],
  ["help", "--data", "/tmp/other"],
])("the first screen is also shown with a data folder: %s %s %s", async (...line) => {
  const shown = vi.spyOn(console, "log").mockImplementation(() => {});
  onTestFinished(() => shown.mockRestore());
  vi.stubEnv("NEWSGATHER_DATA_DIR", "/tmp/own");
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await main(line)).toBe(0);
  expect(shown).toHaveBeenCalledWith(firstScreen());
});

test("a data folder without a command is a usage error", async () => {
  const shown = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => shown.mockRestore());
  vi.stubEnv("NEWSGATHER_DATA_DIR", "/tmp/own");
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await main(["--data", "/tmp/other"])).toBe(2);
});

test("Every command has a group, an example in its --help, and options with forms or units", () => {
  const found = leavesOf(program);
  expect(found.length).toBeGreaterThan(90);
  expect(Object.values(GROUPS).flatMap(Object.keys)).toEqual(Object.keys(COMMANDS));
  for (const command of program.commands) expect(command.helpGroup()).toMatch(/^[A-Z][a-z]+:$/);
  const mistakes = found.flatMap(([name, command]) => [
    ...(helpOf(command).includes(`  newsgather ${name}`) ? [] : [`${name}: no example`]),
    ...command.options.flatMap((option) => formless(option).map((why) => `${name} ${why}`)),
  ]);
  expect(mistakes).toEqual([]);
});

test("Every option that takes a time says what a time looks like", () => {
  const timed = leavesOf(program).filter(([, { options }]) =>
    options.some(({ flags }) => /<(time|point)>/.test(flags)),
  );
  expect(timed.length).toBeGreaterThan(8);
  for (const [name, command] of timed)
    expect([name, helpOf(command)]).toEqual([name, expect.stringContaining("A time is ")]);
});

test("Every example is one that its command understands", async () => {
  const leaves = leavesOf(program);
  const names = leaves.map(([name]) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(EXAMPLES)));
  let ran: string[] = [];
  for (const [name, command] of leaves) command.action(() => void ran.push(name));
  for (const [name, command] of leaves) {
    for (const words of examplesOf(command, name)) {
      const example = `${name} ${words}`;
      ran = [];
      await program.parseAsync(wordsOf(example), { from: "user" }).catch((error: unknown) => {
        const why = error instanceof CommanderError ? error.message : String(error);
        throw new Error(`${example}: ${why}`, { cause: error });
      });
      expect([example, ran]).toEqual([example, [name]]);
    }
  }
});

/** A line as a shell splits it. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

function helpOf(command: CommandUnknownOpts): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

function formless({ flags, argChoices, description }: Option): string[] {
  const [, form] = /[<[]([^>\]]+?)(?:\.\.\.)?[>\]]$/.exec(flags) ?? [];
  const problems =
    form === undefined || argChoices || FORMS.has(form) ? [] : [`${flags}: no known form`];
  return description === "" ? [...problems, `${flags}: no description`] : problems;
}
