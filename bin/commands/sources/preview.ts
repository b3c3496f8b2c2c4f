import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "@commander-js/extra-typings";
import { createParser } from "../../../articles/reading/parser.ts";
import { loadConfig, PRODUCT, processEnv } from "../../../config/env.ts";
import { CommandError, EXIT } from "../../../lib/exit.ts";
import { ProblemError } from "../../../model/problem.ts";
import type { Preview } from "../../../model/sources/preview.ts";
import { loadSources } from "../../../sources/files/load.ts";
import { type Replayed, replayPreview } from "../../../sources/preview/replay.ts";
import { activate, beginPreview } from "../../../sources/preview/run.ts";
import { fixtureOf } from "../../../store/sources/previews.ts";
import { cliActor } from "../../actor.ts";
import { requireKnown, SOURCES_HINT } from "../../exit.ts";
import { oneLine, plainTable, print } from "../../output.ts";
import { readTopics } from "../../roles/config-data.ts";
import { withStore } from "../../services/use.ts";
import { withSiteAccess } from "../../site-access.ts";

export function registerPreview(sources: Command): void {
  sources
    .command("preview")
    .description("do what the first run of a source would do, without storing an article")
    .argument("<source>", "id of a configured source, or a YAML file")
    .option(
      "--activate",
      "watch the source from now on, if the preview is green or you give a reason",
    )
    .option("--reason <text>", "why to watch the source although the preview isn't green", "")
    .option("--json", "print everything as JSON")
    .action(preview);
  sources
    .command("test")
    .description("extract the saved pages (fixture) of sources again and compare; needs no network")
    .argument("[id]", "a source")
    .option("--all", "every source")
    .option("--json", "print JSON")
    .action(replay);
}

const NONE = { sources: [] };
const MAX_VALUE_CHARS = 80;

interface PreviewOptions {
  activate?: true;
  reason: string;
  json?: true;
}

async function preview(name: string, options: PreviewOptions): Promise<void> {
  const config = loadConfig(processEnv());
  const yaml = await yamlOf(config.sourcesDir, name);
  try {
    await withStore(config, (store) =>
      withSiteAccess(config, async (access) => {
        const now = () => new Date();
        const declaredTopics = await readTopics();
        const topics = new Set(declaredTopics.map(({ id }) => id));
        const { sources: configured } = await loadSources(config.sourcesDir).catch(() => NONE);
        const { work } = await beginPreview(
          { ...access, configured, store, product: PRODUCT, now, topics },
          { yaml },
          cliActor(),
        );
        console.error(
          "fetching the source's entry points and up to five articles, at the host's pace",
        );
        const done = await work();
        const { pages, ...rest } = done;
        print({ ...rest, pages: pages.length }, options.json, () => describePreview(done));
        if (done.state === "failed") throw new CommandError("failed", done.step);
        if (options.activate) {
          const author = { actor: cliActor(), reason: options.reason };
          const managing = { store, now, sourcesDir: config.sourcesDir, topics: declaredTopics };
          console.error(await activate(managing, done, author));
        } else if (done.result?.verdict === "red") process.exitCode = EXIT.failed;
      }),
    );
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw new CommandError("failed", error.message, { cause: error });
  }
}

async function yamlOf(sourcesDir: string, name: string): Promise<string> {
  const isFile = /\.ya?ml$/.test(name);
  if (!isFile) {
    const { files } = await loadSources(sourcesDir).catch(() => ({ files: new Map() }));
    const there = existsSync(join(sourcesDir, `${name}.yaml`));
    if (!there) requireKnown("source", [name], [...files.keys()], SOURCES_HINT);
  }
  const file = isFile ? name : join(sourcesDir, `${name}.yaml`);
  return readFile(file, "utf8").catch((error: unknown) => {
    const hint = "name a configured source (`newsgather sources list` lists all) or a YAML file";
    throw new CommandError("usage", `${file} can't be read: ${hint}`, { cause: error });
  });
}

function describePreview({ result, sourceId }: Preview): string {
  if (!result) return "";
  const entries = result.entries.map(({ kind, url, articles, why }) => [
    kind,
    url,
    articles,
    why ?? "",
  ]);
  const counts = new Map<string, number>();
  for (const { reason } of result.links)
    counts.set(reason ?? "stored", (counts.get(reason ?? "stored") ?? 0) + 1);
  const articles = result.articles.flatMap(({ url, why, fields }) => [
    [url, why ?? "article", "", ""],
    ...fields.map(({ name, value, rule, confidence }) => [
      `  ${name}`,
      oneLine(value, MAX_VALUE_CHARS),
      rule,
      confidence.toFixed(2),
    ]),
  ]);
  return [
    `${sourceId}: ${result.verdict}`,
    ...result.problems.map(({ level, text }) => `${level}: ${text}`),
    plainTable(["kind", "entry point", "articles", "problem"], entries, { right: [2] }),
    `links: ${[...counts].map(([reason, n]) => `${n} ${reason}`).join(", ") || "none"}`,
    plainTable(["article", "value", "rule", "sure"], articles),
  ].join("\n");
}

async function replay(id: string | undefined, options: { all?: true; json?: true }): Promise<void> {
  if ((id === undefined) === (options.all === undefined)) {
    throw new CommandError("usage", "name a source, or --all");
  }
  const config = loadConfig(processEnv());
  const { sources } = await loadSources(config.sourcesDir);
  const ids = sources.map((source) => source.id);
  if (id !== undefined) requireKnown("source", [id], ids, SOURCES_HINT);
  const wanted = sources.filter((source) => options.all || source.id === id);
  if (wanted.length === 0) {
    throw new CommandError(
      "usage",
      "no source is configured: `newsgather discover URL --write` adds one",
    );
  }
  const results = await withStore(config, async (store) => {
    const parser = createParser(1, await readTopics());
    try {
      const read: Replayed[] = [];
      for (const source of wanted) {
        const fixture = await fixtureOf(store, source.id, new Date());
        if (fixture) read.push(await replayPreview({ parser, product: PRODUCT }, source, fixture));
      }
      return read;
    } finally {
      await parser.close();
    }
  });
  report(results, wanted.length, options.json === true);
}

function report(results: Replayed[], wanted: number, json: boolean): void {
  const changed = results.filter(({ differences }) => differences.length > 0);
  if (json) console.log(JSON.stringify(results, null, 2));
  else {
    for (const { sourceId, at, differences } of results) {
      const verdict = differences.length === 0 ? "same fields as" : "other fields than";
      console.log(`${sourceId}: ${verdict} on ${at.toISOString().slice(0, 10)}`);
      for (const difference of differences) console.log(`  ${difference}`);
    }
    console.log(
      `sources with a fixture: ${results.length} of ${wanted}; with changed fields: ${changed.length}`,
    );
  }
  if (results.length === 0) {
    throw new CommandError(
      "failed",
      "no fixture: `newsgather sources preview ID --activate` creates one",
    );
  }
  if (changed.length > 0) process.exitCode = EXIT.partly;
}
