import { randomBytes } from "node:crypto";
import type { Parser } from "../../articles/reading/parser.ts";
import type { Watching } from "../../crawler/links/entry-points.ts";
import {
  isSameAnswer,
  refusalOf,
  robotsSitemaps,
  wellKnown,
} from "../../crawler/links/site/measure.ts";
import type { NamedPage } from "../../crawler/links/site/named-pages.ts";
import type { SitePage } from "../../crawler/links/site/site-page.ts";
import { urlKey } from "../../crawler/links/url.ts";
import type { Visitor } from "../../crawler/visit.ts";
import { ENTRY_POINTS, type EntryPointKind } from "../../model/crawl/entry-points.ts";
import type { FoundLink } from "../../model/crawl/link.ts";
import { skippedText } from "../../model/crawl/outcome.ts";
import type { FoundEntryPoint } from "../../model/sources/preview.ts";
import type { Candidate } from "../../model/sources/site-discovery.ts";

const MAX_REQUESTS = 24;
const MAX_CHILD_SITEMAPS = 2;
const ANSWERS_ANYTHING =
  "the site returns the same for any URL, even for one that can't exist, so this page proves nothing";

/** A possible entry point that could be read, and the links in it. */
export interface ReadCandidate {
  candidate: Candidate;
  links: FoundLink[];
  /** URL keys of the articles among the links. */
  articles: ReadonlySet<string>;
  language: string | null;
}

function isDatedFeed({ candidate, links }: ReadCandidate): boolean {
  const articles = links.filter(({ kind }) => kind === "article");
  const dated = articles.filter(({ hints }) => hints.publishedAt);
  return candidate.kind === "feed" && dated.length > 0 && dated.length * 2 > articles.length;
}

/** Reads the entry points that a site names. For missing kinds, such as feeds, tries usual URLs. */
export async function readCandidates(
  deps: DiscoveryDeps,
  first: Opened,
  home: string,
  robots: string,
): Promise<{ readable: ReadCandidate[]; refused: Candidate[] }> {
  const readable: ReadCandidate[] = [];
  const refused: Candidate[] = [];
  const own = deps.own ?? [];
  const seen = new Set(own.map(({ url }) => urlKey(url)));
  const counts = new Map<EntryPointKind, number>();
  let budget = MAX_REQUESTS;
  let nonexistentPage: SitePage | null | undefined;
  const keep = (namedPage: NamedPage, opened: Opened, links: FoundLink[]) => {
    const { page } = opened;
    const why = refusalOf(page.kind, { ...page.discovery, links });
    const candidate = {
      ...blank({ ...namedPage, kind: page.kind, url: namedPage.url, why }),
      ...(page.listing && { listing: { ...page.listing, url: namedPage.url } }),
    };
    const found = links.filter(({ kind }) => kind === "article");
    deps.found?.({ kind: page.kind, url: namedPage.url, articles: found.length, why });
    const articles = new Set(found.map(({ url }) => urlKey(url)));
    if (why !== null) refused.push(candidate);
    else readable.push({ candidate, links, articles, language: page.language });
  };
  const open = (namedPage: NamedPage, level?: number) => {
    budget -= 1;
    deps.progress(namedPage.url);
    return readDocument(deps, namedPage, home, level);
  };
  const tryOne = async (namedPage: NamedPage): Promise<SitePage | null> => {
    const key = urlKey(namedPage.url);
    const tried = counts.get(namedPage.kind) ?? 0;
    if (seen.has(key) || budget <= 0 || tried >= ENTRY_POINTS[namedPage.kind].maxTried) return null;
    seen.add(key);
    if (namedPage.why !== null) {
      refused.push(blank(namedPage));
      return null;
    }
    counts.set(namedPage.kind, tried + 1);
    const opened = await open(namedPage);
    const isGuess = namedPage.from === "a common URL";
    if ("why" in opened) {
      if (!isGuess) refused.push(blank({ ...namedPage, why: opened.why }));
      return null;
    }
    // A usual URL that leads to another kind of page, or to a URL already fetched, doesn't count.
    const leadsBack = urlKey(opened.url) !== key && seen.has(urlKey(opened.url));
    if (isGuess && (opened.page.kind !== namedPage.kind || leadsBack)) return null;
    seen.add(urlKey(opened.url));
    if (isGuess && nonexistentPage && isSameAnswer(opened.page, nonexistentPage)) {
      refused.push(blank({ ...namedPage, why: ANSWERS_ANYTHING }));
      return null;
    }
    keep(namedPage, opened, await withChildren(opened));
    return opened.page;
  };
  const withChildren = async ({ page }: Opened): Promise<FoundLink[]> => {
    const links = [...page.discovery.links];
    if (page.kind !== "sitemap") return links;
    const children = links.filter(({ kind }) => kind === "sitemap").slice(0, MAX_CHILD_SITEMAPS);
    for (const { url } of children) {
      if (budget <= 0) break;
      const opened = await open({ url, kind: "sitemap", from: "an index", why: null }, 2);
      if ("page" in opened) links.push(...opened.page.discovery.links);
    }
    return links;
  };
  /** Returns the page for a nonexistent URL; null if the site reports an error, as it should. */
  const fetchNonexistentUrl = async (): Promise<SitePage | null> => {
    const url = new URL(`/${randomBytes(8).toString("hex")}`, home).href;
    const opened = await open({ url, kind: "listing", from: "a guess", why: null });
    return "page" in opened ? opened.page : null;
  };
  const has = (kind: Candidate["kind"]) =>
    [...readable.map(({ candidate }) => candidate), ...own].some((one) => one.kind === kind);
  const tryUsual = async (kind: NamedPage["kind"]) => {
    if (nonexistentPage === undefined) nonexistentPage = await fetchNonexistentUrl();
    for (const namedPage of wellKnown(home, kind)) if (!has(kind)) await tryOne(namedPage);
  };

  seen.add(urlKey(first.url));
  const itself: NamedPage = { url: first.url, kind: "listing", from: "the given page", why: null };
  keep(itself, first, first.page.discovery.links);
  const more: NamedPage[] = [];
  for (const namedPage of first.page.namedPages) {
    const page = await tryOne(namedPage);
    // A page called "RSS" lists the feeds, and a news page often links to its own feed.
    if (page?.kind === "listing")
      more.push(...page.namedPages.filter(({ kind }) => kind === "feed"));
  }
  for (const namedPage of more) await tryOne(namedPage);
  for (const namedPage of robotsSitemaps(robots, home)) await tryOne(namedPage);
  if (!has("feed")) await tryUsual("feed");
  // A dated feed already lists what is new, so the site is spared further requests.
  if (!has("sitemap") && !readable.some(isDatedFeed)) await tryUsual("sitemap");
  if (!has("feed") && !has("listing")) await tryUsual("listing");
  return { readable, refused };
}

