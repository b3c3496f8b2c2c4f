import type { Block } from "../dom/blocks.ts";
import type { Tag } from "../dom/node.ts";
import { textIn } from "../jsonld.ts";
import type { Page } from "../page.ts";
import { PAYWALL } from "./rules.ts";

/** The part of a page that only subscribers can read. */
export interface PaidPart {
  /** Evidence that an article has a paid part; null if the page names none. */
  because: string | null;
  /** The elements that contain the paid part; empty if the page doesn't include that part. */
  tags: Tag[];
}

const NOTHING: PaidPart = { because: null, tags: [] };
/** Matches the supported selectors: one class or id, optionally after an element name. */
const SELECTOR = /^[\w-]*([.#])([\w-]+)$/;

/** Returns the part that JSON-LD marks as not free (`hasPart`, as search engines require). */
export function readPaidPart({ article, tree }: Page, free: boolean | null): PaidPart {
  if (!article || free === true) return NOTHING;
  const parts = [article["hasPart"]].flat().filter((part) => typeof part === "object" && part);
  const selectors = parts.flatMap((part) => {
    const { isAccessibleForFree: isFree, cssSelector } = part as Record<string, unknown>;
    const says = typeof isFree === "boolean" ? String(isFree) : (textIn(isFree) ?? "");
    return /false$/i.test(says) ? [cssSelector].flat().map((each) => textIn(each) ?? "") : [];
  });
  if (selectors.length === 0) return NOTHING;
  const wanted = selectors.flatMap((each) => each.split(",")).map((each) => each.trim());
  const tags = wanted.flatMap((selector) => {
    const [, sign, name = ""] = SELECTOR.exec(selector) ?? [];
    if (sign === "#") return tree.tags.filter(({ id }) => id === name);
    return sign ? tree.tags.filter(({ classes }) => classes?.split(/\s+/).includes(name)) : [];
  });
  return { because: `json-ld hasPart ${wanted.join(", ")}`, tags };
}

/**
 * A text of at least this length counts as complete unless the page names a paid part, because some
 * sites show each reader a few paid articles in full.
 */
const MIN_COMPLETE_WORDS = 300;

/** A text with fewer words counts as incomplete if the page offers a subscription. */
const MAX_TEASER_WORDS = 120;

/** Returns why the page shows only the article's beginning; null if it might be complete. */
export function paywallOf(
  page: Page,
  {
    paid,
    free,
    words,
    offer,
    stated,
  }: {
    paid: PaidPart;
    free: boolean | null;
    words: number;
    offer: boolean;
    stated: boolean;
  },
): string | null {
  if (free === true) return null;
  if (paid.because) return paid.because;
  if (words >= MIN_COMPLETE_WORDS) return null;
  if (free === false) return "isAccessibleForFree: false";
  if (!stated || !offer) return null;
  if (words < MAX_TEASER_WORDS) return "the page offers the rest to subscribers";
  const marker = page.tree.tags.find(({ classes, id }) =>
    MARKER.test(`${classes ?? ""} ${id ?? ""}`),
  );
  return marker ? `marker ${marker.id ?? marker.classes ?? ""}` : null;
}

const MAX_OFFER_CHARS = 300;

export function offerIn(core: readonly Block[]): Tag | null {
  return core.find(({ text }) => text.length < MAX_OFFER_CHARS && PAYWALL.test(text))?.tag ?? null;
}

/** Matches the class or id of an element at which the text ends for readers who haven't paid. */
const MARKER =
  /(?:^|[\s_-])(?:pay-?wall|reg-?wall|meter-?wall|piano(?:-\w+)?|tp-container|subscri(?:be|ber|ption)-?(?:wall|only|offer|box|prompt)|premium-?(?:content|wall|teaser|only)|locked-?content|members?-?only|abo-?(?:wall|box|only|teaser)|plus-?(?:wall|teaser|only)|steady-?paywall|paid-?content|restricted-?content)(?:$|[\s_-])/i;
