import type { Tag } from "../dom/node.ts";
import { textOf } from "../dom/text.ts";
import { textIn } from "../jsonld.ts";
import { byDistance, isAmong } from "../layout.ts";
import type { Page } from "../page.ts";
import { ELSEWHERE, READERS, UPDATED } from "./visible.ts";

/** One place where a page states a date for machines. */
export interface Place {
  rule: string;
  confidence: number;
  read: (page: Page, headline: Tag | null) => (string | null | undefined)[];
}

const metas =
  (...names: string[]) =>
  (page: Page) =>
    names.flatMap(page.meta);

const PUBLISHED_METAS =
  `article:published_time og:article:published_time bt:pubdate sailthru.date article.published parsely-pub-date
  cxenseparse:recs:publishtime datepublished date.published published_time og:published_time rnews:datepublished
  publishdate publish-date publish_date pubdate published-date originalpublicationdate ptime dc.date.issued
  dcterms.created dcterms.issued dc.date.created citation_publication_date citation_online_date
  article_date_original displaydate`.split(/\s+/);

const DATE_METAS =
  "date dc.date dc.terms.date dcterms.date article.created created date.created timestamp og:pubdate publication_date".split(
    " ",
  );

/** Where a page states when it was published, most trusted first; the first plausible date wins. */
export const PUBLISHED: Place[] = [
  {
    rule: "json-ld datePublished",
    confidence: 0.97,
    read: (page) => [textIn(page.article?.["datePublished"])],
  },
  { rule: "meta published", confidence: 0.95, read: metas(...PUBLISHED_METAS) },
  {
    rule: "itemprop=datePublished",
    confidence: 0.93,
    read: (page, headline) =>
      nearest([...page.props("datepublished"), ...page.props("datecreated")], headline),
  },
  {
    rule: "json-ld any datePublished",
    confidence: 0.8,
    read: (page) => page.ld.map((node) => textIn(node["datePublished"])),
  },
];

/** Weaker statements: several dates may stand in such places. */
export const WEAK: Place[] = [
  { rule: "meta date", confidence: 0.8, read: metas(...DATE_METAS) },
  {
    rule: "time of publication",
    confidence: 0.9,
    read: (page, headline) => nearest(page.tags("time").filter(isPublication), headline),
  },
  {
    rule: "time",
    confidence: 0.8,
    read: (page, headline) =>
      nearest(
        page.tags("time").filter((tag) => !isUpdate(tag)),
        headline,
      ),
  },
  {
    rule: "class date",
    confidence: 0.7,
    read: (page, headline) => nearest(page.tree.tags.filter(isDateTag), headline),
  },
  { rule: "url", confidence: 0.85, read: (page) => [urlDate(page.url)] },
];

/** The last resort before running text: dates of films, date tags that may be other articles'. */
export const DOUBTFUL: Place[] = [
  {
    rule: "json-ld uploadDate",
    confidence: 0.6,
    read: (page) => page.ld.map((node) => textIn(node["uploadDate"])),
  },
  {
    rule: "time, maybe another's",
    confidence: 0.5,
    read: (page, headline) =>
      byDistance(page.tags("time").filter(isEditors(headline)), headline)
        .slice(0, 3)
        .flatMap(({ tag }) => stampTexts(tag)),
  },
  {
    rule: "class date, maybe another's",
    confidence: 0.45,
    read: (page, headline) =>
      byDistance(page.tree.tags.filter(isDateTag).filter(isEditors(headline)), headline)
        .slice(0, 3)
        .flatMap(({ tag }) => stampTexts(tag)),
  },
];

/** Where a page states when it was last changed. */
export const MODIFIED: Place[] = [
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
    read: (page, headline) => nearest(page.props("datemodified"), headline, true),
  },
  {
    rule: "time of update",
    confidence: 0.8,
    read: (page, headline) => nearest(page.tags("time").filter(isUpdate), headline, true),
  },
];

/** Texts of the date tags nearest to the headline, without those of comments and other articles. */
function nearest(tags: Tag[], headline: Tag | null, updates = false): string[] {
  const own = tags.filter(
    (tag) => !isAmong(ELSEWHERE, tag, 8, headline) && (updates || !isCalledUpdate(tag)),
  );
  return byDistance(own, headline)
    .slice(0, 4)
    .flatMap(({ tag }) => stampTexts(tag));
}

/** Whether it isn't what a reader wrote; a line with the date and the count of comments isn't. */
function isEditors(headline: Tag | null) {
  return (tag: Tag) => {
    let box: Tag | null = tag;
    while (box && (box === tag || isDateTag(box))) box = box.parent;
    return box === null || !isAmong(READERS, box, 8, headline);
  };
}

function isCalledUpdate(tag: Tag): boolean {
  const text = textOf(tag, 100);
  return UPDATED.test(text.slice(0, text.search(/\p{Nd}/u) + 1).replace(/\p{Nd}$/u, ""));
}

function stampTexts(tag: Tag): string[] {
  const { datetime, content, title } = tag.attribs;
  return [datetime, content, tag.attribs["data-date"], title, textOf(tag, 300)].filter(
    (text) => text !== undefined,
  );
}

function isPublication(tag: Tag): boolean {
  return "pubdate" in tag.attribs || /publish|entry-date|posted/i.test(tag.classes ?? "");
}

function isUpdate(tag: Tag): boolean {
  return /updated|modified/i.test(tag.classes ?? "");
}

const DATE_CLASS =
  /(?:^|[\s_-])(?:pub(?:lish(?:ed)?)?-?_?)?(?:date|datum|fecha|data|time|timestamp|posted|published|dateline)/i;

function isDateTag(tag: Tag): boolean {
  const hint = tag.classes ?? tag.id;
  if (!hint || !DATE_CLASS.test(hint)) return false;
  const text = textOf(tag, 300);
  return text.length < 150 && /\p{Nd}/u.test(text);
}

/** A day in the path: `/2020/01/31/`, `/2020-01-31-`, `/20200131/`, `/31-01-2020`. */
export function urlDate(url: string): string | null {
  const [, year, month, day] =
    /[/_.-](20\d{2}|199\d)[/_-]?([01]\d)[/_-]?([0-3]\d)(?:[/_.-]|$)/.exec(url) ?? [];
  if (year) return `${year}-${month}-${day}`;
  const [, d, m, y] = /[/_]([0-3]\d)[-.]([01]\d)[-.](20\d{2})(?:[/_.-]|$)/.exec(url) ?? [];
  return y ? `${y}-${m}-${d}` : null;
}
