import { type Command, Option } from "commander";
import { storedView } from "../../publish/views/manage.ts";
import { CommandError } from "../exit.ts";
import { exportArticleFiles } from "../export/articles.ts";
import { problemsAreUsage } from "../problem.ts";
import { onStore } from "../services.ts";
import { spanOf } from "../time.ts";
import { exportArchive } from "../warc/export.ts";

/** How often the count is shown, articles or captures. */
const EVERY = 1000;

interface Options {
  format: "jsonl" | "csv" | "parquet" | "warc" | "wacz";
  output: string;
  source?: string[];
  view?: string;
  since?: string;
  until?: string;
}

/** `newsgather export`: articles, or every response of the archive. */
export function register(program: Command): void {
  program
    .command("export")
    .description("write articles as JSON lines, CSV or Parquet, or the archive as WARC or WACZ")
    .addOption(
      new Option("--format <format>", "file format")
        .choices(["jsonl", "csv", "parquet", "warc", "wacz"])
        .default("jsonl"),
    )
    .option("--source <id...>", "only of these sources")
    .option("--view <id>", "only what is in this view; of articles")
    .option(
      "--since <time>",
      "published (articles) or fetched (archive) since a date, or so far back, such as 7d",
    )
    .option("--until <time>", "published or fetched before a date, or so far back")
    .requiredOption(
      "-o, --output <file>",
      "file to write, a folder for Parquet; - for standard output (JSON lines, CSV)",
    )
    .action(async (options: Options) => {
      const { format, output, view } = options;
      if (view !== undefined && (format === "warc" || format === "wacz")) {
        throw new CommandError("usage", "a view is of articles, not of the archive's responses");
      }
      const slice = { ...spanOf(options, new Date()), sources: options.source ?? null };
      if (output === "-" && format !== "jsonl" && format !== "csv") {
        throw new CommandError("usage", `${format} is written to a file or folder`);
      }
      if (format === "warc" || format === "wacz") {
        const onCapture = progress("captures");
        const { captures, records, bytes } = await onStore((store) =>
          exportArchive(store, slice, { format, file: output, onCapture }),
        );
        const size = `${(bytes / 1e6).toFixed(1)} MB`;
        console.error(`${captures} captures as ${records} records (${size}) written to ${output}`);
        return;
      }
      const onArticle = progress("articles");
      const count = await problemsAreUsage(() =>
        onStore(async (store) => {
          const where = view === undefined ? null : (await storedView(store, view)).filter;
          return exportArticleFiles(store, { ...slice, where }, { format, output, onArticle });
        }),
      );
      console.error(`${count} articles written to ${output}`);
    });
}

function progress(what: string): (count: number) => void {
  return (count) => {
    if (count % EVERY === 0) console.error(`${count} ${what}`);
  };
}
