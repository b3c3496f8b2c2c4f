import { findDates, hasDayFirst, parseDate, type Reading, type Stamp } from "../../lib/dates.ts";
import { parseUrl } from "../../lib/text.ts";
import { type Block, type Tag, textOf, words } from "../dom/node.ts";
import { byDistance, isAmong, type Layout } from "../layout.ts";
import { isReview, type LdNode, metas, type Page, textIn, typesOf } from "../page.ts";
import { type Answer, answer, NOTHING } from "../rules.ts";

/** Returns how to read ambiguous dates of a page, by its domain and language. */
export function readingOf(page: Page, language: string | null, timezone = "UTC"): Reading {
  const host = parseUrl(page.url)?.hostname ?? "";
  const html = page.tags("html")[0]?.attribs ?? {};
  const stated = html["lang"] ?? html["xml:lang"] ?? language ?? "";
  const tag = stated.toLowerCase().replaceAll("_", "-");
  const isForeign = language !== null && !/^en\b/i.test(language);
  const dayFirst = isForeign || hasDayFirst(host, tag);
  // The region decides whether a short year comes first in Chinese.
  const isTagged = isForeign && tag.startsWith(language.toLowerCase());
  return { dayFirst, timezone, language: isTagged ? tag : language };
}

/** Returns when the article was published; `NOTHING` if the page has no plausible date. */
export function readPublished(page: Page, layout: Layout, reading: Reading): Answer<Stamp> {
  const seen = (rule: string, confidence: number, found: Sighting | null) => {
    const fits = found !== null && isPlausible(found.stamp, page.now);
    return fits ? answer(found.stamp, rule, found.seen, confidence) : NOTHING;
  };
  const tries = [
    () => firstStamp(PUBLISHED, page, layout, reading),
    () => seen("in the headline", 0.8, dateInHeadline(layout, reading)),
    () => seen("line near the headline", 0.8, dateNearHeadline(layout, reading, LINE)),
    () => firstStamp(WEAK, page, layout, reading),
    () => seen("near the headline", 0.6, dateNearHeadline(layout, reading, PARAGRAPH)),
    () => firstStamp(DOUBTFUL, page, layout, reading),
    () => seen("anywhere in the text", 0.4, dateAnywhere(layout, reading)),
  ];
  for (const attempt of tries) {
    const found = attempt();
    if (!found.value) continue;
    const isDay = found.value.precision === "day";
    const sharp = isDay ? sharpened(found, firstStamp(WEAK, page, layout, reading)) : found;
    return inShownZone(sharp, layout);
  }
  return NOTHING;
}

function sharpened(found: Answer<Stamp>, weak: Answer<Stamp>): Answer<Stamp> {
  if (!found.value || weak.value?.precision !== "instant") return found;
  const local = new Date(weak.value.at.getTime() + (weak.value.offset ?? 0) * 60_000);
  const sameDay = local.toISOString().slice(0, 10) === found.value.at.toISOString().slice(0, 10);
  return sameDay ? weak : found;
}

function inShownZone(found: Answer<Stamp>, layout: Layout): Answer<Stamp> {
  const stamp = found.value;
  if (!stamp || stamp.precision !== "instant" || stamp.offset !== 0) return found;
  const offset = shownOffsetMinutes(layout, stamp.at);
  return offset === null ? found : { ...found, value: { ...stamp, offset } };
}

export function readModified(page: Page, layout: Layout, reading: Reading): Answer<Stamp> {
  return firstStamp(MODIFIED, page, layout, reading);
}

function firstStamp(places: Place[], page: Page, layout: Layout, reading: Reading): Answer<Stamp> {
  for (const [rule, confidence, read] of places) {
    for (const text of read(page, layout.headline)) {
      const stamp = text ? parseDate(text, reading) : null;
      if (text && stamp && isPlausible(stamp, page.now))
        return answer(stamp, rule, text, confidence);
    }
  }
  return NOTHING;
}

