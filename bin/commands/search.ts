import { existsSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { loadConfig, processEnv } from "../../config/env.ts";
import { FACETS, type Piece, type SearchSort, SORTS } from "../../model/search.ts";
import { type FoundPage, readFound } from "../../publish/find/read.ts";
import { savedSearch } from "../../publish/find/saved.ts";
import { headSeq } from "../../store/changes.ts";
import { sourcesById } from "../../store/directory.ts";
import { CommandError } from "../exit.ts";
import { problemsAreUsage } from "../problem.ts";
import { indexOf, indexPath, searchActions } from "../search-index.ts";
import { withStore } from "../services.ts";
import { plainTable } from "../table.ts";

interface Options {
  sort: SearchSort;
  limit: number;
  offset: number;
  saved?: string;
  all?: true;
  exact?: true;
  facets?: true;
  json?: true;
}

/** Width of a title in the table. */
const SHOWN = 70;
/** Values of a facet in the table. */
const VALUES = 6;

/** `newsgather search`: full text over what is stored. */
export function register(program: Command): void {
  program
    .command("search")
    .description(
      "search articles: words, phrases, fields, dates (docs/search.md tells the language)",
    )
    .argument("[query...]", "such as: tram title:berlin country:DE since:2026-11-01 -strike")
    .addOption(new Option("--sort <order>").choices([...SORTS]).default("relevance"))
    .option("--limit <n>", "how many", whole(1, 1000), 20)
    .option("--offset <n>", "leave out the first ones", whole(0, 1000), 0)
    .option("--saved <name>", "a saved search (newsgather searches), in place of query and order")
    .option("--all", "also what readers don't see: unlisted, retracted, copies, earlier revisions")
    .option("--exact", "count every match, not only the newest 1,000")
    .option("--facets", "show the counts by source, country, ...")
    .option("--json", "print JSON")
    .action(async (words: string[], options: Options) => {
      const page = await problemsAreUsage(() => search(words.join(" "), options));
      console.log(options.json ? JSON.stringify(toJson(page), null, 2) : tableOf(page, options));
      const { total, exact, behind } = page;
      const late = behind > 0 ? `; the index is ${behind} changes behind` : "";
      console.error(`${exact ? "" : "at least "}${total} found${late}`);
    });
}

async function search(query: string, options: Options): Promise<FoundPage> {
  const config = loadConfig(processEnv());
  if (!existsSync(indexPath(config))) {
    const hint = "`newsgather search-index update` builds it, NEWSGATHER_SEARCH=on keeps it";
    throw new CommandError("usage", `there is no search index: ${hint}`);
  }
  const { limit, offset, saved, all = false, exact = false } = options;
  return withStore(config, async (store) => {
    const index = indexOf(config);
    try {
      const sources = await sourcesById(store);
      const deps = { store, sources, search: searchActions(index) };
      const kept = saved === undefined ? null : await savedSearch(store, saved);
      const { sort } = kept ?? options;
      const request = { query: kept?.query ?? query, sort, limit, offset, all, exact };
      return await readFound(deps, request, await headSeq(store));
    } finally {
      await index.close();
    }
  });
}

function toJson({ found, ...counted }: FoundPage) {
  const items = found.map(({ article, revision, snippet }) => {
    const { _id: id, url, title, sourceId, country, language, day, topics, status } = article;
    const told = { id, revision, url, title, sourceId, country, language, day, topics, status };
    return { ...told, snippet: plain(snippet) };
  });
  return { items, ...counted };
}

function tableOf({ found, facets }: FoundPage, options: Options): string {
  const rows = found.map(({ article, revision, title }) => [
    article._id,
    article.day,
    article.sourceId,
    plain(title).slice(0, SHOWN) + (revision === null ? "" : ` (revision ${revision})`),
  ]);
  const table = plainTable(["article", "day", "source", "title"], rows);
  if (!options.facets) return table;
  const counted = FACETS.map((facet) => [
    facet,
    facets[facet]
      .slice(0, VALUES)
      .map(({ value, count }) => `${value} ${count}`)
      .join(", "),
  ]);
  return `${table}\n${plainTable(["facet", "matches"], counted)}`;
}

function plain(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join("");
}

function whole(least: number, most: number) {
  return (text: string) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`write a whole number from ${least} to ${most}`);
  };
}
