import type { Block } from "../dom/blocks.ts";
import { hintOf } from "../dom/hints.ts";
import { parentOf, Tag } from "../dom/node.ts";
import { scriptOf, textOf } from "../dom/text.ts";
import { bare, textIn, typesOf } from "../jsonld.ts";
import { absolute, isHomeAddress, type Page } from "../page.ts";
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
  const isMarked = page
    .tags("input")
    .some(
      ({ attribs }) => attribs["type"] === "email" || /user|login/i.test(attribs["name"] ?? ""),
    );
  if (!secret && !(isMarked && words < 30)) return false;
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
  const isMarked = page.ld.some((node) =>
    typesOf(node).some((type) =>
      /^(?:CollectionPage|SearchResultsPage|ItemList|ProfilePage)$/.test(type),
    ),
  );
  const cards = page.tags("article").length;
  return (
    (isMarked && words < 150) ||
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
  const stated = ERROR_TITLE.exec(head)?.[0] ?? "";
  return stated.length >= head.length * WHOLE;
}

function isErrorFrame({ name, attribs }: Tag): boolean {
  return FRAME.has(name) && ERROR_HINT.test(`${attribs["class"] ?? ""} ${attribs["id"] ?? ""}`);
}

/** What the kind of a page is judged by, besides the page itself. */
export interface KindInput {
  title: string | null;
  /** Words of the article's body. */
  words: number;
  /** All text that a reader sees, from the start. */
  visible: string;
  /** Share of the visible text that is links. */
  links: number;
  free: boolean | null;
  /** The lines that are not around the page's own content. */
  core: Block[];
  /** Whether an element is around the page's own content: navigation, footer, notices. */
  isAround: (tag: Tag) => boolean;
}

/** The input with what several rules ask for. */
export interface Judged extends KindInput {
  page: Page;
  /** The headline, the `title` tag and the first headings, apart. */
  heads: string[];
  /** The first lines of the page's own content. */
  start: string;
  /** The page says that it is an article. */
  stated: boolean;
}

/** Whether the page consists of what leads to other pages: headings that are links, with a line or two each. */
function isTeaserList(core: Block[]): boolean {
  const runs = [0];
  for (const block of core) {
    if (isTeaserHead(block)) runs.push(0);
    else if (block.links < 0.8) runs.push((runs.pop() ?? 0) + block.size);
  }
  // An article stands before what leads on from it, or after it: in one piece.
  const [before = 0, ...below] = runs;
  return below.length >= 3 && before < 250 && below.every((size) => size < 450);
}

/** A heading, or a line that stands for one, that is all link. */
function isTeaserHead({ kind, links, size, tag }: Block): boolean {
  if (links <= 0.8 || size < 12 || size > 250) return false;
  if (kind === "heading") return true;
  return size > 20 && (kind === "item" || parentOf(tag)?.name === "li" || tag.name === "dt");
}

/** Whether scripts are to fill the page: it has an application's root and next to no text. */
function isAppShell(page: Page, words: number, visible: string): boolean {
  if (words >= 40 || visible.length > 600) return false;
  const scripts = page
    .tags("script")
    .filter((tag) => tag.attribs["src"] || /module/.test(tag.attribs["type"] ?? ""));
  const roots = page.tree.tags.filter(
    (tag) =>
      /^(?:root|app|__next|__nuxt|svelte|application|main-app)$/i.test(tag.id ?? "") ||
      tag.name === "app-root" ||
      "ng-app" in tag.attribs ||
      "data-reactroot" in tag.attribs,
  );
  return (
    scripts.length > 0 &&
    (roots.length > 0 ||
      /enable javascript|javascript (?:is )?(?:required|aktivieren)|activer javascript/i.test(
        visible,
      ) ||
      visible.length < 80)
  );
}

const PLAYER =
  /(?:^|[-_\s])(?:jw|video-?js|vjs|brightcove|media|video)?-?player(?:$|[-_\s\d])|mediaplayer|videoplayer/i;
const PLAYED =
  /player|youtube(?:-nocookie)?\.com\/embed|vimeo\.com\/video|dailymotion\.com\/embed/i;

/** Whether a film is played in what isn't around the page's own content. */
function hasPlayer(page: Page, isAround: (tag: Tag) => boolean): boolean {
  const own = (tag: Tag) => !isAround(tag);
  return (
    page.tags("video").some(own) ||
    page.tags("iframe").some((tag) => own(tag) && PLAYED.test(tag.attribs["src"] ?? "")) ||
    page.tags("div").some((tag) => own(tag) && PLAYER.test(`${tag.classes ?? ""} ${tag.id ?? ""}`))
  );
}

const GALLERY =
  /^(?:gallery|slideshow|slider|galerie|galeria|fotostrecke|bildergalerie|fotogalerie|bilderstrecke|photogallery|diaporama|fotogallery)$/;

/** How many pictures stand in the page's own content, and how many of them in a box that is called a gallery. */
function countPictures(
  page: Page,
  isAround: (tag: Tag) => boolean,
): { own: number; boxed: number } {
  const own = page.tags("img").filter((tag) => !isAround(tag));
  return { own: own.length, boxed: own.filter(isBoxed).length };
}

function isBoxed(picture: Tag): boolean {
  let box: Tag | null = picture;
  for (let level = 0; box && level < 5; box = parentOf(box), level++) {
    if (hintOf(box).words.some((word) => GALLERY.test(word))) return true;
  }
  return false;
}
