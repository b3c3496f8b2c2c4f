import type { Block } from "../dom/blocks.ts";
import type { Tag } from "../dom/node.ts";
import { textIn } from "../jsonld.ts";
import type { Page } from "../page.ts";
import { offersAccess } from "./rules.ts";

/** What a page says about a part for subscribers only. */
export interface PaidPart {
  /** What says so; null when nothing names a part. */
  because: string | null;
  /** The elements that hold it; none when it didn't come. */
  tags: Tag[];
}

const NOTHING: PaidPart = { because: null, tags: [] };
/** Selectors that are read: one class or id, of an element of any name. */
const SELECTOR = /^[\w-]*([.#])([\w-]+)$/;

/** The parts of its article that a page's JSON-LD says aren't free (`hasPart`, as search engines ask for it). */
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

/** Words from which a text is whole although a page says that it isn't free: the publisher lets readers see some. */
const WHOLE = 300;

/** Below this number of words, an offer to subscribers alone makes a page partial. */
const FEW = 120;

/** What says that a page shows only the beginning of its article; null when all of it may be there. */
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
    /** Words of the article's text. */
    words: number;
    /** It offers the rest for money. */
    offer: boolean;
    /** The page says that it is an article. */
    stated: boolean;
  },
): string | null {
  if (free === true) return null;
  if (paid.because) return paid.because;
  if (words >= WHOLE) return null;
  if (free === false) return "isAccessibleForFree: false";
  if (!stated || !offer) return null;
  if (words < FEW) return "it offers the rest to subscribers";
  const marker = page.tree.tags.find(({ classes, id }) =>
    MARKER.test(`${classes ?? ""} ${id ?? ""}`),
  );
  return marker ? `marker ${marker.id ?? marker.classes ?? ""}` : null;
}

/** Characters of a line that offers the rest, at most. */
const OFFER = 300;

/** The element from which on a page offers the rest of its article for money. */
export function offerIn(core: readonly Block[]): Tag | null {
  return core.find(({ text }) => text.length < OFFER && offersAccess(text))?.tag ?? null;
}

/** Class or id of what stands where a text ends for those who haven't paid. */
const MARKER =
  /(?:^|[\s_-])(?:pay-?wall|reg-?wall|meter-?wall|piano(?:-\w+)?|tp-container|subscri(?:be|ber|ption)-?(?:wall|only|offer|box|prompt)|premium-?(?:content|wall|teaser|only)|locked-?content|members?-?only|abo-?(?:wall|box|only|teaser)|plus-?(?:wall|teaser|only)|steady-?paywall|paid-?content|restricted-?content)(?:$|[\s_-])/i;
