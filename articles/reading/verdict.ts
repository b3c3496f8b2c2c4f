import { type PageSources, pageSignals } from "../../crawler/rights/page-signals.ts";
import type { Extraction } from "../../model/articles/extraction.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Lane } from "../../model/crawl/link.ts";
import { DETAILS, type Skipped } from "../../model/crawl/outcome.ts";
import type { Source } from "../../model/sources/source.ts";
import { reservationNames, type UsageSignal, withoutConsented } from "../../model/usage-rights.ts";
import type { Extracted } from "./parse-tasks.ts";

export type PageVerdict =
  | ({ kind: "article" } & Extracted & { article: NonNullable<Extracted["article"]> })
  | { kind: "needs-browser" }
  | { kind: "skipped"; why: Skipped };

export interface PageOrigin {
  lane: Lane;
  render: Source["render"];
  /** Whether the browser might get text that the response over HTTP lacks. */
  mayFill: boolean;
  /**
   * Whether the article is already stored. For a page with `noindex`, a stored article is hidden,
   * and a new one is skipped.
   */
  isKnown: boolean;
}

export function isSignedOut({ extraction, signedOut = false }: Extracted): boolean {
  return signedOut || extraction.page.kind === "login";
}

export function judgePage(
  { extraction, article, signedOut }: Extracted,
  reservations: string[],
  how: PageOrigin,
): PageVerdict {
  const { kind, unfilled } = extraction.page;
  const mayRender = how.lane === "http" && how.render === "auto";
  if (kind === "app-shell" && mayRender) return { kind: "needs-browser" };
  if (kind === "consent")
    return skipped("consent", "the site returned a consent page instead of the article");
  if (signedOut) return skipped("not-article", DETAILS.signedOut);
  if (kind === "captcha")
    return skipped("blocked", "the site returned a captcha instead of the article");
  if (reservations.includes("noindex") && !(how.isKnown && article)) {
    return skipped("reserved", reservations.join(", "));
  }
  if (unfilled && mayRender && how.mayFill) return { kind: "needs-browser" };
  if (!article) {
    if (kind === "article" && reservations.includes("tdm")) {
      return skipped(
        "reserved",
        "the publisher reserves text and data mining, and provides no teaser",
      );
    }
    if (kind === "paywall") return skipped("paywall", "the page has neither text nor teaser");
    const why = kind === "article" ? DETAILS.noText : kind;
    return skipped("not-article", extraction.page.problem ?? why);
  }
  return { kind: "article", extraction, article };
}

function skipped(reason: Skipped["skipped"], detail: string): PageVerdict {
  return { kind: "skipped", why: { skipped: reason, detail } };
}

export interface PageRights {
  signals: UsageSignal[];
  /** Names of the reservations in `signals`, such as `noindex` or `tdm`. */
  reservations: string[];
  /** Effective reservations: all except those that the publisher's written consent lifts. */
  binding: UsageSignal[];
  /** Names of the reservations in `binding`, such as `noindex` or `tdm`. */
  reserved: string[];
}

/**
 * Returns the reservations of a page, and those that stay effective because the publisher's consent
 * in `source` doesn't lift them. If `source` is null, all are effective.
 */
export function pageRights(page: PageSources, source: Pick<Source, "rights"> | null): PageRights {
  return bindingRights(pageSignals(page), source, page.seenAt);
}

/** Like `pageRights`, but for signals already read. `at` is when the page was seen. */
export function bindingRights(
  signals: UsageSignal[],
  source: Pick<Source, "rights"> | null,
  at: Date,
): PageRights {
  const binding = withoutConsented(signals, source?.rights.consent?.to ?? []);
  const [reservations, reserved] = [signals, binding].map((some) => reservationNames(some, at));
  return { signals, reservations: reservations ?? [], binding, reserved: reserved ?? [] };
}

export function isConsented({ signals, binding }: PageRights): boolean {
  return JSON.stringify(signals) !== JSON.stringify(binding);
}

/** Returns what we may analyse: with a TDM reservation, the publisher's teaser, not the text. */
export function forAnalysis(extraction: Extraction, reserved: readonly string[]): Extraction {
  if (!reserved.includes("tdm")) return extraction;
  // A teaser made of first paragraphs is part of the text. A description is meant to be passed on.
  const ours = extraction.evidence.teaser?.rule === "first paragraphs";
  const { teaser: _, ...fields } = extraction.fields;
  return teaserOnly(ours ? { ...extraction, fields: { ...fields, teaser: null } } : extraction);
}

/** Returns what we may store: with `noarchive` or a TDM reservation, the teaser, not the text. */
export function forStore(extraction: Extraction, reserved: readonly string[]): Extraction {
  return withholds(reserved) ? teaserOnly(extraction) : extraction;
}

/** Returns the reservation that forbids storing the bytes of a page; null if none does. */
export function withholds(reserved: readonly string[]): NonNullable<Capture["withheld"]> | null {
  const [reason] = (["tdm", "noarchive"] as const).filter((name) => reserved.includes(name));
  return reason ?? null;
}

/** Returns a message for operators; null if there are no reservations besides `noindex`. */
export function reservedWords(reserved: readonly string[]): string | null {
  const names = reserved.filter((name) => name !== "noindex");
  if (names.length === 0) return null;
  const means = withholds(names) ? "only the teaser is stored" : "no teaser is shown";
  return `articles are reserved (${names.join(", ")}): ${means}`;
}

function teaserOnly(extraction: Extraction): Extraction {
  const { fields } = extraction;
  const { text: _, html: __, ...evidence } = extraction.evidence;
  return { ...extraction, fields: { ...fields, text: fields.teaser, html: null }, evidence };
}