function blank({ url, kind, from, why }: NamedPage): Candidate {
  return { url, kind, from, measures: null, score: 0, proposed: false, why };
}

export interface DiscoveryDeps {
  visitor: Visitor;
  /** Name of the proxy through which the site is reached; missing if there is none. */
  proxy?: string | undefined;
  parser: Pick<Parser, "sitePage">;
  product: string;
  now: () => Date;
  /** Returns the elements of `keys` whose links led to an article. */
  known(keys: string[]): Promise<ReadonlySet<string>>;
  /** Ids of existing sources; missing if there are none. The proposed source gets another id. */
  taken?: ReadonlySet<string>;
  /** Sources that might already cover this site. The result names the ones that do. */
  watched?: readonly Watching[];
  /** Entry points of the source to which the site belongs. They aren't fetched. */
  own?: readonly Pick<FoundLink, "url" | "kind">[];
  /** Called with each URL before it is fetched. */
  progress(step: string): void;
  found?(entryPoint: FoundEntryPoint): void;
}

export interface Opened {
  url: string;
  page: SitePage;
}

/** Fetches and parses a URL; `why` explains a failure. `level` is the depth of a sitemap. */
export async function readDocument(
  deps: DiscoveryDeps,
  { url, kind }: NamedPage,
  home: string,
  level = 1,
): Promise<Opened | { why: string }> {
  const response = await deps.visitor.visit(url, kind);
  if ("failed" in response) return { why: response.failed.detail };
  if ("refused" in response) return { why: skippedText(response.refused) };
  const { received } = response;
  try {
    const page = await deps.parser.sitePage({
      body: received.decoded,
      contentType: received.headers["content-type"] ?? null,
      url: received.url,
      now: deps.now(),
      home,
      page: level,
    });
    return { url: received.url, page };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}
