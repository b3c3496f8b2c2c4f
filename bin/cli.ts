import { Command } from "commander";
import { processEnv } from "../config/env.ts";
import { hideCredentials } from "../config/logger.ts";
import { EXIT, exitCodeOf, explain } from "./exit.ts";
import { followInstance } from "./instance.ts";
import { setQueryApart } from "./query-words.ts";
import { version } from "./roles/package.ts";

/** Adds a command to the program; its action throws `CommandError` to end with an exit code. */
type Register = (program: Command) => void;

/** Every command, loaded only when it is asked for (or listed by --help). */
const COMMANDS: Record<string, () => Promise<{ register: Register }>> = {
  start: () => import("./commands/start.ts"),
  demo: () => import("./commands/demo.ts"),
  discover: () => import("./commands/discover.ts"),
  try: () => import("./commands/try.ts"),
  fetch: () => import("./commands/fetch.ts"),
  run: () => import("./commands/run.ts"),
  status: () => import("./commands/status.ts"),
  top: () => import("./commands/top.ts"),
  health: () => import("./commands/health.ts"),
  alarms: () => import("./commands/alarms.ts"),
  recall: () => import("./commands/recall.ts"),
  why: () => import("./commands/why.ts"),
  schedule: () => import("./commands/schedule.ts"),
  websub: () => import("./commands/websub.ts"),
  hosts: () => import("./commands/hosts.ts"),
  dead: () => import("./commands/dead.ts"),
  backfill: () => import("./commands/backfill.ts"),
  reprocess: () => import("./commands/reprocess.ts"),
  article: () => import("./commands/article.ts"),
  topics: () => import("./commands/topics.ts"),
  unlisted: () => import("./commands/unlisted.ts"),
  search: () => import("./commands/search.ts"),
  searches: () => import("./commands/searches.ts"),
  "search-index": () => import("./commands/search-index.ts"),
  export: () => import("./commands/export.ts"),
  query: () => import("./commands/query.ts"),
  figures: () => import("./commands/figures.ts"),
  storage: () => import("./commands/storage.ts"),
  archive: () => import("./commands/archive.ts"),
  import: () => import("./commands/import.ts"),
  backup: () => import("./commands/backup.ts"),
  restore: () => import("./commands/restore.ts"),
  robots: () => import("./commands/register-robots.ts"),
  extract: () => import("./commands/register-extract.ts"),
  stories: () => import("./commands/stories.ts"),
  sources: () => import("./commands/sources.ts"),
  erase: () => import("./commands/erase.ts"),
  consumers: () => import("./commands/consumers.ts"),
  webhooks: () => import("./commands/webhooks.ts"),
  views: () => import("./commands/views.ts"),
  users: () => import("./commands/users.ts"),
  keys: () => import("./commands/keys.ts"),
  audit: () => import("./commands/audit.ts"),
  doctor: () => import("./commands/doctor.ts"),
};

/** Runs the command line; resolves to the exit code. Data goes to stdout, all else to stderr. */
export async function main(argv: string[]): Promise<number> {
  process.stdout.on("error", endOnClosedPipe);
  const program = new Command("newsgather")
    .description("Watches news sources and turns them into a gap-free stream of articles.")
    .version(version)
    .option("--data <folder>", "the data folder of the instance that is meant (default: ./data)")
    .exitOverride()
    .showHelpAfterError("(newsgather --help lists the commands)");
  let words: string[];
  try {
    words = followInstance(argv, processEnv());
  } catch (error) {
    console.error(explain(error));
    return exitCodeOf(error);
  }
  const asked = words.find((word) => !word.startsWith("-"));
  const named = asked === undefined ? undefined : COMMANDS[asked];
  for (const load of named ? [named] : Object.values(COMMANDS)) (await load()).register(program);
  try {
    await program.parseAsync(setQueryApart(program, words), { from: "user" });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    const text = explain(error);
    if (text !== null) console.error(hideCredentials(text));
    return exitCodeOf(error);
  }
}

/** `newsgather export | head` closes our stdout: that is no failure. */
function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.ok);
}
