import type { Document, Element } from "domhandler";
import { parseUrl } from "../../../lib/text.ts";
import type { EntryPointKind } from "../../../model/crawl/entry-points.ts";
import { lineOf } from "../infer/dom.ts";
import { attributeOf } from "../infer/fields.ts";
import { baseOf } from "../listing.ts";
import { select } from "../selector.ts";
import { sameSite, targetUrl, urlKey } from "../url.ts";

/** A candidate for an entry point. */
export interface NamedPage {
  url: string;
  kind: EntryPointKind;
  from: string;
  /** Why the candidate is refused without being fetched; null if it isn't refused. */
  why: string | null;
}

const FEED_TYPE = /(?:rss|atom|rdf)\+xml|feed\+json|application\/json\+feed/i;
const FEED_PATH =
  /(?:^|[/._-])(?:rss|feeds?|atom|rdf)(?:[/._?-]|$)|\.(?:rss|rdf|atom)$|[?&]feed=|\/index\.xml$/i;
const FEED_TEXT =
  /^(?:(?:our |unser |notre )?rss(?:[- ]?feeds?)?|atom(?:[- ]?feed)?|(?:news)?feeds?|rss订阅|订阅)$/i;
const COMMENTS =
  /comments?\/(?:feed|default)|[?&]feed=comments|(?:^|\W)(?:comments?|kommentare?|commentaires|comentarios|commenti|reacties|评论)(?:\W|$)/i;
const NEWS_WORDS = alternatives(String.raw`
  news(?:room)? press(?:[-_\s]?releases?)? media[-_\s]?releases? articles? stories latest announcements blog
  aktuell(?:es)? nachrichten neuigkeiten presse(?:mitteilung(?:en)?|meldungen|bereich)?
  medienmitteilung(?:en)? meldungen artikel
  actualit[eé]s? actus? communiqu[eé]s? actualidad prensa not[ií]ci[ae]s
  notizie novit[aà] comunicati [sș]tiri
  nieuws nyheter nyheder fr[eé]ttir uutiset ajankohtaista uudised jaunumi naujienos
  aktualno[sś]ci zpr[aá]vy aktuality vijesti novosti новости новини вести
  h[ií]rek haberler duyurular berita
  ν[έε]α ανακοιν[ώω]σεις δελτ[ίι]α[-_\s]τ[ύυ]που
  xwzx zwyw yaowen`);
/** The languages of these words join words or add prefixes, so a match within a word counts too. */
const NEWS_WORD_PARTS = alternatives(String.raw`
  新闻 新聞 要闻 动态 公告 資訊 最新消息 ニュース お知らせ 新着 報道発表 뉴스 소식 보도자료 공지사항
  [أا]خبار חדשות ข่าว समाचार tin[-_\s]tức`);
const NEWS = new RegExp(
  String.raw`(?:^|[\s/_.-])(?:${NEWS_WORDS})(?:$|[\s/_.-])|${NEWS_WORD_PARTS}`,
  "i",
);
const MAX_NEWS_PAGES = 4;
const MAX_FEEDS = 6;

function alternatives(patterns: string): string {
  return patterns.trim().split(/\s+/).join("|");
}

/** Returns the linked feeds, sitemaps and news pages. `why` says why a page is refused. */
export function namedBy(document: Document, url: string): NamedPage[] {
  const base = baseOf(document, url);
  const feeds = [
    ...select("link[href]", document).filter(isFeedLink),
    ...select("a[href]", document).filter(isFeedAnchor),
  ];
  const found: NamedPage[] = [];
  const seen = new Set<string>([urlKey(url)]);
  const add = (
    kind: EntryPointKind,
    element: Element,
    from: string,
    why: (to: string) => string | null,
  ) => {
    const to = targetOf(element, base);
    if (to === null || seen.has(urlKey(to))) return;
    seen.add(urlKey(to));
    found.push({ url: to, kind, from, why: why(to) });
  };
  for (const element of feeds.slice(0, MAX_FEEDS * 2)) {
    const from = element.name === "link" ? "the page's link tag" : "a link on the page";
    add("feed", element, from, (to) => refusal(element, to, url));
  }
  for (const element of select('link[rel~="sitemap"], a[href$="sitemap.xml"]', document))
    add("sitemap", element, "the page's link to its sitemap", (to) => offSite(to, url));
  for (const element of newsLinks(document, base, url).slice(0, MAX_NEWS_PAGES))
    add("listing", element, `the page's link "${lineOf(element).slice(0, 40)}"`, () => null);
  return found;
}

function isFeedLink(link: Element): boolean {
  const rel = attributeOf(link, "rel").toLowerCase().split(" ");
  return (
    rel.includes("feed") || (rel.includes("alternate") && FEED_TYPE.test(attributeOf(link, "type")))
  );
}

function isFeedAnchor(link: Element): boolean {
  const text = lineOf(link) || attributeOf(link, "title") || attributeOf(link, "aria-label");
  const path = pathOf(attributeOf(link, "href"));
  return FEED_TYPE.test(attributeOf(link, "type")) || FEED_TEXT.test(text) || FEED_PATH.test(path);
}

function newsLinks(document: Document, base: string, url: string): Element[] {
  return select("a[href]", document)
    .filter((link) => {
      const to = targetOf(link, base);
      const text = lineOf(link);
      if (to === null || !sameSite(to, url) || text.length > 40) return false;
      const { pathname } = new URL(to);
      const steps = pathname.split("/").filter(Boolean).length;
      return steps <= 3 && !FEED_PATH.test(pathname) && (NEWS.test(pathname) || NEWS.test(text));
    })
    .toSorted((a, b) => attributeOf(a, "href").length - attributeOf(b, "href").length);
}

function refusal(element: Element, to: string, home: string): string | null {
  const label = `${attributeOf(element, "title")} ${lineOf(element)}`;
  if (COMMENTS.test(to) || COMMENTS.test(label)) return "a feed of readers' comments";
  return offSite(to, home);
}

function offSite(to: string, home: string): string | null {
  if (sameSite(to, home)) return null;
  return `on another site, ${new URL(to).host}: add its URL by hand if the publisher publishes there`;
}

function targetOf(element: Element, base: string): string | null {
  const href = attributeOf(element, "href")
    .replace(/^feed:(?=\/\/)/i, "http:")
    .replace(/^feed:/i, "");
  return targetUrl(href, base)?.replace(/#.*/, "") ?? null;
}

function pathOf(href: string): string {
  const url = parseUrl(href, "http://x.example/");
  return url ? url.pathname + url.search : "";
}
