import { type CommitOptions, commitArticles } from "../../articles/ingest/commit-articles.ts";
import { rejoin } from "../../articles/ingest/rejoin.ts";
import type { Capture } from "../../model/capture.ts";
import type { Link } from "../../model/link.ts";
import { articlesOfKeys } from "../../store/aliases.ts";
import type { ImportEntry, ReadDeps } from "./read.ts";

/** What joining further pages with their articles needs. */
export type JoinDeps = ReadDeps & { options: CommitOptions };

/**
 * Joins further pages with the articles that they belong to, once their responses are stored, in whatever order
 * an archive holds them; answers their links, and those which turn out to be articles of their own.
 */
export async function joinSheets(
  deps: JoinDeps,
  entries: readonly ImportEntry[],
): Promise<{ sheets: Link[]; strangers: ImportEntry[] }> {
  const { store, options } = deps;
  const commit = {
    readAgain: async (page: Parameters<typeof commitArticles>[1][number]) => {
      await commitArticles(store, [page], options);
    },
  };
  const found = entries.flatMap((entry) => firstOf(entry) ?? []);
  const articleIds = await articlesOfKeys(store, [...new Set(found.map(({ linkId }) => linkId))]);
  const articles = new Map<string, Awaited<ReturnType<typeof rejoin>>>();
  for (const { linkId, source } of found) {
    const articleId = articleIds.get(linkId);
    if (articleId === undefined || articles.has(linkId)) continue;
    articles.set(linkId, await rejoin({ ...deps, commit }, articleId, source));
  }
  const [sheets, strangers]: [Link[], ImportEntry[]] = [[], []];
  for (const entry of entries) {
    const { sheet, capture, link } = entry;
    if (!sheet) continue;
    const { linkId, number } = sheet;
    const read = articles.get(linkId)?.evidence.text?.sheets ?? [];
    const own = read.find(({ captureId }) => captureId === capture._id);
    if (own?.state === "other article") strangers.push(entry);
    else {
      const done = { articleId: articleIds.get(linkId) ?? null, outcome: "duplicate" } as const;
      sheets.push({ ...importedLink(link, capture, done), sheetOf: { linkId, number } });
    }
  }
  return { sheets, strangers };
}

/** The first page of the article that an entry is a further page of, or begins where further ones are known. */
function firstOf({ sheet, link, reading, source }: ImportEntry) {
  if (sheet) return { linkId: sheet.linkId, source };
  const { text } = reading?.extracted.extraction.evidence ?? {};
  const isKnown = (text?.sheets ?? []).some(({ captureId }) => captureId !== null);
  return isKnown ? { linkId: link._id, source } : null;
}

/** The link of an imported page, which is not looked at again. */
export function importedLink(
  link: Link,
  { _id: captureId, fetchedAt, hops, finalUrl }: Capture,
  { articleId, outcome }: Pick<Link, "articleId" | "outcome">,
): Link {
  const done = { state: "done", dueAt: null, doneAt: fetchedAt, nextLookAt: null } as const;
  return { ...link, ...done, captureId, hops, url: finalUrl, articleId, outcome };
}
