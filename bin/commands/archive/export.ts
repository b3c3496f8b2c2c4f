import { type Command, Option } from "@commander-js/extra-typings";
import { exportArticleFiles } from "../../../archive/export/articles.ts";
import { requireTarget } from "../../../archive/export/target.ts";
import { exportArchive } from "../../../archive/warc/export.ts";
import { storedView } from "../../../articles/stream/views.ts";
import { CommandError, EXIT } from "../../../lib/exit.ts";
import { EXPORT_PURPOSES } from "../../../model/archive/export.ts";
import { historySince } from "../../../store/publish/changes.ts";
import type { Store } from "../../../store/store.ts";
import { requireSources } from "../../known.ts";
import { asOnlyWriter } from "../../only-writer.ts";
import type { OptionsOf } from "../../options-of.ts";
import { megabytes, tellLeftOut } from "../../output.ts";
import { onStore } from "../../services/use.ts";
import { spanOf, timeOf } from "../../time.ts";

const PROGRESS_EVERY_RECORDS = 1000;

export function register(program: Command) {
  const command = program
    .command("export")
    .description("write articles as JSON lines, CSV or Parquet, or the archive as WARC or WACZ")
    .addOption(
      new Option("--format <format>", "file format")
        .choices(["jsonl", "csv", "parquet", "warc", "wacz"])
        .default("jsonl"),
    )
    .addOption(
      new Option(
        "--purpose <purpose>",
        "purpose of the export; articles whose publishers reserve this use are skipped",
      )
        .choices(EXPORT_PURPOSES)
        .default("analysis"),
    )
    .option("--source <id...>", "only articles or responses of these sources")
    .option("--view <id>", "only articles in this view")
    .option(
      "--since <time>",
      "only articles published (or responses fetched) since a time, such as 2026-11-01 or 7d",
    )
    .option("--until <time>", "only articles published (or responses fetched) before a time")
    .option("--as-of <time>", "articles as they were known at a time")
    .option("--resume", "continue a stopped export into the same file")
    .option("--force", "replace an earlier export")
    .requiredOption(
      "-o, --output <file>",
      "file to write; - means standard output (only JSON lines and CSV); for Parquet, a name without .parquet makes a folder with one file per day",
    );
  command.action((options) => {
    const { output } = options;
    return output === "-" ? run(options) : asOnlyWriter(output, () => run(options));
  });
  return command;
}

type Options = OptionsOf<typeof register>;

async function run(options: Options): Promise<void> {
  const { format, output, view, asOf, purpose, resume = false, force = false } = options;
  if ((view ?? asOf) !== undefined && (format === "warc" || format === "wacz")) {
    const what = "--view and --as-of select articles: use --format jsonl, csv or parquet";
    throw new CommandError("usage", what);
  }
  const sliceAt = (now: Date) => {
    return { ...spanOf(options, now), sources: options.source ?? null, purpose };
  };
  // Report invalid times before anything is opened.
  sliceAt(new Date());
  if (output === "-" && format !== "jsonl" && format !== "csv") {
    throw new CommandError("usage", `${format} can't go to standard output: give a file name`);
  }
  await requireTarget({ format, output, resume, force });
  if (format === "warc" || format === "wacz") {
    const onCapture = progress("captures");
    const request = resumeKeyOf(options);
    const how = { format, file: output, onCapture, request, resume };
    const { captures, records, bytes, lost, leftOut } = await onStore(async (store) => {
      await requireSources(store, options.source ?? []);
      return exportArchive(store, sliceAt, how);
    });
    console.error(
      `Captures written to ${output}: ${captures} (WARC records: ${records}; ${megabytes(bytes)})`,
    );
    tellLeftOut(leftOut, purpose);
    if (lost > 0) {
      console.error(`Lost bodies: ${lost}; \`newsgather archive check\` shows details`);
      process.exitCode = EXIT.partly;
    }
    return;
  }
  const onArticle = progress("articles");
  const { articles: count, leftOut } = await onStore(async (store) => {
    await requireSources(store, options.source ?? []);
    const where = view === undefined ? null : (await storedView(store, view)).filter;
    const thenAt = (now: Date) => (asOf === undefined ? null : timeOf("--as-of", asOf, now));
    const then = thenAt(new Date());
    if (then) await requireHistory(store, then);
    if (then && where?.state) {
      throw new CommandError(
        "usage",
        "--as-of doesn't work with a view that selects by editorial state",
      );
    }
    const request = resumeKeyOf(options);
    const now = () => new Date();
    const how = { format, output, request, resume, now, onArticle };
    const slice = (begunAt: Date) => {
      return { ...sliceAt(begunAt), where, asOf: thenAt(begunAt), judgedAt: begunAt };
    };
    return exportArticleFiles(store, slice, how);
  });
  console.error(`Articles written to ${output}: ${count}`);
  tellLeftOut(leftOut, purpose);
  if (format === "parquet" && count > 0) {
    console.error(`next: newsgather query "select ..." --from ${output}`);
  }
}

function resumeKeyOf(options: Options): string {
  return JSON.stringify({ ...options, output: undefined, resume: undefined, force: undefined });
}

async function requireHistory(store: Store, time: Date): Promise<void> {
  const from = await historySince(store);
  if (!from || time >= from) return;
  const hint = "choose a later time (NEWSGATHER_KEEP_CHANGES sets how long changes are stored)";
  throw new CommandError(
    "usage",
    `the oldest stored change is from ${from.toISOString()}: ${hint}`,
  );
}

function progress(what: string): (count: number) => void {
  return (count) => {
    if (count % PROGRESS_EVERY_RECORDS === 0) console.error(`${count} ${what}`);
  };
}
