import { EXTRACT_BOUNDS } from "../../config/limits.ts";
import { parseUrl } from "../../lib/text.ts";
import type {
  ArticlePage,
  ArticlePageRead,
  ArticlePages,
  Extraction,
} from "../../model/articles/fields.ts";
import { partsOf, withoutLines } from "../boilerplate.ts";
import type { Hint } from "../dom/hints.ts";
import { type Tag, textOf } from "../dom/node.ts";
import { isNamedAround } from "../layout.ts";
import type { Page } from "../page.ts";
import { countWords, keyOf } from "../words.ts";

interface Candidate {
  url: URL;
  bare: string;
  readings: ArticlePageUrl[];
  label: number | "next" | "previous";
  rule: string;
}

type Own = Pick<ArticlePageUrl, "base" | "number" | "isNamed"> & { form: string | null };

/**
 * Returns this page's number and its links to other pages of the article; null if there are none.
 */
export function readArticlePages(page: Page, headline: Tag | null): ArticlePages | null {
  const here = parseUrl(page.url);
  if (!here) return null;
  const own = articlePageUrls(here);
  const bases = new Set([bareUrl(here), ...own.map(({ base }) => base)]);
  const candidates = [
    ...stated(page, bases),
    ...linkedCandidates(page, bases, headline, own.length === 0),
  ];
  if (candidates.length === 0) return null;
  const whole: Own = { base: bareUrl(here), number: 1, form: null, isNamed: true };
  const found = [...own, whole].flatMap((as) => articlePagesAs(as, candidates) ?? []);
  return found.toSorted((a, b) => b.others.length - a.others.length)[0] ?? null;
}

