import type { Image } from "../../model/articles/fields.ts";
import { hintOf } from "../dom/hints.ts";
import { closest, Tag, textOf, words } from "../dom/node.ts";
import type { Layout } from "../layout.ts";
import { absolute, isNode, list, type Page, resolve, textIn, unarchived } from "../page.ts";
import { type Answer, answer, NOTHING } from "../rules.ts";

const NO_PICTURE =
  /\b(?:logo|favicon|placeholder|(?<!\/sites\/)default|blank|spacer|pixel|sprite|avatar|icon)\b/i;

const MIN_IMAGE_WIDTH_PX = 200;

export function readImage(
  page: Page,
  layout: Layout,
  isAround: (tag: Tag) => boolean,
): Answer<Image> {
  const shownHere = page.tags("img").length > 0 ? page.tags("img") : page.tags("amp-img");
  const pictures = shownHere.filter((tag) => !isAround(tag));
  const stated = namedImage(page);
  const url = stated?.url ?? null;
  const isSame = url ? imageMatcher(url) : () => false;
  const same = pictures.find((tag) => isSame(pictureUrl(tag, page)));
  const shown = same ?? leadPicture(pictures, page, layout);
  const own = shown ? pictureUrl(shown, page) : null;
  if (!stated && !own) return NOTHING;
  const figure = shown ? captionOf(shown, page) : null;
  // Size attributes count only if the file is the same: other versions of a picture have other
  // sizes.
  const sized = own !== null && (url === null || bareOf(own) === bareOf(url)) ? shown : null;
  const image = {
    url: unarchived(url ?? own ?? ""),
    alt: stated?.alt ?? (shown?.attribs["alt"] || null),
    caption: stated?.caption ?? figure?.caption ?? null,
    credit: stated?.credit ?? figure?.credit ?? null,
    width: stated?.width ?? number(sized?.attribs["width"]),
    height: stated?.height ?? number(sized?.attribs["height"]),
  };
  return answer(image, stated?.rule ?? "first picture", url ?? own, stated ? 0.9 : 0.6);
}

interface StatedImage extends Image {
  rule: string;
}

function namedImage(page: Page): StatedImage | null {
  const meta = (name: string) => page.meta(name)[0] ?? null;
  const ld = resolve(list(page.article?.["image"])[0], page.ld, "url", "contentUrl");
  const node = isNode(ld) ? ld : {};
  const stated = {
    alt: meta("og:image:alt") ?? meta("twitter:image:alt"),
    caption: textIn(node["caption"]),
    credit: textIn(node["creditText"]) ?? textIn(node["author"], "name"),
    width: null,
    height: null,
  };
  const images = [
    {
      rule: "meta og:image",
      href: meta("og:image") ?? meta("og:image:url"),
      width: number(meta("og:image:width")),
      height: number(meta("og:image:height")),
    },
    {
      rule: "json-ld image",
      href: textIn(ld, "url", "contentUrl"),
      width: number(node["width"]),
      height: number(node["height"]),
    },
    { rule: "meta twitter:image", href: meta("twitter:image") ?? meta("twitter:image:src") },
    { rule: "link image_src", href: page.links("image_src")[0]?.href },
  ];
  for (const { href, ...own } of images) {
    const url = href ? absolute(href, page.base) : null;
    if (url && !NO_PICTURE.test(new URL(url).pathname)) return { ...stated, ...own, url };
  }
  return null;
}

function leadPicture(
  pictures: Tag[],
  page: Page,
  { headline, blocks, at }: Layout,
): Tag | undefined {
  // The lead picture comes before the end of the first paragraphs.
  const text = blocks.slice(at + 1).filter((block) => block.size > 100 && block.kind === "text");
  const end = text[1]?.tag.order ?? Number.POSITIVE_INFINITY;
  return pictures.find((tag) => {
    const { order } = tag;
    if (!headline || order < headline.order - 40 || order > end) return false;
    const url = pictureUrl(tag, page);
    if (!url || NO_PICTURE.test(new URL(url).pathname)) return false;
    const width = number(tag.attribs["width"]);
    return width === null ? isInFigure(tag) : width >= MIN_IMAGE_WIDTH_PX;
  });
}

function isInFigure(tag: Tag): boolean {
  return closest(tag.parent, 5, ({ name }) => name === "figure") !== null;
}

/** Returns the URL of the picture that an `img` shows, even if a script loads the picture later. */
export function pictureUrl(tag: Tag, page: Page): string | null {
  const { attribs } = tag;
  const hrefs = [attribs["data-src"], attribs["data-original"], attribs["src"], firstOf(tag)];
  for (const href of [...hrefs, ...sourcesOf(tag).map(firstOf)]) {
    if (href && !href.startsWith("data:")) return absolute(href, page.base);
  }
  return null;
}

function firstOf({ attribs }: Tag): string | undefined {
  return (attribs["srcset"] ?? attribs["data-srcset"])?.trim().split(/[\s,]+/)[0];
}

