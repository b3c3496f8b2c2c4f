import type { Preview } from "../../model/sources/preview.ts";
import type { Source } from "../../model/sources/source.ts";
import { type PreviewDeps, previewSource } from "./preview.ts";
import { replaying, UNSTORED, WITHHELD } from "./recorded.ts";

/** The result of extracting the pages of a source's fixture (its activated preview) again. */
export interface Replayed {
  sourceId: string;
  /** When the fixture's pages were fetched. */
  at: Date;
  /** Differences from the result with which the source was activated. */
  differences: string[];
}

const MAX_LENGTH_CHANGE_SHARE = 0.05;

/** Extracts a preview's stored pages again, without network, and compares the results. */
export async function replayPreview(
  deps: Pick<PreviewDeps, "parser" | "product">,
  source: Source,
  { pages, at, result }: Pick<Preview, "pages" | "at" | "result">,
): Promise<Replayed> {
  const now = () => at;
  const visitor = replaying(pages, at);
  const again = await previewSource(
    { ...deps, visitor, render: null, now, progress: () => {} },
    source,
  );
  const differences = result ? differencesOf(result, again.result) : ["the fixture has no result"];
  return { sourceId: source.id, at, differences };
}

type Result = NonNullable<Preview["result"]>;

function differencesOf(before: Result, now: Result): string[] {
  // Without its entry points nothing can be extracted again.
  if (now.entries.some(({ why }) => why === WITHHELD)) return [];
  const found: string[] = [];
  const linksOf = ({ links }: Result) =>
    new Set(links.filter(({ reason }) => reason === null).map(({ url }) => url));
  const [earlier, today] = [linksOf(before), linksOf(now)];
  const lost = [...earlier].filter((url) => !today.has(url));
  const more = [...today].filter((url) => !earlier.has(url));
  if (lost.length > 0)
    found.push(`links that are no longer found: ${lost.length}, e.g. ${lost[0]}`);
  if (more.length > 0) found.push(`links that are new: ${more.length}, e.g. ${more[0]}`);
  for (const article of before.articles) {
    const same = now.articles.find(({ url }) => url === article.url);
    if (!same) found.push(`${article.url}: no longer among the first articles`);
    else found.push(...articleDifferences(article, same).map((text) => `${article.url}: ${text}`));
  }
  return found;
}

type Article = Result["articles"][number];

function articleDifferences(before: Article, now: Article): string[] {
  if (now.why === WITHHELD || now.why === UNSTORED) return [];
  if (before.why !== now.why)
    return [`was ${before.why ?? "an article"}, is ${now.why ?? "an article"}`];
  if (before.why !== null) return [];
  const found: string[] = [];
  if (before.title !== now.title) found.push(`title "${now.title}" instead of "${before.title}"`);
  if (Number(before.publishedAt) !== Number(now.publishedAt)) {
    found.push(`date ${isoOrNone(now.publishedAt)} instead of ${isoOrNone(before.publishedAt)}`);
  }
  if (Math.abs(before.length - now.length) > before.length * MAX_LENGTH_CHANGE_SHARE) {
    found.push(`text of ${now.length} characters instead of ${before.length}`);
  } else if (before.contentHash !== now.contentHash && before.title === now.title) {
    found.push("the text differs");
  }
  return found;
}

function isoOrNone(date: Date | null): string {
  return date?.toISOString() ?? "none";
}
