import { BOUNDS } from "../../config/bounds/extract.ts";

/** One way to read an address as that of a sheet. */
export interface SheetAddress {
  /** The article's address, without what tells the sheet. */
  base: string;
  number: number;
  /** How the number stands in the address. */
  form: string;
  /** It is said to be a page's number; a bare number may be another one. */
  isNamed: boolean;
}

/** Words for a page in addresses; those for a part are of series, whose parts are articles of their own. */
const WORD =
  "page|pag|pg|pagina|pagine|paginas|seite|sida|side|sivu|strona|stranica|stranka|oldal|sayfa|halaman";
const PARAMETER = new RegExp(`^(?:${WORD}|p|pn|part|paged|page_?(?:no|num|number|nr))$`, "i");
/** `/2`, `/page/2`, `/page-2` and `/p2`, each with or without an extension. */
const SEGMENT = new RegExp(`^(.*?)/(?:(${WORD}|p)(?:[-_/]?))?(\\d{1,2})(?:\\.[a-z]{3,5})?$`, "i");
/** `/story-2.html`, `/story_page2`, `/story,seite-2`. */
const SUFFIX = new RegExp(
  `^(.*/[^/]*?[^/\\d])[-_,.](?:(${WORD}|p)[-_]?)?(\\d{1,2})(\\.[a-z]{3,5})?$`,
  "i",
);
const TRACKER = /^(?:utm_|fbclid$|gclid$)/;

/** An address as addresses are compared: no protocol, `www.`, trailing slash, tracker or fragment. */
export function bareAddress(url: URL): string {
  return bare(url, url.pathname, [...url.searchParams]);
}

/** Every way to read an address as that of a sheet; numbers are bounded. */
export function sheetAddresses(url: URL): SheetAddress[] {
  const found: SheetAddress[] = [];
  const parameters = [...url.searchParams];
  const add = (base: string, digits: string, form: string, isNamed: boolean) => {
    const number = Number(digits);
    if (number <= BOUNDS.sheets) found.push({ base, number, form, isNamed });
  };
  for (const [name, value] of parameters) {
    if (!PARAMETER.test(name) || !/^\d{1,2}$/.test(value)) continue;
    const rest = parameters.filter((one) => one[0] !== name);
    add(bare(url, url.pathname, rest), value, `?${name}`, true);
  }
  const path = url.pathname.replace(/\/$/, "");
  if (path.length > LONGEST) return found;
  const [, above, word = "", digits] = SEGMENT.exec(path) ?? [];
  if (above && digits) add(bare(url, above, parameters), digits, `/${word}`, word !== "");
  const [, stem, named = "", last, extension = ""] = SUFFIX.exec(path) ?? [];
  if (stem && last) {
    add(bare(url, stem + extension, parameters), last, `-${named}${extension}`, named !== "");
  }
  return found;
}

/** Characters of a path that are read. */
const LONGEST = 500;

function bare(url: URL, pathname: string, parameters: [string, string][]): string {
  const kept = parameters.filter(([name]) => !TRACKER.test(name)).map((one) => one.join("="));
  const path = pathname.replace(/\/$/, "");
  const query = kept.length > 0 ? `?${kept.toSorted().join("&")}` : "";
  return url.host.replace(/^www\./, "") + path + query;
}
