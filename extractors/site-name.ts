import { isNode, list, textIn, typesOf } from "./jsonld.ts";
import type { Page } from "./page.ts";
import { type Answer, first, type Rule } from "./rules.ts";

const RULES: Rule<string>[] = [
  {
    name: "meta og:site_name",
    confidence: 0.95,
    read: (page) => page.meta("og:site_name")[0] ?? null,
  },
  {
    name: "json-ld publisher",
    confidence: 0.9,
    read: (page) => textIn(page.article?.["publisher"], "name"),
  },
  { name: "json-ld website", confidence: 0.8, read: websiteName },
  {
    name: "meta application-name",
    confidence: 0.7,
    read: (page) => page.meta("application-name")[0] ?? null,
  },
  {
    name: "meta publisher",
    confidence: 0.6,
    read: (page) => notUrl(page.meta("publisher")[0] ?? page.meta("dc.publisher")[0]),
  },
];

/** The name under which the site publishes. */
export function readSiteName(page: Page): Answer<string> {
  return first(RULES, page);
}

/** Every name that the page gives its site, with its domain's label and host. */
export function siteNames(page: Page): string[] {
  const names = RULES.map((rule) => rule.read(page)).filter((name): name is string =>
    Boolean(name),
  );
  for (const key of ["apple-mobile-web-app-title", "twitter:site", "copyright", "cre"]) {
    for (const value of page.meta(key)) names.push(value.replace(/^@/, ""));
  }
  const host = URL.canParse(page.url) ? new URL(page.url).hostname.replace(/^www\./, "") : "";
  const labels = host.split(".");
  names.push(host, ...labels.slice(0, -1).filter((label) => label.length > 3));
  // A long "name" is a description, or the page's own title.
  return [...new Set(names)].filter((name) => name.split(" ").length < 6);
}

function websiteName(page: Page): string | null {
  for (const node of page.ld) {
    if (typesOf(node).some((type) => /^(?:WebSite|NewsMediaOrganization)$/.test(type))) {
      const name = textIn(list(node["name"]).filter((item) => !isNode(item)));
      if (name) return name;
    }
  }
  return null;
}

function notUrl(text: string | undefined): string | null {
  return text && !/^https?:|\.com\//.test(text) ? text : null;
}
