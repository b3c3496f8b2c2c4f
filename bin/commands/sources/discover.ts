import { join } from "node:path";
import type { Command } from "@commander-js/extra-typings";
import { stringify } from "yaml";
import { z } from "zod";
import { loadConfig, PRODUCT, processEnv } from "../../../config/env.ts";
import { entryPoints, watchersOf } from "../../../crawler/links/entry-points.ts";
import { CommandError, EXIT } from "../../../lib/exit.ts";
import { percent } from "../../../lib/text.ts";
import { GiveUp, RetryLater } from "../../../model/crawl/outcome.ts";
import { ProxyName } from "../../../model/sources/login.ts";
import type { Candidate, SiteDiscovery } from "../../../model/sources/site-discovery.ts";
import type { Source } from "../../../model/sources/source.ts";
import { discoverSite } from "../../../sources/discovery/discover-site.ts";
import { placeFile } from "../../../sources/files/apply.ts";
import { draftSource, loadSources } from "../../../sources/files/load.ts";
import { plainTable, print } from "../../output.ts";
import { withSiteAccess } from "../../site-access.ts";

export function register(program: Command): void {
  program
    .command("discover")
    .description("find a site's feeds, sitemaps and listings from its home page; propose a source")
    .argument("<url>", "the site's home page, such as agency.example")
    .option(
      "--proxy <name>",
      "fetch through this proxy: http://HOST:PORT, env:SECRET_NAME or file:NAME",
    )
    .option("--write", "write the proposed source into the sources folder")
    .option("--json", "print everything as JSON")
    .action(run);
}

async function run(
  url: string,
  options: { proxy?: string; write?: true; json?: true },
): Promise<void> {
  if (!isAddress(url)) {
    const hint = "write its URL, such as agency.example or https://agency.example/news";
    throw new CommandError("usage", `${url} isn't a site: ${hint}`);
  }
  const { proxy } = options;
  const proxyName = ProxyName.optional().safeParse(proxy);
  if (proxyName.error) throw new CommandError("usage", z.prettifyError(proxyName.error));
  const config = loadConfig(processEnv());
  const { sources } = await loadSources(config.sourcesDir).catch(() => ({ sources: [] }));
  try {
    await withSiteAccess(config, async (access) => {
      const siteDiscovery = await discoverSite(
        {
          ...access,
          proxy,
          product: PRODUCT,
          now: () => new Date(),
          taken: new Set(sources.map(({ id }) => id)),
          watched: sources,
          progress: (step) => console.error(`checking ${step}`),
        },
        url,
      );
      print(siteDiscovery, options.json, describeDiscovery);
      if (!siteDiscovery.source) process.exitCode = EXIT.failed;
      else if (options.write) await write(config.sourcesDir, siteDiscovery.source, sources);
      else console.error(`next: newsgather discover ${url} --write`);
    });
  } catch (error) {
    if (error instanceof GiveUp || error instanceof RetryLater) {
      throw new CommandError("failed", error.message, { cause: error });
    }
    throw error;
  }
}

function isAddress(word: string): boolean {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(word) ? word : `https://${word}`;
  if (!/^https?:/i.test(whole) || !URL.canParse(whole)) return false;
  const { hostname } = new URL(whole);
  return /[.:]/.test(hostname) || hostname === "localhost";
}

async function write(
  dir: string,
  proposed: Record<string, unknown>,
  sources: readonly Source[],
): Promise<void> {
  const id = String(proposed["id"]);
  const file = join(dir, `${id}.yaml`);
  const text = stringify({ ...proposed, verified: false });
  const draft = draftSource(text, null);
  const urls = "source" in draft ? entryPoints(draft.source).map(({ url }) => url) : [];
  const watchers = watchersOf(sources, urls);
  if (watchers.length > 0) {
    throw new CommandError("failed", `${file} was not written: ${watchers.join("; ")}`);
  }
  const refusal = await placeFile(file, text);
  if (refusal !== null) throw new CommandError("failed", refusal);
  console.error(`written to ${file}; the first run shows whether the source works`);
  console.error(
    `next: newsgather run ${id} --once, then newsgather export -o ${id}.jsonl --source ${id}`,
  );
}

function describeDiscovery(siteDiscovery: SiteDiscovery): string {
  const { home, robots, language, country, requests, problems } = siteDiscovery;
  const perDay =
    siteDiscovery.requestsPerDay === null
      ? []
      : [`about ${siteDiscovery.requestsPerDay} requests a day`];
  const delay = robots.delay > 0 ? `, ${robots.delay / 1000} s between requests` : "";
  return [
    `${home}: robots.txt: ${robots.verdict}${delay}; language ${language ?? "unknown"}, country ${country ?? "unknown"}; requests made: ${requests}`,
    table(siteDiscovery.candidates),
    ...problems,
    ...perDay,
    ...(siteDiscovery.source ? ["", stringify(siteDiscovery.source).trimEnd()] : []),
  ].join("\n");
}

function table(candidates: Candidate[]): string {
  const rows = candidates.map(({ kind, url, from, measures, score, proposed, why }) => [
    proposed ? "yes" : "no",
    kind,
    url,
    score.toFixed(2),
    measures?.articles ?? "",
    measures?.newest?.toISOString().slice(0, 10) ?? "",
    percent(measures?.articleShare),
    percent(measures?.fullText),
    percent(measures?.known),
    why ?? from,
  ]);
  const head = [
    "proposed",
    "kind",
    "URL",
    "score",
    "articles",
    "newest",
    "like articles",
    "full text",
    "known",
    "where found, or problem",
  ];
  return plainTable(head, rows, { right: [3, 4, 6, 7, 8] });
}
