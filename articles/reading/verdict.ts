import type { Received } from "../../crawler/http/received.ts";
import type { Extraction } from "../../model/articles/extraction.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Lane } from "../../model/crawl/link.ts";
import type { Skipped } from "../../model/crawl/skipped.ts";
import type { Source } from "../../model/sources/source.ts";
import type { Extracted } from "./parse-tasks.ts";

/** What becomes of a fetched article page. */
export type PageVerdict =
  | ({ kind: "article" } & Extracted & { article: NonNullable<Extracted["article"]> })
  | { kind: "needs-browser" }
  | { kind: "skipped"; why: Skipped };

/** How a page came; `mayFill`: whether the browser may bring the text that it lacks. */
export interface PageOrigin {
  lane: Lane;
  render: Source["render"];
  mayFill: boolean;
}

/** Whether a page came for somebody who isn't logged in. */
export function isSignedOut({ extraction, signedOut = false }: Extracted): boolean {
  return signedOut || extraction.page.kind === "login";
}

/** Judges a page by what the extractor saw and what the publisher reserves that holds for us. */
export function judgePage(
  { extraction, article, signedOut }: Extracted,
  reservations: string[],
  how: PageOrigin,
): PageVerdict {
  const { kind, unfilled } = extraction.page;
  const mayRender = how.lane === "http" && how.render === "auto";
  if (kind === "app-shell" && mayRender) return { kind: "needs-browser" };
  if (kind === "consent") return skipped("consent", "a consent page came instead of the article");
  if (signedOut) return skipped("not-article", "it came without the source's login");
  if (kind === "captcha") return skipped("blocked", "a captcha came instead of the article");
  if (reservations.includes("noindex")) return skipped("reserved", reservations.join(", "));
  if (unfilled && mayRender && how.mayFill) return { kind: "needs-browser" };
  if (!article) {
    if (kind === "article" && reservations.includes("tdm")) {
      return skipped("reserved", "tdm, and the publisher gives no teaser");
    }
    const why = kind === "article" ? "no title or text" : kind;
    return skipped("not-article", extraction.page.problem ?? why);
  }
  return { kind: "article", extraction, article };
}

function skipped(reason: Skipped["skipped"], detail: string): PageVerdict {
  return { kind: "skipped", why: { skipped: reason, detail } };
}

/** Directives of `X-Robots-Tag` that carry a value, so what stands before their colon is no robot. */
const VALUED = new Set(["max-snippet", "max-image-preview", "max-video-preview"]);
const UNTIL = "unavailable_after";

/**
 * Everything that the publisher reserved: in the markup, in `X-Robots-Tag` (for all robots or for
 * `product`; what names another one doesn't count) and by TDM reservation (W3C TDMRep): the markup's
 * word goes before the header's, and that before the host's tdmrep.json (`byHost`).
 */
export function reservationsOf(
  { headers }: Pick<Received, "headers">,
  markup: string[],
  product: string,
  byHost = false,
): string[] {
  const stated = directivesOf(headers["x-robots-tag"] ?? "", product.toLowerCase());
  const none = stated.has("none");
  const reserved = ["noindex", "noarchive", "nosnippet"].filter((name) => stated.has(name));
  if (none) reserved.push("noindex", "noarchive");
  const header = headers["tdm-reservation"]?.trim();
  const mining = stated.has("noai") || (header === "0" ? false : header === "1" || byHost);
  return inAll(markup, mining ? [...reserved, "tdm"] : reserved);
}

function directivesOf(header: string, product: string): Set<string> {
  const found = new Set<string>();
  for (const line of header.toLowerCase().split("\n")) {
    // A robot's name holds for what follows it on the line.
    let robot: string | null = null;
    for (const part of line.split(",")) {
      const [, name = null, value = part] = /^\s*([\w-]+)\s*:(.*)$/.exec(part) ?? [];
      if (name === UNTIL || (name && VALUED.has(name))) continue;
      robot = name ?? robot;
      if (robot !== null && robot !== product) continue;
      for (const word of value.trim().split(/\s+/)) found.add(word);
    }
  }
  return found;
}

/** What publishers reserved and what holds for us: all but what a source has written consent to. */
export function holding(
  reservations: readonly string[],
  { rights: { consent } }: Pick<Source, "rights">,
): string[] {
  return reservations.filter((name) => !consent?.to.some((allowed) => allowed === name));
}

/** What is reserved in all: markup that leaves mining free (`no-tdm`) goes before what was said elsewhere. */
export function inAll(markup: readonly string[], elsewhere: readonly string[]): string[] {
  const free = markup.includes("no-tdm");
  const said = elsewhere.filter((name) => !(free && name === "tdm"));
  return [...new Set([...markup.filter((name) => name !== "no-tdm"), ...said])];
}

/** What may be analysed: with a TDM reservation the publisher's teaser in place of the text. */
export function forAnalysis(extraction: Extraction, reserved: readonly string[]): Extraction {
  if (!reserved.includes("tdm")) return extraction;
  // The first paragraphs are a piece of the text; a description is meant to be passed on.
  const ours = extraction.evidence.teaser?.rule === "first paragraphs";
  const { teaser: _, ...fields } = extraction.fields;
  return teaserOnly(ours ? { ...extraction, fields: { ...fields, teaser: null } } : extraction);
}

/** What may be stored: with `noarchive` or a TDM reservation the teaser in place of the text. */
export function forStore(extraction: Extraction, reserved: readonly string[]): Extraction {
  return withholds(reserved) ? teaserOnly(extraction) : extraction;
}

/** Why the bytes of a page are not kept; null where they are. */
export function withholds(reserved: readonly string[]): NonNullable<Capture["withheld"]> | null {
  const [reason] = (["tdm", "noarchive"] as const).filter((name) => reserved.includes(name));
  return reason ?? null;
}

/** What an operator reads about a page whose publisher reserves something; null for nothing. */
export function reservedWords(reserved: readonly string[]): string | null {
  const names = reserved.filter((name) => name !== "noindex");
  if (names.length === 0) return null;
  const means = withholds(names) ? "the teaser alone is kept" : "no teaser is shown";
  return `articles are reserved (${names.join(", ")}): ${means}`;
}

function teaserOnly(extraction: Extraction): Extraction {
  const { fields } = extraction;
  const { text: _, html: __, ...evidence } = extraction.evidence;
  return { ...extraction, fields: { ...fields, text: fields.teaser, html: null }, evidence };
}
