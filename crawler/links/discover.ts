import { isGzip } from "../../lib/text.ts";
import type { EntryPointKind } from "../../model/crawl/entry-points.ts";
import type { Discovery, FoundLink } from "../../model/crawl/link.ts";
import type { Source } from "../../model/sources/source.ts";
import { entryPoints } from "./entry-points.ts";
import { FEED_ROOTS, readFeed, rootName } from "./feed.ts";
import { listingFor, readListing } from "./listing.ts";
import { dateLanguage, MAX_ORDERED_ENTRIES, newestFirst, toListedEntries } from "./published-at.ts";
import { readSitemap } from "./sitemap.ts";
import { fetchUrl, type LeftOut, leftOut, offSite, type Scope, urlKey } from "./url.ts";

/** One fetched entry point: its bytes and decoded text, and what is needed to read it. */
export interface DiscoverInput {
  kind: EntryPointKind;
  body: Uint8Array;
  text: string;
  contentType: string | null;
  url: string;
  page: number;
  source: Scope & Pick<Source, "language">;
  now: Date;
  /** Whether ids of entries are reliable; true by default. */
  trustsIds?: boolean | undefined;
  limits: { links: number };
}

const MAX_LISTED_SKIPPED_LINKS = 2000;
const TOO_MANY: LeftOut = { reason: "too-many", detail: null };

/** Returns an entry point's links, each page once. Articles come last, newest first. */
export function discover(input: DiscoverInput): Discovery {
  const { order: documentOrder, ...read } = readDocument(input);
  const answer: Discovery = { ...read, links: [] };
  const entries = new Set(entryPoints(input.source).map((link) => urlKey(link.url)));
  if (input.source.home !== undefined) entries.add(urlKey(input.source.home));
  const seen = new Set<string>();
  const byKey = new Map<string, FoundLink>();
  const others = read.links.filter((link) => link.kind !== "article");
  const articles = newestFirst(read.links.filter((link) => link.kind === "article"));
  let repeats = 0;
  for (const link of [...others, ...articles]) {
    const isOver = answer.links.length >= input.limits.links;
    const key = isOver ? "" : urlKey(link.url);
    const out = isOver ? TOO_MANY : refusal(link, key, entries, input.source);
    if (out) answer.skipped.push({ url: link.url, ...out });
    else if (seen.has(key)) repeats += 1;
    else {
      const wanted = { ...link, url: fetchUrl(link.url) ?? link.url };
      answer.links.push(wanted);
      byKey.set(key, wanted);
    }
    seen.add(key);
  }
  if (repeats > 0)
    answer.problems.push(`links that lead to the same page as another link: ${repeats}`);
  boundSkipped(answer);
  const order = documentOrder ?? read.links.slice(0, MAX_ORDERED_ENTRIES).map(({ url }) => url);
  return { ...answer, listed: toListedEntries(order.map(urlKey), byKey) };
}

function readDocument(input: DiscoverInput): Discovery {
  const { body, text, url, source, now, kind } = input;
  const language = dateLanguage(source.language, url);
  const empty: Discovery = { links: [], skipped: [], problems: [], ttl: null, hub: null };
  if (text.trim() === "" && body.length === 0)
    return { ...empty, problems: ["the document is empty"] };
  if (kind === "listing") {
    const listing = listingFor(url, source.listings);
    if (!listing) return { ...empty, problems: ["the source has no listing for this page"] };
    return readListing({ ...input, listing }, language, now);
  }
  const root = isGzip(body) ? null : rootName(text.slice(0, 20_000));
  if (root === "html" || (root === null && /html/i.test(input.contentType ?? ""))) {
    return { ...empty, problems: [`a ${kind} was expected, but the response is a web page`] };
  }
  const isFeed =
    kind === "feed" ? root !== "urlset" && root !== "sitemapindex" : FEED_ROOTS.has(root ?? "");
  const read = isFeed
    ? readFeed(text, url, language, now, { ids: input.trustsIds })
    : readSitemap(input, language, now);
  if (isFeed !== (kind === "feed")) {
    read.problems.push(
      `a ${kind} was expected, but the response is ${isFeed ? "a feed" : "a sitemap"}, which was read instead`,
    );
  }
  return read;
}

function refusal(link: FoundLink, key: string, entries: Set<string>, scope: Scope): LeftOut | null {
  if (link.kind !== "article") return offSite(link.url, scope);
  if (isAdvert(link.hints)) return { reason: "advert", detail: link.hints.title ?? null };
  if (entries.has(key)) return { reason: "filtered", detail: "an entry point of the source" };
  return leftOut(link.url, scope);
}

const ADVERT =
  "anzeige|werbung|advertorial|sponsored(?: content| post)?|advertisement|paid (?:content|post)|promoted|publicité|publi-?rédactionnel|publicidad|publirreportaje|contenido patrocinado|pubblicità|contenuto sponsorizzato|publicidade|conteúdo patrocinado|advertentie|реклама|на правах рекламы|広告|PR記事|广告|推广|إعلان مدفوع";
const ADVERT_TITLE = new RegExp(`^[\\s[(]*(?:${ADVERT})\\s*(?:[\\])】|]|[:：|–—-](?=\\s|$))`, "iu");
const ADVERT_TAG = new RegExp(`^(?:${ADVERT})$`, "iu");

function isAdvert({ title, tags = [] }: FoundLink["hints"]): boolean {
  return ADVERT_TITLE.test(title ?? "") || tags.some((tag) => ADVERT_TAG.test(tag));
}

function boundSkipped(answer: Discovery): void {
  const rest = answer.skipped.splice(MAX_LISTED_SKIPPED_LINKS);
  const counts = new Map<string, number>();
  for (const { reason } of rest) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  for (const [reason, count] of counts)
    answer.problems.push(`other skipped links: ${count} (${reason})`);
}
