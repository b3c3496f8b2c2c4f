import type { Image } from "../model/article.ts";
import { isNode, list, textIn } from "./jsonld.ts";
import { absolute, type Page } from "./page.ts";
import { type Answer, answer, NOTHING } from "./rules.ts";

/** The picture that the page names for itself. */
export function readImage(page: Page): Answer<Image> {
  const size = (name: string) => number(page.meta(name)[0]);
  const ld = list(page.article?.["image"])[0];
  const named = [
    {
      rule: "meta og:image",
      href: page.meta("og:image")[0] ?? page.meta("og:image:url")[0],
      width: size("og:image:width"),
      height: size("og:image:height"),
    },
    {
      rule: "json-ld image",
      href: textIn(ld, "url", "contentUrl", "@id"),
      width: isNode(ld) ? number(ld["width"]) : null,
      height: isNode(ld) ? number(ld["height"]) : null,
    },
    {
      rule: "meta twitter:image",
      href: page.meta("twitter:image")[0] ?? page.meta("twitter:image:src")[0],
      width: null,
      height: null,
    },
    { rule: "link image_src", href: page.links("image_src")[0]?.href, width: null, height: null },
  ];
  for (const { rule, href, width, height } of named) {
    const url = href ? absolute(href, page.base) : null;
    if (!url || /\b(?:logo|favicon|placeholder|default)\b/i.test(new URL(url).pathname)) continue;
    const alt = page.meta("og:image:alt")[0] ?? page.meta("twitter:image:alt")[0] ?? null;
    const caption = isNode(ld) ? textIn(ld["caption"]) : null;
    const credit = isNode(ld) ? (textIn(ld["creditText"]) ?? textIn(ld["author"], "name")) : null;
    return answer({ url, alt, caption, credit, width, height }, rule, href ?? null, 0.9);
  }
  return NOTHING;
}

function number(value: unknown): number | null {
  const found = Number.parseInt(textIn(value) ?? "", 10);
  return found > 0 ? found : null;
}
