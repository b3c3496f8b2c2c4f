import { hintOf } from "./dom/hints.ts";
import { parentOf, Tag } from "./dom/node.ts";
import { textOf } from "./dom/text.ts";

/** What stands below a picture: what it shows, and who made it. */
export interface Caption {
  caption: string | null;
  credit: string | null;
}

const words = (list: string) => new Set(list.split(" "));
const CAPTION = words(
  "caption captions legend legende bildunterschrift bildtext bildtitel untertitel pie leyenda didascalia legenda onderschrift bildtekst billedtekst kuvateksti podpis подпись",
);
const CREDIT = words(
  "credit credits copyright source quelle bildquelle photographer photographe fotograf fotografo fotógrafo autor autore author rights credito crédito crédit kredit byline fotocredit photocredit",
);

/** The caption and credit of a picture: in its figure, or in a small box with it that is called so. */
export function captionOf(picture: Tag): Caption | null {
  let box = parentOf(picture);
  for (let level = 0; box && level < 5; box = parentOf(box), level++) {
    const inside = within(box, 60);
    const line =
      inside.find((tag) => tag.name === "figcaption") ??
      inside.find((tag) => isCalled(tag, CAPTION));
    const maker = inside.find((tag) => isCalled(tag, CREDIT) && tag !== line);
    if (line || (maker && box.name === "figure")) return read(line ?? null, maker ?? null);
    if (box.name === "figure" || /^(?:article|main|body|td)$/.test(box.name)) return null;
  }
  return null;
}

/** The first elements of a box, in order. */
function within(box: Tag, most: number): Tag[] {
  const found: Tag[] = [];
  const todo: Tag[] = [box];
  while (todo.length > 0 && found.length < most) {
    const tag = todo.pop();
    if (!tag) break;
    found.push(tag);
    for (const child of tag.children.toReversed()) if (child instanceof Tag) todo.push(child);
  }
  return found.slice(1);
}

function isCalled(tag: Tag, names: Set<string>): boolean {
  return hintOf(tag).words.some((word) => names.has(word));
}

function read(line: Tag | null, maker: Tag | null): Caption {
  const whole = line ? textOf(line, 1000) : "";
  const named = maker ? textOf(maker, 200) : "";
  if (named) {
    const credit = bare(named);
    return { caption: tidy(whole.replace(named, " ")), credit };
  }
  const found = MADE_BY.exec(whole) ?? AGENCY.exec(whole) ?? TAKEN_BY.exec(whole);
  if (!found) return { caption: tidy(whole), credit: null };
  return { caption: tidy(whole.slice(0, found.index)), credit: bare(found[1] ?? "") };
}

const SIGN = String.raw`(?:(?:foto(?:grafie|grafía|grafia|s)?|photo(?:graph|s)?|pictures?|images?|bild(?:quelle|nachweis)?|crédits?(?: photos?)?|credits?|image credits?|fuente|fonte|quelle|source|kuva|zdj(?:ęcie)?|fot|фото|写真|图片|사진)\s*(?:credit)?\s*(?:[.:：/]|by\b|von\b|via\b)|©|\(c\))`;

/** The end of a caption that says who made the picture. */
const MADE_BY = new RegExp(String.raw`[\s([|–—-]*${SIGN}\s*([^\n]{2,120})$`, "iu");

/** The same in brackets, without a sign but with the name of an agency. */
const AGENCY =
  /\s*[([]([^()[\]\n]{0,60}\b(?:AP|AFP|APA|EPA|ANP|ANSA|Belga|Bloomberg|dpa|EFE|Getty|Keystone|Kyodo|imago|iStock|Lusa|NTB|PAP|Reuters|Shutterstock|TASS|TT|Xinhua)\b[^()[\]\n]{0,40})[)\]]\.?$/u;

/** How Japanese papers end a caption: place, day, and who took the picture or gave it. */
const TAKEN_BY = /[＝、,]\s*([^＝、,\s]{1,20}(?:撮影|提供))$/u;

function bare(credit: string): string | null {
  const leading = new RegExp(String.raw`^[\s([|]*${SIGN}\s*`, "iu");
  const name = credit.replace(leading, "");
  return tidy(name.includes("(") ? name : name.replace(/[\])\s]+$/, ""));
}

function tidy(text: string): string | null {
  const plain = text
    .replace(/\s+/g, " ")
    .replace(/[\s|([–—-]+$/, "")
    .trim();
  return plain || null;
}
