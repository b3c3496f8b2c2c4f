import { parseDate } from "./dates/parse.ts";
import type { Reading, Stamp } from "./dates/stamp.ts";
import { dateAnywhere, dateNearHeadline } from "./dates/visible.ts";
import { textOf } from "./dom/text.ts";
import type { Tag } from "./dom/tree.ts";
import { textIn } from "./jsonld.ts";
import type { Layout } from "./layout.ts";
import type { Page } from "./page.ts";
import { type Answer, answer, NOTHING } from "./rules.ts";

/** One place where a page states when it was published; the first plausible one wins. */
interface Place {
  rule: string;
  confidence: number;
  read: (page: Page) => (string | null | undefined)[];
}

const metas =
  (...names: string[]) =>
  (page: Page) =>
    names.flatMap(page.meta);

const PUBLISHED: Place[] = [
  {
    rule: "json-ld datePublished",
    confidence: 0.97,
    read: (page) => [textIn(page.article?.["datePublished"])],
  },
  {
    rule: "meta published",
    confidence: 0.95,
    read: metas(
      "article:published_time",
      "og:article:published_time",
      "bt:pubdate",
      "sailthru.date",
      "article.published",
      "parsely-pub-date",
      "cxenseparse:recs:publishtime",
      "datepublished",
      "date.published",
      "published_time",
      "og:published_time",
      "rnews:datepublished",
      "publishdate",
      "publish-date",
      "publish_date",
      "pubdate",
      "published-date",
      "originalpublicationdate",
      "ptime",
      "dc.date.issued",
      "dcterms.created",
      "dcterms.issued",
      "dc.date.created",
      "citation_publication_date",
      "article_date_original",
      "displaydate",
    ),
  },
  {
    rule: "itemprop=datePublished",
    confidence: 0.93,
    read: (page) =>
      [...page.props("datepublished"), ...page.props("datecreated")]
        .slice(0, 3)
        .flatMap(stampTexts),
  },
  {
    rule: "json-ld any datePublished",
    confidence: 0.8,
    read: (page) => page.ld.map((node) => textIn(node["datePublished"])),
  },
  {
    rule: "meta date",
    confidence: 0.85,
    read: metas(
      "date",
      "dc.date",
      "dc.terms.date",
      "dcterms.date",
      "article.created",
      "created",
      "date.created",
      "timestamp",
      "og:pubdate",
      "publication_date",
      "last-modified-date",
    ),
  },
  {
    rule: "time pubdate",
    confidence: 0.9,
    read: (page) =>
      page
        .tags("time")
        .filter(
          (tag) =>
            "pubdate" in tag.attribs ||
            /publish|entry-date|posted/i.test(tag.attribs["class"] ?? ""),
        )
        .slice(0, 2)
        .flatMap(stampTexts),
  },
  {
    rule: "time",
    confidence: 0.8,
    read: (page) =>
      page
        .tags("time")
        .filter((tag) => !/updated|modified/i.test(tag.attribs["class"] ?? ""))
        .slice(0, 3)
        .flatMap(stampTexts),
  },
  {
    rule: "class date",
    confidence: 0.7,
    read: (page) => page.tree.tags.filter(isDateTag).slice(0, 10).flatMap(stampTexts),
  },
  { rule: "url", confidence: 0.85, read: (page) => [urlDate(page.url)] },
];

const MODIFIED: Place[] = [
  {
    rule: "json-ld dateModified",
    confidence: 0.97,
    read: (page) => [textIn(page.article?.["dateModified"])],
  },
  {
    rule: "meta modified",
    confidence: 0.95,
    read: metas(
      "article:modified_time",
      "og:updated_time",
      "datemodified",
      "last-modified",
      "lastmod",
      "dcterms.modified",
      "article.updated",
      "date.modified",
    ),
  },
  {
    rule: "itemprop=dateModified",
    confidence: 0.93,
    read: (page) => page.props("datemodified").slice(0, 3).flatMap(stampTexts),
  },
  {
    rule: "time updated",
    confidence: 0.8,
    read: (page) =>
      page
        .tags("time")
        .filter((tag) => /updated|modified/i.test(tag.attribs["class"] ?? ""))
        .slice(0, 3)
        .flatMap(stampTexts),
  },
];

/** When the article was first published, never after `now`. */
export function readPublished(page: Page, layout: Layout | null, reading: Reading): Answer<Stamp> {
  const stated = firstStamp(PUBLISHED, page, reading);
  if (stated.value || !layout) return stated;
  for (const { rule, confidence, read } of VISIBLE) {
    const found = read(layout, reading);
    if (found && isPlausible(found.stamp, page.now))
      return answer(found.stamp, rule, found.seen, confidence);
  }
  return NOTHING;
}

/** Where readers see a date, for pages that state none to machines. */
const VISIBLE = [
  { rule: "near the headline", confidence: 0.7, read: dateNearHeadline },
  { rule: "anywhere in the text", confidence: 0.4, read: dateAnywhere },
];

/** When the article was last changed, as stated. */
export function readModified(page: Page, reading: Reading): Answer<Stamp> {
  return firstStamp(MODIFIED, page, reading);
}

function firstStamp(places: Place[], page: Page, reading: Reading): Answer<Stamp> {
  for (const place of places) {
    for (const text of place.read(page)) {
      if (!text) continue;
      const stamp = parseDate(text, reading);
      if (stamp && isPlausible(stamp, page.now))
        return answer(stamp, place.rule, text, place.confidence);
    }
  }
  return NOTHING;
}

/** Between 1990 and now; a day's grace for zones that were stated wrongly. */
export function isPlausible(stamp: Stamp, now: Date): boolean {
  const at = stamp.at.getTime();
  return at > Date.UTC(1990, 0, 1) && at < now.getTime() + 26 * 3_600_000;
}

function stampTexts(tag: Tag): string[] {
  const { attribs } = tag;
  return [
    attribs["datetime"],
    attribs["content"],
    attribs["title"],
    attribs["data-date"],
    textOf(tag, 300),
  ].filter((text): text is string => Boolean(text));
}

function isDateTag(tag: Tag): boolean {
  const hint = tag.attribs["class"] ?? tag.attribs["id"];
  if (
    !hint ||
    !/(?:^|[\s_-])(?:pub(?:lish(?:ed)?)?-?_?)?(?:date|datum|fecha|data|time|timestamp|posted|dateline)/i.test(
      hint,
    )
  )
    return false;
  const text = textOf(tag, 300);
  return text.length < 150 && /\d{2}/.test(text);
}

/** A day in the path: `/2020/01/31/`, `/2020-01-31-`, `/20200131/`. */
export function urlDate(url: string): string | null {
  const [, year, month, day] =
    /[/_.-](20\d{2}|199\d)[/_-]?([01]\d)[/_-]?([0-3]\d)(?:[/_.-]|$)/.exec(url) ?? [];
  return year ? `${year}-${month}-${day}` : null;
}
