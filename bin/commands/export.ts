import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { type Command, Option } from "commander";
import type { Store } from "../../store/store.ts";
import { CommandError } from "../exit.ts";
import { exportArticles } from "../pass/export-articles.ts";
import { onStore } from "../services.ts";
import { timeOf } from "../time.ts";
import { exportArchive, type Slice } from "../warc/export.ts";

/** How often the count is shown, articles or captures. */
const EVERY = 1000;
/** Room for clocks that are ahead, ms. */
const AHEAD = 3_600_000;

interface Options {
  format: "jsonl" | "warc" | "wacz";
  output: string;
  source?: string[];
  since?: string;
  until?: string;
}

/** `newsgather export`: articles, or every response of the archive. */
export function register(program: Command): void {
  program
    .command("export")
    .description("write all articles, one JSON object a line, or the archive as WARC or WACZ")
    .addOption(
      new Option("--format <format>", "file format")
        .choices(["jsonl", "warc", "wacz"])
        .default("jsonl"),
    )
    .option("--source <id...>", "WARC and WACZ: only responses to these sources")
    .option("--since <time>", "WARC and WACZ: fetched since a date, or so far back, such as 7d")
    .option("--until <time>", "WARC and WACZ: fetched before a date, or so far back")
    .requiredOption("-o, --output <file>", "file to write; - for standard output (JSON lines)")
    .action(async (options: Options) => {
      const { format, output } = options;
      if (format === "jsonl") return writeLines(options);
      if (output === "-") throw new CommandError("usage", `${format} is written to a file`);
      const slice = sliceOf(options, new Date());
      const { captures, records, bytes } = await onStore((store) =>
        exportArchive(store, slice, { format, file: output, onCapture: progress("captures") }),
      );
      const size = `${(bytes / 1e6).toFixed(1)} MB`;
      console.error(`${captures} captures as ${records} records (${size}) written to ${output}`);
    });
}

function sliceOf({ source, since, until }: Options, now: Date): Slice {
  const slice = {
    sources: source ?? null,
    since: since ? timeOf("--since", since, now) : new Date(0),
    until: until ? timeOf("--until", until, now) : new Date(now.getTime() + AHEAD),
  };
  if (slice.since >= slice.until) throw new CommandError("usage", "--since is not before --until");
  return slice;
}

async function writeLines({ output, source, since, until }: Options): Promise<void> {
  if (source ?? since ?? until) {
    throw new CommandError("usage", "--source, --since and --until are for WARC and WACZ");
  }
  const count = await onStore((store) => writeArticles(store, output));
  console.error(`${count} articles written to ${output}`);
}

async function writeArticles(store: Store, output: string): Promise<number> {
  const show = progress("articles");
  let written = 0;
  async function* lines() {
    for await (const article of exportArticles(store)) {
      yield `${JSON.stringify(article)}\n`;
      show(++written);
    }
  }
  const out = output === "-" ? process.stdout : createWriteStream(output);
  await pipeline(lines, out, { end: output !== "-" });
  return written;
}

function progress(what: string): (count: number) => void {
  return (count) => {
    if (count % EVERY === 0) console.error(`${count} ${what}`);
  };
}
