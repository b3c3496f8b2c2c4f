import type { Command } from "commander";

/** A filter as words of the command line. */
export interface FilterOptions {
  source?: string;
  topic?: string;
  country?: string;
  region?: string;
  city?: string;
  language?: string;
  relevance?: string;
}

/** Which changes a reader of the stream wants, as words of the command line. */
export interface StreamOptions extends FilterOptions {
  from: string;
  view?: string;
}

/** What `--from` takes. */
export const FROM = "start, latest, a time such as yesterday, or a cursor";

/** Options of a command that takes a filter. */
export function withFilterOptions(command: Command): Command {
  return command
    .option("--source <ids>", "only of these sources, separated by commas")
    .option("--topic <ids>", "only with one of these topics")
    .option("--country <codes>", "only of these countries, e.g. DE,AT")
    .option("--region <codes>", "only of these regions (ISO 3166-2), e.g. DE-BE")
    .option("--city <names>", "only of these cities, e.g. Berlin")
    .option("--language <codes>", "only in these languages, e.g. de,en")
    .option("--relevance <score>", "only at least so relevant, 0 to 1");
}

/** Options of a command that makes a reader of the stream: where it begins, and its filter. */
export function withStreamOptions(command: Command): Command {
  const begun = command.option("--from <point>", FROM, "latest");
  return withFilterOptions(begun).option(
    "--view <id>",
    "what is in this view, in place of a filter",
  );
}
