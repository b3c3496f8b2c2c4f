import { Tag } from "../dom/node.ts";
import { scriptOf, textOf } from "../dom/text.ts";
import { bare, textIn, typesOf } from "../jsonld.ts";
import type { Page } from "../page.ts";
import { absolute, isHomeAddress } from "../url.ts";
import type { Judged } from "./judged.ts";
import { countPictures, hasPlayer, isAppShell, isTeaserList } from "./shape.ts";
import {
  ASTRAY,
  CHALLENGE,
  CHALLENGE_WIDGET,
  CONSENT,
  ERROR_HINT,
  ERROR_TITLE,
  GALLERY_TITLE,
  GONE,
  LOGIN,
  PAYWALL,
  VIDEO_TITLE,
} from "./wording.ts";

/** A proof is asked for that a person reads, or a robot's access was refused. */
export function challenge({ page, words, stated, heads, start, visible }: Judged): boolean {
  if (stated || words > 150 || visible.length > 3000) return false;
  const unseen = visible.length < 200 ? page.tags("noscript").map(scriptless).join("\n") : "";
  return (
    [...heads, start.slice(0, 400), unseen].some((text) => CHALLENGE.test(text)) ||
    (words < 30 &&
      visible.length < 200 &&
      [...page.tags("script"), ...page.tags("div"), ...page.tags("iframe")].some(isWidget))
  );
}

function isWidget({ attribs, classes, id }: Tag): boolean {
  return CHALLENGE_WIDGET.test(`${attribs["src"] ?? ""} ${classes ?? ""} ${id ?? ""}`);
}

/** What a `noscript` element would show. */
function scriptless(tag: Tag): string {
  const inner = tag.children.filter((child) => child instanceof Tag);
  return [scriptOf(tag), ...inner.map((child) => textOf(child, 300))].join(" ");
}

/** The page stands in for one that is gone, broken or closed for a while. */
export function error(judged: Judged): boolean {
  const { words, stated, heads, start, visible } = judged;
  if (stated || words > 150) return isMissing(judged);
  if (heads.some((text) => text.length < 120 && ERROR_TITLE.test(text))) return true;
  return (
    words < 60 &&
    visible.length < 1500 &&
    [...heads, start.slice(0, 200)].some((text) => GONE.test(text))
  );
}

/** Scripts are to fill the page. */
export function appShell({ page, words, visible }: Judged): boolean {
  return isAppShell(page, words, visible);
}

/** A page about cookies and data in place of the one that was asked for. */
export function consent({ page, words, visible, stated, start, heads }: Judged): boolean {
  return (
    !stated &&
    words < 250 &&
    visible.length < 3000 &&
    page.tags("p").length < 12 &&
    [...heads, start].some((text) => CONSENT.test(text)) &&
    hasChoice(page)
  );
}

/** Something to agree to, or not: consent is never asked by text alone. */
function hasChoice(page: Page): boolean {
  return (
    page.tags("button").length > 0 || page.tags("form").length > 0 || page.tags("input").length > 0
  );
}

/** A form asks who the reader is, and there is little else. */
export function login({ page, words, heads, start }: Judged): boolean {
  if (words >= 80) return false;
  const secret = page.tags("input").some((tag) => tag.attribs["type"] === "password");
  const named = page
    .tags("input")
    .some(
      ({ attribs }) => attribs["type"] === "email" || /user|login/i.test(attribs["name"] ?? ""),
    );
  if (!secret && !(named && words < 30)) return false;
  return (
    heads.some((text) => LOGIN.test(text)) ||
    (secret && words < 40 && LOGIN.test(start.slice(0, 300)))
  );
}

/** The first lines of an article whose rest is for subscribers. */
export function paywall({ words, free, stated, start }: Judged): boolean {
  return stated && words < 120 && (free === false || PAYWALL.test(start));
}

/** The page shows a film with a few words about it. */
export function video({ page, words, heads, stated, isAround }: Judged): boolean {
  if (words >= 100) return false;
  if (page.meta("og:type").some((type) => type.startsWith("video"))) return true;
  const described = page.ld.some((node) => typesOf(node).includes("VideoObject"));
  if (!stated && described) return true;
  if (words >= 60 || !hasPlayer(page, isAround)) return false;
  return stated
    ? described && words < 40
    : described || heads.some((text) => VIDEO_TITLE.test(text));
}

/** Pictures with a line each. */
export function gallery({ page, words, heads, isAround }: Judged): boolean {
  if (words >= 100) return false;
  if (page.ld.some((node) => typesOf(node).some((type) => /^(?:Image|Media)Gallery$/.test(type))))
    return true;
  const called = heads.some((text) => GALLERY_TITLE.test(text));
  const { own, boxed } = countPictures(page, isAround);
  return (called && own >= 4) || (boxed >= 5 && boxed > own / 2 && words < 60);
}

/** The front page of a site, or of one of its languages. */
export function home({ page, links, core, words }: Judged): boolean {
  if (!isHomeAddress(page.url)) return false;
  const own = [page.article?.["url"], page.article?.["mainEntityOfPage"]].some((value) => {
    const address = absolute(textIn(value, "@id", "url") ?? "", page.url);
    return address !== null && bare(address) === bare(page.url);
  });
  if (own) return false;
  return (!page.article && links > 0.2) || isTeaserList(core) || (words < 150 && links > 0.15);
}

/** What leads to other pages: sections, searches, archives, profiles. */
export function listing({ page, words, links, stated, core }: Judged): boolean {
  if (stated) return false;
  const named = page.ld.some((node) =>
    typesOf(node).some((type) =>
      /^(?:CollectionPage|SearchResultsPage|ItemList|ProfilePage)$/.test(type),
    ),
  );
  const cards = page.tags("article").length;
  return (
    (named && words < 150) ||
    (cards >= 4 && words < 120) ||
    (links > 0.6 && words < 100) ||
    isTeaserList(core)
  );
}

/** Share of a headline that says that something is missing: an article about it has more to say. */
const WHOLE = 0.5;
/** Parts of a page whose class or id says what the page is. */
const FRAME = new Set(["html", "body", "main", "article", "section"]);
const FRAME_TAGS = 200;

/**
 * A page with a lot of text, or marked as an article by its template, in place of one that is missing (a soft 404): its
 * headline says nothing else, and so does its template, its canonical address or what it tells the reader.
 */
function isMissing({ page, title, heads, start, stated }: Judged): boolean {
  const shown = [title, ...heads.slice(title ? 2 : 1)].filter((text) => text !== null);
  if (!shown.some(saysNothingElse)) return false;
  const marked = page.tree.tags.slice(0, FRAME_TAGS).some(isErrorFrame);
  const away =
    page.links("canonical").some(({ href }) => isHomeAddress(href)) && !isHomeAddress(page.url);
  const proofs = [marked || away, ASTRAY.test(start)].filter(Boolean).length;
  return proofs >= (stated ? 2 : 1);
}

function saysNothingElse(head: string): boolean {
  const said = ERROR_TITLE.exec(head)?.[0] ?? "";
  return said.length >= head.length * WHOLE;
}

function isErrorFrame({ name, attribs }: Tag): boolean {
  return FRAME.has(name) && ERROR_HINT.test(`${attribs["class"] ?? ""} ${attribs["id"] ?? ""}`);
}
