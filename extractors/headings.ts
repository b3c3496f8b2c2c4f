import { hintOf } from "./dom/hints.ts";
import { Tag } from "./dom/node.ts";
import { fold, textOf } from "./dom/text.ts";
import type { Page } from "./page.ts";

/** Texts of the page's headings of one level, without logos, hidden ones and kickers. */
export function headings(page: Page, name: string): string[] {
  return page
    .tags(name)
    .slice(0, 12)
    .filter(
      (tag) => !hintOf(tag).words.some((word) => NO_HEADLINE.has(word)) && !hintOf(tag).hidden,
    )
    .map(withoutKicker)
    .filter((text) => text.length > 1 && text.length < 500 && !text.endsWith(":"));
}

const NO_HEADLINE = new Set("logo brand aural seotitle seo".split(" "));
const KICKERS = new Set(
  "kicker overline topline roofline dachzeile eyebrow rubrik pretitle supertitle suptitle overtitle spitzmarke antetitulo catenaccio occhiello vignette".split(
    " ",
  ),
);

/** A heading without the line above the headline that some sites put into it. */
function withoutKicker(heading: Tag): string {
  const kicker = heading.children.find(
    (child) => child instanceof Tag && hintOf(child).words.some((word) => KICKERS.has(word)),
  );
  const text = textOf(heading, 600);
  if (!(kicker instanceof Tag)) return text;
  const rest = fold(text.replace(textOf(kicker, 300), "")).replace(/^[:|–—-]\s*/, "");
  return rest.split(" ").length >= 3 ? rest : text;
}