function isPlausible(stamp: Stamp, now: Date): boolean {
  const at = stamp.at.getTime();
  // A wrong zone can make a date 26 hours too late.
  return at > Date.UTC(1990, 0, 1) && at < now.getTime() + 26 * 3_600_000;
}

type Place = [
  rule: string,
  confidence: number,
  read: (page: Page, headline: Tag | null) => (string | null | undefined)[],
];

const PUBLISHED_METAS =
  `article:published_time og:article:published_time bt:pubdate sailthru.date article.published parsely-pub-date
  cxenseparse:recs:publishtime datepublished date.published published_time og:published_time rnews:datepublished
  publishdate publish-date publish_date pubdate published-date originalpublicationdate ptime dc.date.issued
  dcterms.created dcterms.issued dc.date.created citation_publication_date citation_online_date
  article_date_original displaydate`.split(/\s+/);

const DATE_METAS =
  `date dc.date dc.terms.date dcterms.date article.created created date.created timestamp og:pubdate
  publication_date`.split(/\s+/);

const MODIFIED_METAS =
  `article:modified_time og:updated_time datemodified last-modified lastmod dcterms.modified
  article.updated date.modified`.split(/\s+/);

/** The most reliable place comes first, because the first plausible date wins. */
const PUBLISHED: Place[] = [
  ["json-ld datePublished", 0.97, (page) => [textIn(page.article?.["datePublished"])]],
  ["meta published", 0.95, metas(...PUBLISHED_METAS)],
  [
    "itemprop=datePublished",
    0.93,
    (page, headline) =>
      nearestDateTexts([...page.props("datepublished"), ...page.props("datecreated")], headline),
  ],
  [
    "json-ld any datePublished",
    0.8,
    (page) =>
      page.ld.filter((node) => !isReaderContent(node)).map((node) => textIn(node["datePublished"])),
  ],
];

function isReaderContent(node: LdNode): boolean {
  return isReview(node) || typesOf(node).includes("Comment");
}

/** A date in these places can belong to something else, such as an update. */
const WEAK: Place[] = [
  ["meta date", 0.8, metas(...DATE_METAS)],
  [
    "time of publication",
    0.9,
    (page, headline) => nearestDateTexts(page.tags("time").filter(isPublication), headline),
  ],
  [
    "time",
    0.8,
    (page, headline) =>
      nearestDateTexts(
        page.tags("time").filter((tag) => !isUpdate(tag)),
        headline,
      ),
  ],
  [
    "class date",
    0.7,
    (page, headline) => nearestDateTexts(page.tree.tags.filter(isDateTag), headline),
  ],
  ["url", 0.85, (page) => [urlDate(page.url)]],
];

/** A date in these places can belong to a video or to another article. */
const DOUBTFUL: Place[] = [
  ["json-ld uploadDate", 0.6, (page) => page.ld.map((node) => textIn(node["uploadDate"]))],
  ["time, maybe another's", 0.5, (page, headline) => doubtfulTexts(page.tags("time"), headline)],
  [
    "class date, maybe another's",
    0.45,
    (page, headline) => doubtfulTexts(page.tree.tags.filter(isDateTag), headline),
  ],
];

const MODIFIED: Place[] = [
  ["json-ld dateModified", 0.97, (page) => [textIn(page.article?.["dateModified"])]],
  ["meta modified", 0.95, metas(...MODIFIED_METAS)],
  [
    "itemprop=dateModified",
    0.93,
    (page, headline) => nearestDateTexts(page.props("datemodified"), headline, true),
  ],
  [
    "time of update",
    0.8,
    (page, headline) => nearestDateTexts(page.tags("time").filter(isUpdate), headline, true),
  ],
];

function nearestDateTexts(tags: Tag[], headline: Tag | null, updates = false): string[] {
  const own = tags.filter(
    (tag) =>
      !isAmong(OTHER_CONTENT_CLASS_WORDS, tag, 8, headline) && (updates || !isCalledUpdate(tag)),
  );
  return stampTextsOf(own, headline, 4);
}