/** This pattern must match every URL in which `articlePageUrls` finds a number. */
const POSSIBLE_PAGE_URL = /(?:=|[-_/,.a-z])\d{1,2}(?:\.[a-z]{3,5})?\/?(?:[?&#]|$)/i;

function stated(page: Page, bases: ReadonlySet<string>): Candidate[] {
  return (["next", "prev", "previous"] as const).flatMap((rel) =>
    page.links(rel).flatMap(({ href }) => {
      const label = rel === "next" ? rel : "previous";
      return candidateAt(href, bases, () => ({ label, rule: `rel=${rel}` })) ?? [];
    }),
  );
}

function linkedCandidates(
  page: Page,
  bases: ReadonlySet<string>,
  headline: Tag | null,
  whole: boolean,
): Candidate[] {
  const from = [...page.tags("a"), ...page.tags("option")];
  const stems = stemsOf(bases);
  return from.flatMap((tag) => {
    const href = tag.attribs[tag.name === "a" ? "href" : "value"];
    // Parsing a URL is slow, and few URLs have a number at the place of a page number.
    if (!href || (whole && !POSSIBLE_PAGE_URL.test(href)) || (stems && lacksStems(href, stems)))
      return [];
    const called = () => (isElsewhere(tag, headline) ? null : calledBy(tag));
    return candidateAt(href, bases, called, page.base) ?? [];
  });
}

function stemsOf(bases: ReadonlySet<string>): string[] | null {
  const stems = [...bases].map((base) => /\/[\w-]+(?=(?:\.\w+)?(?:\?|$))/.exec(base)?.[0] ?? null);
  return stems.every((stem) => stem !== null) ? stems : null;
}

function lacksStems(href: string, stems: readonly string[]): boolean {
  return /^(?:https?:)?\//i.test(href) && !stems.some((stem) => href.includes(stem));
}

function candidateAt(
  href: string,
  bases: ReadonlySet<string>,
  called: () => Pick<Candidate, "label" | "rule"> | null,
  base?: string,
): Candidate | null {
  const url = parseUrl(href, base);
  if (!url?.protocol.startsWith("http") || /comment|respond|reply/i.test(url.hash)) return null;
  url.hash = "";
  const bare = bareUrl(url);
  const readings = articlePageUrls(url).filter((reading) => bases.has(reading.base));
  if (readings.length === 0 && !bases.has(bare)) return null;
  const name = called();
  return name && { url, bare, readings, ...name };
}

function calledBy(tag: Tag): Pick<Candidate, "label" | "rule"> | null {
  const rel = (tag.rel ?? "").toLowerCase().split(/\s+/);
  if (rel.includes("next")) return { label: "next", rule: "rel=next" };
  if (rel.includes("prev")) return { label: "previous", rule: "rel=prev" };
  const { title = "", "aria-label": aria = "" } = tag.attribs;
  const short = [title, aria].map((text) => text.slice(0, MAX_LINK_TEXT_CHARS));
  const texts = [textOf(tag, MAX_LINK_TEXT_CHARS), ...short];
  for (const text of texts) {
    const number = labelNumber(text);
    if (number !== null) return { label: number, rule: "numbered links" };
  }
  if (texts.some(isNextLabel)) return { label: "next", rule: "link to the next page" };
  return texts.some(isPreviousLabel)
    ? { label: "previous", rule: "link to the page before" }
    : null;
}

const MAX_LINK_TEXT_CHARS = 200;

const ELSEWHERE =
  /^(?:comments?|kommentare?|replies|reply|disqus|respond|gallery|galerie|galleria|galeria|slideshow|slider|carousel|swiper|lightbox|related|recommended|latest|sidebar|widget|archive|results)$/;
const MAX_LEVELS = 12;

function isElsewhere(tag: Tag, headline: Tag | null): boolean {
  const isApart = ({ words }: Hint, { name }: Tag) =>
    name === "aside" || words.some((word) => ELSEWHERE.test(word));
  return isNamedAround(isApart, tag, MAX_LEVELS, headline);
}

function articlePagesAs(own: Own, candidates: readonly Candidate[]): ArticlePages | null {
  const members = candidates.flatMap((candidate) => {
    const reading = candidate.readings.find(
      ({ base, form }) => base === own.base && (own.form === null || form === own.form),
    );
    if (reading) return { ...candidate, ...reading };
    // The first page's URL can have no number.
    const isFirst = own.form !== null && candidate.bare === own.base;
    return isFirst ? { ...candidate, number: null, form: own.form, isNamed: own.isNamed } : [];
  });
  const [first] = members;
  if (!first || (own.form === null && members.some(({ form }) => form !== first.form))) return null;
  const shift = shiftOf(members);
  if (shift === null) return null;
  const number = own.form === null ? 1 : own.number + shift;
  const others = new Map<number, string>();
  let rule: string | null = null;
  for (const member of members) {
    const at = member.number === null ? 1 : member.number + shift;
    if (at === number) continue;
    const isNeighbour =
      (member.label === "next" && at === number + 1) ||
      (member.label === "previous" && at === number - 1);
    if (!isNeighbour && member.label !== at) continue;
    if (!others.has(at)) others.set(at, member.url.href);
    rule ??= member.rule;
  }
  const isWhole = number === 1 ? others.has(2) : number > 1 && others.has(1);
  if (rule === null || !isWhole || !isPlausiblePageNumber(own, members)) return null;
  const sorted = [...others]
    .toSorted(([a], [b]) => a - b)
    .map(([at, url]) => ({ number: at, url }));
  return { number, others: sorted, rule };
}

/** Returns 1 if the URLs count pages from 0, otherwise 0; null if labels contradict the URLs. */
function shiftOf(members: readonly { number: number | null; label: Candidate["label"] }[]) {
  const shifts = members.flatMap(({ number, label }) =>
    number === null || typeof label !== "number" ? [] : [label - number],
  );
  const [shift = 0] = shifts;
  return shifts.every((one) => one === shift) && (shift === 0 || shift === 1) ? shift : null;
}

function isPlausiblePageNumber(own: Own, members: readonly { isNamed: boolean }[]): boolean {
  const isNamed = own.form === null ? members.every((it) => it.isNamed) : own.isNamed;
  if (isNamed) return own.base.includes("/");
  const slug = own.base.split("?")[0]?.split("/").slice(1).at(-1) ?? "";
  const isHeadline = slug.length >= 15 || /\d{4}|[-_].*[-_]|\.\w{3,5}$/.test(slug);
  return isHeadline && !SERIES_SLUG.test(slug);
}

const SERIES_SLUG =
  /(?:^|[-_])(?:part|parte|partie|teil|deel|del|folge|episode|episodio|chapter|kapitel|day|tag|week|woche|vol|no|nr)(?:\.\w{3,5})?$/i;

interface ArticlePageUrl {
  base: string;
  number: number;
  /**
   * Where and under which name a URL has its page number, such as `?page`, `/page`, `/` or
   * `-p.html`.
   */
  form: string;
  isNamed: boolean;
}

/** "Part" is missing, because in a path it numbers the articles of a series. */
const URL_PAGE_WORDS =
  "page|pag|pg|pagina|pagine|paginas|seite|sida|side|sivu|strona|stranica|stranka|oldal|sayfa|halaman";
const PAGE_PARAMETER = new RegExp(
  `^(?:${URL_PAGE_WORDS}|p|pn|part|paged|page_?(?:no|num|number|nr))$`,
  "i",
);
const PAGE_SEGMENT = new RegExp(
  `^(.*?)/(?:(${URL_PAGE_WORDS}|p)(?:[-_/]?))?(\\d{1,2})(?:\\.[a-z]{3,5})?$`,
  "i",
);
const PAGE_SUFFIX = new RegExp(
  `^(.*/[^/]*?[^/\\d])[-_,.](?:(${URL_PAGE_WORDS}|p)[-_]?)?(\\d{1,2})(\\.[a-z]{3,5})?$`,
  "i",
);
const TRACKER = /^(?:utm_|fbclid$|gclid$)/;

function bareUrl(url: URL): string {
  return joinBareUrl(url, url.pathname, [...url.searchParams]);
}

function articlePageUrls(url: URL): ArticlePageUrl[] {
  const found: ArticlePageUrl[] = [];
  const parameters = [...url.searchParams];
  const add = (base: string, digits: string, form: string, isNamed: boolean) => {
    const number = Number(digits);
    if (number <= EXTRACT_BOUNDS.articlePages) found.push({ base, number, form, isNamed });
  };
  for (const [name, value] of parameters) {
    if (!PAGE_PARAMETER.test(name) || !/^\d{1,2}$/.test(value)) continue;
    const rest = parameters.filter((one) => one[0] !== name);
    add(joinBareUrl(url, url.pathname, rest), value, `?${name}`, true);
  }
  const path = url.pathname.replace(/\/$/, "");
  if (path.length > MAX_PATH_CHARS) return found;
  const [, above, word = "", digits] = PAGE_SEGMENT.exec(path) ?? [];
  if (above && digits) add(joinBareUrl(url, above, parameters), digits, `/${word}`, word !== "");
  const [, stem, counter = "", last, extension = ""] = PAGE_SUFFIX.exec(path) ?? [];
  if (stem && last) {
    add(
      joinBareUrl(url, stem + extension, parameters),
      last,
      `-${counter}${extension}`,
      counter !== "",
    );
  }
  return found;
}

const MAX_PATH_CHARS = 500;

function joinBareUrl(url: URL, pathname: string, parameters: [string, string][]): string {
  const others = parameters.filter(([name]) => !TRACKER.test(name)).map((one) => one.join("="));
  const path = pathname.replace(/\/$/, "");
  const query = others.length > 0 ? `?${others.toSorted().join("&")}` : "";
  return url.host.replace(/^www\./, "") + path + query;
}

const PAGE =
  "page|página|pagina|page n[°º]|seite|sida|side|sivu|strona|str\\.|stranica|stránka|stránky|oldal|sayfa|halaman|страница|стр\\.|сторінка|σελίδα|صفحة|صفحه|หน้า|第";
const OF = "of|/|von|de|sur|di|van|af|av|z|из|з|από|من|dari|/";
const PLAIN_PAGE_NUMBER = new RegExp(
  `^[\\[(]?\\s*(?:(?:${PAGE})\\s*)?(\\d{1,2})\\s*(?:[页頁]|(?:${OF})\\s*\\d{1,2})?\\s*[\\])]?$`,
  "iu",
);
const LEADING_PAGE_NUMBER = new RegExp(
  `^(?:(?:${PAGE})\\s*(\\d{1,2})|(\\d{1,2})[.)])\\s*[:.–—-]?\\s+\\p{L}`,
  "iu",
);
const TRAILING_PAGE_NUMBER = new RegExp(`[,:|(–—-]\\s*(?:${PAGE})\\s*(\\d{1,2})\\)?$`, "iu");

function labelNumber(text: string): number | null {
  const [, plain] = PLAIN_PAGE_NUMBER.exec(text) ?? [];
  const [, counter, counted] = plain ? [] : (LEADING_PAGE_NUMBER.exec(text) ?? []);
  const digits = plain ?? counter ?? counted ?? TRAILING_PAGE_NUMBER.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}

const ARROWS = /^[\s»›>→▶❯＞]+|[\s»›>→▶❯＞]+$/g;
const NEXT = new RegExp(
  `^(?:next|next (?:page|part)|continue|continue reading|continued|read on|go to next page|weiter|weiterlesen|nächste seite|zur nächsten seite|page suivante|suivante?|lire la suite|siguiente|página siguiente|siguiente página|continuar|próxima|próxima página|página seguinte|seguinte|pagina successiva|successiva|avanti|continua|volgende|volgende pagina|nästa|nästa sida|neste|neste side|næste|næste side|seuraava|seuraava sivu|następna|następna strona|dalej|další|další stránka|ďalej|következő|következő oldal|sonraki|sonraki sayfa|următoarea|pagina următoare|далее|следующая|следующая страница|дальше|далі|наступна|επόμενη|επόμενη σελίδα|下一页|下一頁|下页|次へ|次のページ|次のページへ|다음|다음 페이지|التالي|الصفحة التالية|صفحه بعد|หน้าถัดไป|ถัดไป|trang sau|berikutnya|halaman berikutnya|selanjutnya)$`,
  "iu",
);
const PREVIOUS =
  /^(?:prev|previous|previous page|back|zurück|vorherige seite|page précédente|précédente?|anterior|página anterior|precedente|pagina precedente|indietro|vorige|vorige pagina|föregående|forrige|edellinen|poprzednia|poprzednia strona|předchozí|előző|önceki|назад|предыдущая|попередня|προηγούμενη|上一页|上一頁|前へ|前のページ|이전|السابق|ก่อนหน้า)$/iu;

function isNextLabel(text: string): boolean {
  const words = text.replace(ARROWS, "");
  return words === "" ? text.trim() !== "" : NEXT.test(words);
}

function isPreviousLabel(text: string): boolean {
  const words = text.replace(/^[\s«‹<←◀❮＜]+|[\s«‹<←◀❮＜]+$/g, "");
  return words === "" ? text.trim() !== "" : PREVIOUS.test(words);
}

const AT_END = new RegExp(
  `[\\s,:|(\\[–—-]+(?:${PAGE})\\s*\\d{1,2}\\s*[页頁]?(?:\\s*(?:${OF})\\s*\\d{1,2})?[\\s)\\]]*$`,
  "iu",
);

function withoutPageNumber(title: string): string {
  return title.replace(AT_END, "");
}

/** A page that might belong to an article, with the page's own extraction. */
export interface ArticlePageInput extends ArticlePage {
  captureId: string;
  extraction: Extraction;
}

/** Joins the pages in `read` to `first`. `evidence.text` says what happened to each page. */
export function joinArticlePages(first: Extraction, read: readonly ArticlePageInput[]): Extraction {
  const { articlePages } = first.page;
  if (articlePages?.number !== 1 || !first.fields.text || !first.evidence.text) return first;
  const here = read.toSorted((a, b) => a.number - b.number);
  const seen = new Set(partsOf(first.fields.text).flatMap(keysIn));
  const isThere = (text: string) => keysIn(text).some((key) => seen.has(key));
  const texts = [first.fields.text];
  const htmls = [first.fields.html];
  const byNumber = new Map(
    articlePages.others.map((articlePage) => [articlePage.number, articlePage]),
  );
  const states = new Map<number, ArticlePageRead>();
  let left = EXTRACT_BOUNDS.text - first.fields.text.length;
  for (const { number, url, captureId, extraction } of here) {
    const facts = { number, url, captureId };
    if (!continuesArticle(first, extraction, url)) {
      states.set(number, { ...facts, state: "other article" });
      continue;
    }
    for (const other of extraction.page.articlePages?.others ?? []) {
      if (other.number > 1 && !byNumber.has(other.number)) byNumber.set(other.number, other);
    }
    const fresh = partsOf(extraction.fields.text).filter((text) => !isThere(text));
    const size = fresh.reduce((sum, text) => sum + text.length + 2, 0);
    if (size > left) {
      states.set(number, { ...facts, state: "too long" });
      continue;
    }
    states.set(number, { ...facts, state: fresh.length > 0 ? "joined" : "repeats" });
    if (fresh.length === 0) continue;
    left -= size;
    texts.push(...fresh);
    htmls.push(withoutLines(extraction.fields.html, isThere));
    for (const text of fresh) for (const key of keysIn(text)) seen.add(key);
  }
  const others = [...byNumber.values()].toSorted((a, b) => a.number - b.number);
  const pagesRead = others.map((articlePage): ArticlePageRead => {
    return states.get(articlePage.number) ?? { ...articlePage, state: "not read", captureId: null };
  });
  const text = texts.join("\n\n");
  const html = htmls.some(Boolean) ? htmls.filter(Boolean).join("\n") : null;
  return {
    fields: { ...first.fields, text, html, wordCount: countWords(text) },
    evidence: { ...first.evidence, text: { ...first.evidence.text, articlePages: pagesRead } },
    page: { ...first.page, articlePages: { ...articlePages, others } },
  };
}

function continuesArticle(first: Extraction, { fields, page }: Extraction, url: string): boolean {
  if (page.kind !== "article" || !fields.text) return false;
  const [one, two] = [first.fields.title, fields.title].map((it) =>
    keyOf(withoutPageNumber(it ?? "")),
  );
  if (one && two && (one === two || (one.length >= MIN_DISTINCTIVE_LETTERS && two.includes(one))))
    return true;
  const start = page.articlePages?.others.find(({ number }) => number === 1);
  const [back, here] = [parseUrl(start?.url ?? ""), parseUrl(url)];
  if (!back || !here) return false;
  return articlePageUrls(here).some((it) => it.isNamed && it.base === bareUrl(back));
}

const MIN_DISTINCTIVE_LETTERS = 12;

function keysIn(text: string): string[] {
  const key = keyOf(text);
  return key.length < MIN_DISTINCTIVE_LETTERS ? [] : [key];
}
