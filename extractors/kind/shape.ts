import type { Block } from "../dom/blocks.ts";
import { hintOf } from "../dom/hints.ts";
import { parentOf, type Tag } from "../dom/node.ts";
import type { Page } from "../page.ts";

/** Whether the page consists of what leads to other pages: headings that are links, with a line or two each. */
export function isTeaserList(core: Block[]): boolean {
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
export function isAppShell(page: Page, words: number, visible: string): boolean {
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
export function hasPlayer(page: Page, isAround: (tag: Tag) => boolean): boolean {
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
export function countPictures(
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