function doubtfulTexts(tags: Tag[], headline: Tag | null): string[] {
  const own = tags.filter((tag) => {
    let box: Tag | null = tag;
    // The class of a date can mention comments because the element also shows their number.
    while (box && (box === tag || isDateTag(box))) box = box.parent;
    return box === null || !isAmong(COMMENT_CLASS_WORDS, box, 8, headline);
  });
  return stampTextsOf(own, headline, 3);
}

function stampTextsOf(tags: Tag[], headline: Tag | null, most: number): string[] {
  const nearest = byDistance(tags, headline).slice(0, most);
  return nearest.flatMap(({ tag }) => stampTexts(tag));
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

/** Reads `/2020/01/31/`, `/2020-01-31-`, `/20200131/` and `/31-01-2020` as `YYYY-MM-DD`. */
function urlDate(url: string): string | null {
  const [, year, month, day] =
    /[/_.-](20\d{2}|199\d)[/_-]?([01]\d)[/_-]?([0-3]\d)(?:[/_.-]|$)/.exec(url) ?? [];
  if (year) return `${year}-${month}-${day}`;
  const [, d, m, y] = /[/_]([0-3]\d)[-.]([01]\d)[-.](20\d{2})(?:[/_.-]|$)/.exec(url) ?? [];
  return y ? `${y}-${m}-${d}` : null;
}

interface Sighting {
  stamp: Stamp;
  seen: string;
}

const DIGIT = /\p{Nd}/u;

const UPDATED =
  /(?:updated?|modified|revised|last (?:changed|edit|update)|aktualisiert|geändert|änderung|stand der|zuletzt|mise? à jour|actualizad[oa]|atualizad[oa]|aggiornat[oa]|bijgewerkt|uppdaterad|oppdatert|opdateret|päivitetty|zaktualizowano|aktualizováno|обновлен[оа]?|изменен[оа]?|оновлено|güncelle\p{L}*|更新|修正|수정|تحديث)[^\d]{0,24}$/iu;

const PUBLISHED_LABEL =
  /(?:published|posted|written|created|released|issued|date|filed|veröffentlicht|erstellt|datum|stand|publiziert|eingestellt|vom|erschienen|gepostet|publiée?|posté|le|publicad[oa]|fecha|data|pubblicat[oa]|gepubliceerd|geplaatst|publicerad|publisert|udgivet|julkaistu|opublikowano|dodano|publikováno|опубликован[оа]?|дата|размещено|опубліковано|yayın\p{L}*|公開|発表|掲載|发布|发表|日期|作成|등록|입력|نشر|تاريخ)\s*(?:on|am|le|el|il|den|dne|tarihi)?[\s:：=()|]{0,6}$/iu;

const COMMENT_CLASS_WORDS = words(
  "comment comments commentlist commentaires comentarios kommentar kommentare disqus respond leserbrief reply replies",
);

const OTHER_CONTENT_CLASS_WORDS = new Set([
  ...COMMENT_CLASS_WORDS,
  ...words(
    "related recommended recommendations similar sidebar popular trending mostread copyright event events calendar tweet bluesky mastodon instagram tiktok fb",
  ),
]);

function dateInHeadline({ blocks, at }: Layout, reading: Reading): Sighting | null {
  const text = blocks[at]?.text ?? "";
  const [hit] = findDates(text, reading);
  if (!hit || (hit.index > 2 && hit.index + hit.text.length < text.length - 2)) return null;
  return { stamp: hit.stamp, seen: text };
}

const LINE = { sizeLimit: 60, takesUpdates: false };
const PARAGRAPH = { sizeLimit: 220, takesUpdates: true };

function dateNearHeadline(
  { blocks, at, headline }: Layout,
  reading: Reading,
  { sizeLimit, takesUpdates }: typeof LINE,
): Sighting | null {
  if (at < 0) return null;
  const lines = [
    ...blocks.slice(at + 1, at + 22),
    ...blocks.slice(Math.max(0, at - 6), at).toReversed(),
  ];
  const short = lines.filter((block) => block.size < sizeLimit);
  return firstDate(short, headline, reading, takesUpdates);
}

function shownOffsetMinutes({ blocks, at }: Layout, instant: Date): number | null {
  const minute = Math.floor(instant.getTime() / 60_000) * 60_000;
  let day: number | null = null;
  for (const block of blocks.slice(Math.max(0, at - 6), at + 22)) {
    if (block.size > 220 || !DIGIT.test(block.text)) continue;
    for (const { stamp, index } of findDates(block.text, { dayFirst: false, timezone: "UTC" })) {
      const local = stamp.at.getTime() + (stamp.offset ?? 0) * 60_000;
      const minutes = (local - minute) / 60_000;
      if (stamp.precision === "day") {
        if (block.size < 60 && !UPDATED.test(block.text.slice(0, index)))
          day ??= smallestOffsetMinutes(local, minute);
      } else if (minutes !== 0 && isTimeZoneOffset(minutes)) return minutes;
    }
  }
  return day;
}

/** Nepal, Eucla and the Chatham Islands (standard and summer time) use these offsets. */
const QUARTER_HOUR_OFFSET_MINUTES = new Set([5 * 60 + 45, 8 * 60 + 45, 12 * 60 + 45, 13 * 60 + 45]);

function isTimeZoneOffset(minutes: number): boolean {
  return (
    (minutes % 30 === 0 && Math.abs(minutes) <= 14 * 60) || QUARTER_HOUR_OFFSET_MINUTES.has(minutes)
  );
}

function smallestOffsetMinutes(day: number, instant: number): number | null {
  const hour = 3_600_000;
  const after = Math.ceil((day - instant) / hour);
  const before = Math.floor((day + 24 * hour - 1 - instant) / hour);
  const hours = after > 0 ? after : before < 0 ? before : 0;
  return hours !== 0 && Math.abs(hours) <= 14 ? hours * 60 : null;
}

function dateAnywhere(layout: Layout, reading: Reading): Sighting | null {
  const labelled = labelledDate(layout.blocks.slice(0, 3000), layout.headline, reading);
  if (labelled) return labelled;
  const short = layout.blocks.filter((block) => block.size < 160);
  return (
    firstDate(short, layout.headline, reading) ??
    firstDate(layout.blocks.slice(0, 400), layout.headline, reading)
  );
}

function labelledDate(blocks: Block[], headline: Tag | null, reading: Reading): Sighting | null {
  for (const block of blocks) {
    if (
      block.size > 600 ||
      !DIGIT.test(block.text) ||
      isAmong(OTHER_CONTENT_CLASS_WORDS, block.tag, 8, headline)
    )
      continue;
    for (const { stamp, index } of findDates(block.text, reading)) {
      if (PUBLISHED_LABEL.test(block.text.slice(0, index))) return { stamp, seen: block.text };
    }
  }
  return null;
}

/** Returns the first date, preferably one that isn't called the date of an update. */
function firstDate(
  blocks: Block[],
  headline: Tag | null,
  reading: Reading,
  takesUpdates = true,
): Sighting | null {
  let update: Sighting | null = null;
  for (const block of blocks) {
    if (!DIGIT.test(block.text) || isAmong(OTHER_CONTENT_CLASS_WORDS, block.tag, 8, headline))
      continue;
    const text = block.text.slice(0, 600);
    for (const { stamp, index } of findDates(text, reading)) {
      const before = text.slice(0, index);
      if (/©|copyright/i.test(before)) continue;
      if (!UPDATED.test(before)) return { stamp, seen: block.text };
      update ??= { stamp, seen: block.text };
    }
  }
  return takesUpdates ? update : null;
}
