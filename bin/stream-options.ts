import type { Command } from "commander";

/** Which changes a reader of the stream wants, as words of the command line. */
export interface StreamOptions {
  from: string;
  source?: string;
  topic?: string;
  country?: string;
  language?: string;
}

/** What `--from` takes. */
export const FROM = "start, latest, a time such as 2026-11-25T08:00:00Z, or a cursor";

/** Options of a command that makes a reader of the stream: where it begins, and its filter. */
export function withStreamOptions(command: Command): Command {
  return command
    .option("--from <point>", FROM, "latest")
    .option("--source <ids>", "only of these sources, separated by commas")
    .option("--topic <ids>", "only with one of these topics")
    .option("--country <codes>", "only of these countries, e.g. DE,AT")
    .option("--language <codes>", "only in these languages, e.g. de,en");
}
