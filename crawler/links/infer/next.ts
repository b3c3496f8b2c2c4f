import type { Document, Element } from "domhandler";
import { urlKey } from "../canonical-url.ts";
import { select } from "../selector.ts";
import { sameSite } from "../site.ts";
import { classesOf, lineOf, parentOf } from "./dom.ts";
import { attributeOf } from "./fields.ts";

/** What "next page" and "older" are called, whole or as the first word. */
const WORDS =
  `next|next page|older|older posts|older articles|older entries|older news|earlier|more news|
  weiter|nächste|nächste seite|ältere|ältere beiträge|ältere artikel|vor|
  suivant|page suivante|suivante|plus anciens|articles plus anciens|
  siguiente|página siguiente|siguientes|anteriores|más antiguas|entradas antiguas|
  próxima|próximo|seguinte|página seguinte|mais antigas|publicações mais antigas|
  successivo|successiva|pagina successiva|avanti|precedenti|
  volgende|volgende pagina|oudere|oudere berichten|nästa|äldre|neste|eldre|næste|ældre|seuraava|
  następna|następne|starsze|další|starší|ďalšie|következő|następna strona|înainte|următoarea|sonraki|
  далее|следующая|вперед|вперёд|далі|наступна|επόμενη|επόμενο|下一页|下一頁|下页|次へ|次のページ|다음|
  التالي|הבא|ถัดไป|tiếp|sau`
    .split("|")
    .map((word) => word.trim());
const ARROWS = /[\s»›→>⟩▶❯]+$/u;
const PAGE =
  /(?:[?&](?:page|paged?|p|pg|seite|pagina|start|offset|cursor|from)=|\/(?:page|seite|pagina)\/?|[-_])\d+/i;

/** The selector of the link to the list's next page; undefined when the page shows none. */
export function nextSelector(document: Document, url: string): string | undefined {
  const links = select("a[href]", document).filter((link) => leadsOn(link, url));
  const marked = links.find((link) => /(?:^|\s)next(?:\s|$)/i.test(attributeOf(link, "rel")));
  const named = marked ?? links.find((link) => isNext(link));
  const found = named ?? links.find((link) => lineOf(link) === "2" && pages(link));
  return found && selectorFor(found, document);
}

function leadsOn(link: Element, url: string): boolean {
  const href = attributeOf(link, "href");
  if (href === "" || href.startsWith("#") || !URL.canParse(href, url)) return false;
  const target = new URL(href, url).href;
  return sameSite(target, url) && urlKey(target) !== urlKey(url);
}

function isNext(link: Element): boolean {
  const label = attributeOf(link, "aria-label") || attributeOf(link, "title");
  const texts = [lineOf(link), label].map((text) => text.replace(ARROWS, "").toLowerCase());
  if (texts.some((text) => WORDS.includes(text))) return true;
  // An arrow alone, or a class that says it, only where the address counts pages.
  if (!pages(link)) return false;
  const classes = [...classesOf(link), ...classesOf(parentOf(link) ?? link)].join(" ");
  return (
    /(?:^|[-_\s])(?:next|older|weiter)(?:$|[-_\s])/i.test(classes) ||
    /^[»›→>]+$/u.test(lineOf(link))
  );
}

function pages(link: Element): boolean {
  return PAGE.test(attributeOf(link, "href"));
}

/** A selector that finds the link first on the page. */
function selectorFor(link: Element, document: Document): string | undefined {
  const parent = parentOf(link);
  const rel = attributeOf(link, "rel");
  const label = attributeOf(link, "aria-label") || attributeOf(link, "title");
  const name = attributeOf(link, "aria-label") ? "aria-label" : "title";
  const options = [
    ...(/(?:^|\s)next(?:\s|$)/i.test(rel) ? ['a[rel~="next"]'] : []),
    ...classesOf(link).map((one) => `a.${one}`),
    ...(parent ? classesOf(parent).map((one) => `.${one} > a`) : []),
    ...(label && !label.includes('"') ? [`a[${name}="${label}"]`] : []),
  ];
  return options.find((selector) => select(selector, document)[0] === link);
}
