import { type Command, Option } from "@commander-js/extra-typings";
import { loadConfig, processEnv } from "../../../config/env.ts";
import { FACETS, type Piece, SORTS } from "../../../model/publish/search.ts";
import { headSeq } from "../../../store/publish/changes.ts";
import { sourcesById } from "../../../store/sources/sources.ts";
import { type FoundPage, readFound, requireWords } from "../../../web/api/search.ts";
import { savedSearch } from "../../../web/api/searches.ts";
import { wholeNumber } from "../../exit.ts";
import type { OptionsOf } from "../../options-of.ts";
import { createDelayedProgressWriter, plainTable } from "../../output.ts";
import { readTopics, topicNamesOf } from "../../roles/config-data.ts";
import { indexOf, searchActions, updateIndex } from "../../search-index.ts";
import { withStore } from "../../services/use.ts";

const MAX_TITLE_CHARS = 70;
const MAX_FACET_VALUES = 6;

export function register(program: Command) {
  const command = program
    .command("search")
    .description(
      "search articles: words, phrases, fields, dates (the query language: docs/analysts/search.md)",
    )
    .argument("[query...]", "such as: tram title:berlin country:DE since:2026-11-01 -strike")
    .addOption(
      new Option("--sort <order>", "order of the results").choices([...SORTS]).default("relevance"),
    )
    .option("--limit <n>", "number of results", wholeNumber(1, 1000), 20)
    .option("--offset <n>", "skip this many results", wholeNumber(0, 1000), 0)
    .option("--saved <name>", "run a saved search (`newsgather searches list`) instead of a query")
    .option(
      "--all",
      "include articles that readers don't see (unlisted, retracted, copies) and earlier revisions",
    )
    .option("--exact", "count every match, not only the newest 1,000")
    .option("--facets", "show the numbers of results by source, country and other facets")
    .option("--json", "print JSON");
  command.action(async (words, options) => {
    const page = await search(words.join(" "), options);
    if (options.json) console.log(JSON.stringify(toJson(page), null, 2));
    else if (page.total > 0) console.log(tableOf(page, options));
    console.error(noteOf(page));
  });
  return command;
}

type Options = OptionsOf<typeof register>;

async function search(query: string, options: Options): Promise<FoundPage> {
  const config = loadConfig(processEnv());
  if (options.saved === undefined) requireWords(query);
  const { limit, offset, saved, all = false, exact = false } = options;
  return withStore(config, async (store) => {
    const index = indexOf(config);
    try {
      await updateIndex(config, { store, index }, createDelayedProgressWriter());
      const sources = await sourcesById(store);
      const topics = async () => topicNamesOf(await readTopics());
      const deps = { store, sources, search: searchActions(index), topics };
      const stored = saved === undefined ? null : await savedSearch(store, saved);
      const { sort } = stored ?? options;
      const request = { query: stored?.query ?? query, sort, limit, offset, all, exact };
      return await readFound(deps, request, await headSeq(store));
    } finally {
      await index.close();
    }
  });
}

function noteOf({ total, exact, behind, hints }: FoundPage): string {
  const late = behind > 0 ? `; the index is ${behind} change${behind === 1 ? "" : "s"} behind` : "";
  const found = `${exact ? "" : "at least "}${total} found${late}`;
  if (hints.length === 0) return found;
  const meant = hints.map(({ query, name }) => (name === null ? query : `${query} (${name})`));
  return `${found}; did you mean ${meant.join(" or ")}?`;
}

function toJson({ found, ...counted }: FoundPage) {
  const items = found.map(({ article, revision, snippet }) => {
    const { _id: id, url, title, sourceId, country, language, day, topics, status } = article;
    const row = { id, revision, url, title, sourceId, country, language, day, topics, status };
    return { ...row, snippet: plain(snippet) };
  });
  return { items, ...counted };
}

function tableOf({ found, facets }: FoundPage, options: Options): string {
  const rows = found.map(({ article, revision, title }) => [
    article._id,
    article.day,
    article.sourceId,
    plain(title).slice(0, MAX_TITLE_CHARS) + (revision === null ? "" : ` (revision ${revision})`),
  ]);
  const table = plainTable(["article", "day", "source", "title"], rows);
  if (!options.facets) return table;
  const counted = FACETS.map((facet) => [
    facet,
    facets[facet]
      .slice(0, MAX_FACET_VALUES)
      .map(({ value, count }) => `${value} ${count}`)
      .join(", "),
  ]);
  return `${table}\n${plainTable(["facet", "matches"], counted)}`;
}

function plain(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join("");
}
