import type { Received } from "../../crawler/http/received.ts";
import type { Lane } from "../../model/crawl/link.ts";
import type { Skipped } from "../../model/crawl/skipped.ts";
import type { Source } from "../../model/sources/source.ts";
import type { Extracted } from "./parse-tasks.ts";
import { inAll } from "./reserved.ts";

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
