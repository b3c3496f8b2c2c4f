import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { expect, onTestFinished, test, vi } from "vitest";
import { main, setQueryApart } from "../../../bin/cli.ts";
import { register as registerSearch } from "../../../bin/commands/content/search.ts";
import { register as registerSearches } from "../../../bin/commands/content/searches.ts";

/** What the command line's own parser makes of a line: words and options of the command that would run. */
async function parsed(line: string[]) {
  const program = new Command("newsgather").version("1").exitOverride();
  registerSearch(program);
  registerSearches(program);
  let seen: unknown;
  const watch = (command: CommandUnknownOpts): void => {
    command.exitOverride();
    command.configureOutput({ writeErr() {}, writeOut() {} });
    if (command.commands.length === 0) {
      command.action(() => {
        seen = { words: command.args, options: command.opts() };
      });
    }
    for (const one of command.commands) watch(one);
  };
  watch(program);
  await program.parseAsync(setQueryApart(program, line), { from: "user" });
  return seen;
}

test.each([
  ["tram -strike", ["tram", "-strike"]],
  ["-strike tram", ["-strike", "tram"]],
  ["tram -Venezuela -house -h2o", ["tram", "-Venezuela", "-house", "-h2o"]],
  ["tram -title:strike", ["tram", "-title:strike"]],
  ["-- tram --sort", ["tram", "--sort"]],
])("a leading minus leaves a word out of a search: %s", async (line, words) => {
  expect(await parsed(["search", ...line.split(" ")])).toMatchObject({ words });
});

test.each([
  "--sort newest tram -strike --limit=3 --facets",
  "tram --sort newest -strike --facets --limit 3",
  "tram -strike --facets --limit 3 --sort=newest",
])("options count before a query, in it and behind it: %s", async (line) => {
  expect(await parsed(["search", ...line.split(" ")])).toMatchObject({
    words: ["tram", "-strike"],
    options: { sort: "newest", limit: 3, facets: true },
  });
});

test("a leading minus leaves a word out of a search that is saved", async () => {
  const line = ["searches", "save", "trams", "tram", "-strike", "--sort", "newest"];
  expect(await parsed(line)).toEqual({
    words: ["trams", "tram", "-strike"],
    options: { sort: "newest" },
  });
});

test("an option that there isn't is refused, and help is shown", async () => {
  await expect(parsed(["search", "tram", "--srot", "newest"])).rejects.toThrow("--srot");
  await expect(parsed(["search", "tram", "-h"])).rejects.toThrow("(outputHelp)");
});

test("an option of the program counts behind a query", async () => {
  await expect(parsed(["search", "tram", "-V"])).rejects.toMatchObject({
    code: "commander.version",
  });
});

test("the command line itself takes the example of its own help", async () => {
  const errors: string[] = [];
  const spies = [
    vi.spyOn(console, "error").mockImplementation((text) => void errors.push(String(text))),
    vi.spyOn(process.stderr, "write").mockImplementation((text) => errors.push(String(text)) > 0),
  ];
  onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
  // A demo that runs in this checkout would put its settings into the environment of later files.
  vi.stubEnv("NEWSGATHER_DATA_DIR", "/nowhere");
  onTestFinished(() => void vi.unstubAllEnvs());
  // Refused for its sort, which is read after the words.
  expect(await main(["search", "tram", "-strike", "--sort", "worst"])).toBe(2);
  expect(errors.join()).toContain("'worst' is invalid");
});
