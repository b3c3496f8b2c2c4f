import type { PageKind } from "../../model/articles/extraction.ts";
import { type Tag, textOf } from "../dom/node.ts";
import type { Page } from "../page.ts";
import type { Judged, KindInput } from "./rules.ts";
import * as is from "./rules.ts";

interface Kind {
  kind: PageKind;
  confidence: number;
  when: (it: Judged) => boolean;
}

/** Kinds that aren't articles, in the order in which they are tested. */
const KINDS: Kind[] = [
  { kind: "captcha", confidence: 0.9, when: is.challenge },
  { kind: "error", confidence: 0.9, when: is.error },
  { kind: "app-shell", confidence: 0.85, when: is.appShell },
  { kind: "consent", confidence: 0.8, when: is.consent },
  { kind: "login", confidence: 0.8, when: is.login },
  { kind: "paywall", confidence: 0.8, when: is.paywall },
  { kind: "video", confidence: 0.75, when: is.video },
  { kind: "gallery", confidence: 0.75, when: is.gallery },
  { kind: "home", confidence: 0.85, when: is.home },
  { kind: "listing", confidence: 0.75, when: is.listing },
];

/** Kinds of pages to which scripts can add an article if there is almost no text. */
const FILLABLE = new Set<PageKind>(["article", "gallery", "video", "listing"]);
const MIN_PAGE_WORDS = 40;

/** Whether scripts can still add an article to a page. */
export function mayBeFilled(page: Page, kind: PageKind, words: number): boolean {
  return FILLABLE.has(kind) && words < MIN_PAGE_WORDS && page.tags("script").some(runs);
}

function runs({ attribs: { src, type = "" } }: Tag): boolean {
  return src !== undefined || type === "" || /javascript|module/i.test(type);
}

export function pageKind(page: Page, input: KindInput): { kind: PageKind; confidence: number } {
  const { title, words, stated } = input;
  const tops = input.core.filter((block) => block.kind === "heading").slice(0, 2);
  const shown = page
    .tags("h1")
    .slice(0, 3)
    .map((tag) => textOf(tag, 200));
  const heads = [title, page.headTitle, ...shown, ...tops.map(({ text }) => text)].filter(
    (text): text is string => Boolean(text),
  );
  const start = input.core
    .slice(0, 30)
    .map(({ text }) => text)
    .join("\n")
    .slice(0, 1200);
  const judged = { ...input, page, heads, start };
  for (const { kind, confidence, when } of KINDS) if (when(judged)) return { kind, confidence };
  if (title && words >= 25)
    return { kind: "article", confidence: stated ? 0.98 : words > 150 ? 0.9 : 0.6 };
  if (title && stated) return { kind: "article", confidence: 0.4 };
  return { kind: "listing", confidence: 0.4 };
}

/** Whether the page's markup says that it is an article. */
export function hasArticleMarkup(page: Page): boolean {
  return (
    page.article !== null ||
    page.meta("og:type").some((type) => /article|blog/i.test(type)) ||
    page.props("articlebody").length > 0
  );
}
