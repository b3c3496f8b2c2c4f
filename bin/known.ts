import { urlKey } from "../crawler/links/url.ts";
import { CommandError } from "../lib/exit.ts";
import type { Host } from "../model/crawl/host.ts";
import type { SourceRecord } from "../model/sources/source.ts";
import { articlesOfKeys, getStatuses } from "../store/articles/articles.ts";
import { getCorrection, readCorrections } from "../store/articles/stories.ts";
import { getHosts, listHostIds } from "../store/crawl/hosts.ts";
import { getLink } from "../store/crawl/links.ts";
import { getSource, readDirectory } from "../store/sources/sources.ts";
import type { Store } from "../store/store.ts";
import { requireKnown, SOURCES_HINT, unknownName } from "./exit.ts";

/** Returns a source by id. Throws a usage error for an unknown id. */
export async function sourceNamed(store: Store, id: string): Promise<SourceRecord> {
  const source = await getSource(store, id);
  if (source) return source;
  const known = (await readDirectory(store)).map(({ _id }) => _id);
  throw unknownName("source", id, known, SOURCES_HINT);
}

/** Throws a usage error for source ids that the store doesn't contain. */
export async function requireSources(store: Store, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) requireSource(ids, await readDirectory(store));
}

/** Throws a usage error for source ids that aren't in `all`. */
export function requireSource(
  ids: string | readonly string[],
  all: readonly { _id: string }[],
): void {
  const known = all.map(({ _id }) => _id);
  requireKnown("source", [ids].flat(), known, SOURCES_HINT);
}

const MAX_SEARCHED_CORRECTIONS = 1000;

/** Throws a usage error for an unknown correction id. */
export async function requireCorrection(store: Store, id: string): Promise<void> {
  if (await getCorrection(store, id)) return;
  const recent = await readCorrections(store, new Date(), MAX_SEARCHED_CORRECTIONS);
  const known = recent.map(({ _id }) => _id);
  throw unknownName("correction", id, known, "`newsgather topics corrections` lists corrections");
}

/** Returns the id of the article that has this id or URL. Throws a usage error if there is none. */
export async function articleIdOf(store: Store, word: string): Promise<string> {
  const [id] = await articleIdsOf(store, [word]);
  return id ?? word;
}

/**
 * Returns the ids of the articles that `words` name by id or URL. Throws one usage error for all
 * unknown words.
 */
export async function articleIdsOf(store: Store, words: readonly string[]): Promise<string[]> {
  const requested = words.map((word) => ({ word, url: webUrl(word) }));
  const keys = requested.flatMap(({ url }) => (url === null ? [] : urlKey(url)));
  const aliases = await articlesOfKeys(store, keys);
  const ids = await Promise.all(
    requested.map(async ({ word, url }) => {
      if (url === null) return word;
      const key = urlKey(url);
      return aliases.get(key) ?? (await getLink(store, key))?.articleId ?? key;
    }),
  );
  const there = new Set((await getStatuses(store, ids)).map(({ _id }) => _id));
  const wrong = requested.filter((_, at) => !there.has(ids[at] ?? ""));
  if (wrong.length === 0) return ids;
  const refusals = wrong.map(({ word, url }) =>
    url === null
      ? `there is no article "${word}": give an id or a URL (\`newsgather search WORDS\` finds articles)`
      : `no article has the URL ${word}: \`newsgather why ${word}\` explains why`,
  );
  throw new CommandError("usage", refusals.join("\n"));
}

/**
 * Returns the known hosts for a URL or a host name. Without a port, returns hosts on any port.
 * Throws a usage error for an unknown host.
 */
export async function hostsNamed(store: Store, word: string): Promise<Host[]> {
  const name = (/^https?:\/\/([^/?#]+)/i.exec(word)?.[1] ?? word).toLowerCase();
  const known = await listHostIds(store);
  const wanted = known.filter((id) => id === name || nameOf(id) === name);
  if (wanted.length > 0) return [...(await getHosts(store, wanted)).values()];
  const names = [...new Set(known.map(nameOf))];
  throw unknownName("host", word, names, "`newsgather hosts` lists failing hosts");
}

function nameOf(host: string): string {
  return host.replace(/:\d+$/, "");
}

/** Returns a word as a URL if it has http(s):// or is like `agency.example/`; otherwise null. */
export function webUrl(word: string): string | null {
  if (/^https?:\/\//i.test(word)) return URL.canParse(word) ? word : null;
  const whole = `https://${word}`;
  return /^[\w-]+(\.[\w-]+)+(:\d+)?\//.test(word) && URL.canParse(whole) ? whole : null;
}
