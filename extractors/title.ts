import { textOf } from "./dom/text.ts";
import type { Tag } from "./dom/tree.ts";
import { textIn } from "./jsonld.ts";
import type { Page } from "./page.ts";
import { type Answer, answer, NOTHING } from "./rules.ts";
import { siteNames } from "./site-name.ts";
import { keyOf, stripSite } from "./title-parts.ts";

interface Candidate {
  rule: string;
  text: string;
  key: string;
  weight: number;
}

/** Where titles stand, with the trust each place earns; agreement between them decides. */
const PLACES: { rule: string; weight: number; read: (page: Page) => (string | null)[] }[] = [
  {
    rule: "h1",
    weight: 3,
    read: (page) =>
      page
        .tags("h1")
        .filter(isHeadline)
        .slice(0, 4)
        .map((tag) => textOf(tag, 600)),
  },
  {
    rule: "itemprop=headline",
    weight: 2,
    read: (page) => page.props("headline").slice(0, 1).map(contentOf),
  },
  {
    rule: "json-ld headline",
    weight: 2.5,
    read: (page) => [textIn(page.article?.["headline"]), textIn(page.article?.["name"])],
  },
  { rule: "meta og:title", weight: 1.5, read: (page) => page.meta("og:title") },
  {
    rule: "meta twitter:title",
    weight: 1,
    read: (page) => [...page.meta("twitter:title"), ...page.meta("twitter:text:title")],
  },
  {
    rule: "meta title",
    weight: 1,
    read: (page) =>
      [
        "title",
        "dc.title",
        "dcterms.title",
        "sailthru.title",
        "parsely-title",
        "hdl",
        "headline",
      ].flatMap(page.meta),
  },
  { rule: "title tag", weight: 1, read: (page) => [page.headTitle] },
];

/** The headline as readers see it, without site name or section. */
export function readTitle(page: Page): Answer<string> {
  const names = siteNames(page);
  const candidates: Candidate[] = [];
  for (const place of PLACES) {
    for (const text of place.read(page)) {
      if (!text) continue;
      const stripped = place.rule === "h1" ? text : stripSite(text, names);
      const key = keyOf(stripped);
      if (!key || names.some((name) => keyOf(name) === key)) continue;
      candidates.push({ rule: place.rule, text: stripped, key, weight: place.weight });
    }
  }
  let best: { candidate: Candidate; score: number } | null = null;
  const total = candidates.reduce((sum, candidate) => sum + candidate.weight, 0);
  for (const candidate of candidates) {
    const score = candidates.reduce((sum, other) => sum + support(candidate, other), 0);
    if (!best || score > best.score) best = { candidate, score };
  }
  if (!best) return NOTHING;
  const { text, rule } = best.candidate;
  return answer(text, rule, text, Math.min(0.99, best.score / total));
}

/** How much one place speaks for another's text: in full when equal, partly when it contains it. */
function support(candidate: Candidate, other: Candidate): number {
  if (other.key === candidate.key) return other.weight;
  if (candidate.key.length >= 12 && other.key.includes(candidate.key)) return other.weight * 0.5;
  return 0;
}

function contentOf(tag: Tag): string {
  return tag.attribs["content"] ?? textOf(tag, 600);
}

/** Whether an `h1` may be the headline: not the site's logo that leads home. */
function isHeadline(tag: Tag): boolean {
  const hint = `${tag.attribs["class"] ?? ""} ${tag.attribs["id"] ?? ""}`;
  return !/logo|site-?(?:title|name)|brand/i.test(hint);
}
