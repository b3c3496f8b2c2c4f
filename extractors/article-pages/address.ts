import { EXTRACT_BOUNDS } from "../../config/limits.ts";

/** An interpretation of a URL as one page of an article. A URL can have several. */
export interface ArticlePageAddress {
  /** The URL without the page number, in the form that `bareAddress` returns. */
  base: string;
  number: number;
  /** Place and name of the number, such as `?page`, `-p.html`, or `/` if it has no name. */
  form: string;
  /** Whether the URL names a page number; a number without a name can mean something else. */
  isNamed: boolean;
}

/** "Part" counts only as a parameter, because in a path it numbers the articles of a series. */
const URL_PAGE_WORDS =
  "page|pag|pg|pagina|pagine|paginas|seite|sida|side|sivu|strona|stranica|stranka|oldal|sayfa|halaman";
const PAGE_PARAMETER = new RegExp(
  `^(?:${URL_PAGE_WORDS}|p|pn|part|paged|page_?(?:no|num|number|nr))$`,
  "i",
);
/** Matches `/2`, `/page/2`, `/page-2` and `/p2` at the end, or before an extension. */
const PAGE_SEGMENT = new RegExp(
  `^(.*?)/(?:(${URL_PAGE_WORDS}|p)(?:[-_/]?))?(\\d{1,2})(?:\\.[a-z]{3,5})?$`,
  "i",
);
/** Matches `/story-2.html`, `/story_page2` and `/story,seite-2` at the end of a path. */
const PAGE_SUFFIX = new RegExp(
  `^(.*/[^/]*?[^/\\d])[-_,.](?:(${URL_PAGE_WORDS}|p)[-_]?)?(\\d{1,2})(\\.[a-z]{3,5})?$`,
  "i",
);
const TRACKER = /^(?:utm_|fbclid$|gclid$)/;

/** Removes protocol, `www.`, final slash, fragment and tracking; sorts the other parameters. */
export function bareAddress(url: URL): string {
  return bare(url, url.pathname, [...url.searchParams]);
}

export function articlePageAddresses(url: URL): ArticlePageAddress[] {
  const found: ArticlePageAddress[] = [];
  const parameters = [...url.searchParams];
  const add = (base: string, digits: string, form: string, isNamed: boolean) => {
    const number = Number(digits);
    if (number <= EXTRACT_BOUNDS.articlePages) found.push({ base, number, form, isNamed });
  };
  for (const [name, value] of parameters) {
    if (!PAGE_PARAMETER.test(name) || !/^\d{1,2}$/.test(value)) continue;
    const rest = parameters.filter((one) => one[0] !== name);
    add(bare(url, url.pathname, rest), value, `?${name}`, true);
  }
  const path = url.pathname.replace(/\/$/, "");
  if (path.length > MAX_PATH_CHARS) return found;
  const [, above, word = "", digits] = PAGE_SEGMENT.exec(path) ?? [];
  if (above && digits) add(bare(url, above, parameters), digits, `/${word}`, word !== "");
  const [, stem, counter = "", last, extension = ""] = PAGE_SUFFIX.exec(path) ?? [];
  if (stem && last) {
    add(bare(url, stem + extension, parameters), last, `-${counter}${extension}`, counter !== "");
  }
  return found;
}

const MAX_PATH_CHARS = 500;

function bare(url: URL, pathname: string, parameters: [string, string][]): string {
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
/** Matches `Page 2: The harbour` and `2. The harbour`. */
const LEADING_PAGE_NUMBER = new RegExp(
  `^(?:(?:${PAGE})\\s*(\\d{1,2})|(\\d{1,2})[.)])\\s*[:.–—-]?\\s+\\p{L}`,
  "iu",
);
/** Matches `The harbour, page 2`. */
const TRAILING_PAGE_NUMBER = new RegExp(`[,:|(–—-]\\s*(?:${PAGE})\\s*(\\d{1,2})\\)?$`, "iu");

export function labelNumber(text: string): number | null {
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

/** Whether a link's text means "next page". An arrow to the right counts too. */
export function isNextLabel(text: string): boolean {
  const words = text.replace(ARROWS, "");
  return words === "" ? text.trim() !== "" : NEXT.test(words);
}

export function isPreviousLabel(text: string): boolean {
  const words = text.replace(/^[\s«‹<←◀❮＜]+|[\s«‹<←◀❮＜]+$/g, "");
  return words === "" ? text.trim() !== "" : PREVIOUS.test(words);
}

const AT_END = new RegExp(
  `[\\s,:|(\\[–—-]+(?:${PAGE})\\s*\\d{1,2}\\s*[页頁]?(?:\\s*(?:${OF})\\s*\\d{1,2})?[\\s)\\]]*$`,
  "iu",
);

/** Removes a page number at the end: `The harbour (page 2 of 3)` becomes `The harbour`. */
export function withoutPage(title: string): string {
  return title.replace(AT_END, "");
}