function sourcesOf(tag: Tag): Tag[] {
  const outer = tag.parent;
  const siblings = outer?.name === "picture" ? outer.children : [];
  return siblings.filter((child) => child instanceof Tag).filter(({ name }) => name === "source");
}

function imageMatcher(url: string): (other: string | null) => boolean {
  const bareUrl = bareOf(url);
  const stem = stemOf(url);
  return (other) =>
    other !== null &&
    (bareOf(other) === bareUrl ||
      (stem.length >= 4 && other.toLowerCase().includes(stem) && stemOf(other) === stem));
}

function bareOf(url: string): string {
  return url.replace(/[?#].*$/, "");
}

function stemOf(url: string): string {
  const file = bareOf(url.slice(0, 4096)).replace(/\/+$/, "").replace(/^.*\//, "");
  return file
    .replace(/\.\w{2,5}$/, "")
    .replace(/[-_.]?(?:w|x|h)?\d{2,4}(?:x\d{2,4})?(?:px|w)?$/i, "")
    .toLowerCase();
}

function number(value: unknown): number | null {
  const found = Number.parseInt(textIn(value) ?? "", 10);
  return found > 0 ? found : null;
}

interface Caption {
  caption: string | null;
  credit: string | null;
}

const CAPTION = words(
  "caption captions legend legende bildunterschrift bildtext bildtitel untertitel pie leyenda didascalia legenda onderschrift bildtekst billedtekst kuvateksti podpis подпись",
);
const CREDIT = words(
  "credit credits copyright source quelle bildquelle photographer photographe fotograf fotografo fotógrafo autor autore author rights credito crédito crédit kredit byline fotocredit photocredit",
);

/** Includes the box around the picture and its caption. */
const MAX_CAPTION_TAGS = 60;

function captionOf(picture: Tag, { tree }: Page): Caption | null {
  let box = picture.parent;
  for (let level = 0; box && level < 5; box = box.parent, level++) {
    const end = Math.min(box.last + 1, box.order + MAX_CAPTION_TAGS);
    const inside = tree.tags.slice(box.order + 1, end);
    const line =
      inside.find((tag) => tag.name === "figcaption") ??
      inside.find((tag) => hintOf(tag).hasWord(CAPTION));
    const maker = inside.find((tag) => hintOf(tag).hasWord(CREDIT) && tag !== line);
    if (line || (maker && box.name === "figure")) return read(line ?? null, maker ?? null);
    if (box.name === "figure" || /^(?:article|main|body|td)$/.test(box.name)) return null;
  }
  return null;
}

function read(line: Tag | null, maker: Tag | null): Caption {
  const whole = line ? textOf(line, 1000).slice(0, 1000) : "";
  const makerName = maker ? textOf(maker, 200).slice(0, 200) : "";
  if (makerName) {
    const credit = withoutCreditLabel(makerName);
    return { caption: tidy(whole.replace(makerName, " ")), credit };
  }
  const found = MADE_BY.exec(whole) ?? AGENCY.exec(whole) ?? TAKEN_BY.exec(whole);
  if (!found) return { caption: tidy(whole), credit: null };
  return { caption: tidy(whole.slice(0, found.index)), credit: withoutCreditLabel(found[1] ?? "") };
}

const CREDIT_LABEL = String.raw`(?:(?:foto(?:grafie|grafía|grafia|s)?|photo(?:graph|s)?|pictures?|images?|bild(?:quelle|nachweis)?|crédits?(?: photos?)?|credits?|image credits?|fuente|fonte|quelle|source|kuva|zdj(?:ęcie)?|fot|фото|写真|图片|사진)\s*(?:credit)?\s*(?:[.:：/]|by\b|von\b|via\b)|©|\(c\))`;

const MADE_BY = new RegExp(String.raw`[\s([|–—-]*${CREDIT_LABEL}\s*([^\n]{2,120})$`, "iu");

const AGENCY =
  /\s*[([]([^()[\]\n]{0,60}\b(?:AP|AFP|APA|EPA|ANP|ANSA|Belga|Bloomberg|dpa|EFE|Getty|Keystone|Kyodo|imago|iStock|Lusa|NTB|PAP|Reuters|Shutterstock|TASS|TT|Xinhua)\b[^()[\]\n]{0,40})[)\]]\.?$/u;

/** Matches a Japanese note of who took (`撮影`) or provided (`提供`) the picture. */
const TAKEN_BY = /[＝、,]\s*([^＝、,\s]{1,20}(?:撮影|提供))$/u;

function withoutCreditLabel(credit: string): string | null {
  const leading = new RegExp(String.raw`^[\s([|]*${CREDIT_LABEL}\s*`, "iu");
  const name = credit.replace(leading, "");
  return tidy(name.includes("(") ? name : name.replace(/[\])\s]+$/, ""));
}

function tidy(text: string): string | null {
  const plain = text.replace(/\s+/g, " ");
  // A loop, because a pattern anchored at the end takes quadratic time on many dashes.
  let end = plain.length;
  while (end > 0 && " |([–—-".includes(plain[end - 1] ?? "x")) end--;
  return plain.slice(0, end).trim() || null;
}
