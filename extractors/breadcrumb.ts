import { hintOf } from "./dom/hints.ts";
import { textOf } from "./dom/text.ts";
import { isNode, list, textIn, typesOf } from "./jsonld.ts";
import type { Page } from "./page.ts";
import { absolute, isHomeAddress } from "./url.ts";

/** One step on the way from the front page to the article. */
interface Step {
  name: string;
  url: string | null;
}

/** The section that the page's trail leads through first, as JSON-LD states it. */
export function statedSection(page: Page): string | null {
  const trail = page.ld.find((node) => typesOf(node).includes("BreadcrumbList"));
  const steps = list(trail?.["itemListElement"]).flatMap((node) => {
    if (!isNode(node)) return [];
    const name = textIn(node["name"]) ?? textIn(node["item"], "name");
    const href = textIn(node["item"], "@id", "url");
    return name ? [{ name, url: href && absolute(href, page.base) }] : [];
  });
  return sectionOf(steps);
}

/** The same as readers see it. */
export function shownSection(page: Page): string | null {
  const trail = page.tree.tags.find((tag) => hintOf(tag).trail);
  if (!trail) return null;
  const links = page.tags("a").filter((tag) => tag.order > trail.order && tag.order <= trail.last);
  const steps = links.slice(0, 8).map((tag) => ({
    name: textOf(tag, 100),
    url: absolute(tag.attribs["href"] ?? "", page.base),
  }));
  return sectionOf(steps);
}

const HOME =
  /^(?:home(?:page)?|start(?:seite)?|accueil|inicio|portada|início|inizio|voorpagina|hem|hjem|forside|etusivu|strona główna|domů|главная|головна|ana ?sayfa|ホーム|トップ|首页|首頁|홈|الرئيسية|หน้าแรก)$/i;

/** The first step that is neither the front page nor the last one, the article itself; it has no address, or none has. */
function sectionOf(steps: Step[]): string | null {
  const inner = steps.filter(
    ({ name, url }) => !HOME.test(name) && !(url !== null && isHomeAddress(url)),
  );
  const linked = inner.find(({ url }) => url !== null) ?? (inner.length > 1 ? inner[0] : undefined);
  return linked?.name ?? null;
}
