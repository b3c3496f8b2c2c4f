import { isUnspaced } from "../../lib/segments.ts";
import { hintOf } from "../dom/hints.ts";
import { fold, Tag, textOf, within, words } from "../dom/node.ts";
import { absolute, hostOf, isHomeUrl, metas, type Page, textIn } from "../page.ts";
import { type Answer, answer, NOTHING } from "../rules.ts";
import { keyOf, likenessOf, stripSite, tokensOf } from "../words.ts";
import { siteNames } from "./labels.ts";

interface Candidate {
  rule: string;
  text: string;
  key: string;
  weight: number;
  tokens: Set<string>;
}

const TITLE_METAS = "title dc.title dcterms.title sailthru.title parsely-title hdl headline".split(
  " ",
);

type Place = [rule: string, weight: number, read: (page: Page) => (string | null)[]];

const METADATA_TITLES: Place[] = [
  [
    "json-ld headline",
    2.5,
    ({ article }) => [textIn(article?.["headline"]), textIn(article?.["name"])],
  ],
  ["itemprop=headline", 2, (page) => page.props("headline").slice(0, 1).map(contentOf)],
  ["meta ArticleTitle", 2, metas("articletitle")],
  ["meta og:title", 1.5, metas("og:title")],
  ["meta title", 1, metas(...TITLE_METAS)],
  ["meta twitter:title", 1, metas("twitter:title", "twitter:text:title")],
  ["title tag", 1, (page) => [page.headTitle]],
];

const MIN_TITLE_LIKENESS = 0.4;

/** Returns an article's title, in most cases the heading most like a title in the metadata. */
export function readTitle(page: Page): Answer<string> {
  const names = siteNames(page);
  const sections = sectionsOf(page);
  const isName = (key: string) => !key || names.some((name) => keyOf(name) === key);
  const stated: Candidate[] = [];
  for (const [rule, weight, read] of METADATA_TITLES) {
    for (const text of read(page)) {
      if (!text) continue;
      const stripped = stripSite(text, names, sections);
      const key = keyOf(stripped);
      if (!isName(key))
        stated.push({ rule, text: stripped, key, weight, tokens: tokensOf(stripped) });
    }
  }
  const shown = headings(page, "h1", stated).filter((text) => !isName(keyOf(text)));
  const second = headings(page, "h2", stated).slice(0, 8);
  const social = stated.find((candidate) => candidate.rule === "meta og:title");
  const isShown = (text: string) => social !== undefined && keyOf(text).endsWith(social.key);
  if (social && social.key.length > 12 && !shown.some(isShown) && second.some(isShown)) {
    return answer(social.text, "h2 that is og:title", social.text, 0.9);
  }
  const heading =
    bestHeading(shown, stated) ?? bestHeading(second, stated, 0.9) ?? thirdHeading(page, stated);
  const plain = heading && withoutPrefix(heading.text, social);
  if (plain) return answer(plain.text, "og:title, without the heading's kicker", plain.text, 0.85);
  const agreed = heading && agreedTitle(heading.text, stated, social);
  if (agreed) return answer(agreed.text, "json-ld and og:title agree", agreed.text, 0.85);
  const fuller = heading && withKicker(heading.text, stated);
  if (fuller) return answer(fuller.text, `${fuller.rule}, with its kicker`, fuller.text, 0.85);
  const shorter = heading && shorterTitle(heading.text, stated, social);
  if (shorter)
    return answer(shorter.text, "og:title, shorter than title and heading", shorter.text, 0.8);
  if (heading) return answer(heading.text, heading.rule, heading.text, heading.confidence);
  const best = mostSupported(stated);
  if (best) return answer(best.text, best.rule, best.text, 0.7);
  const [first] = shown;
  return first ? answer(first, "h1", first, 0.5) : NOTHING;
}

function bestHeading(texts: string[], stated: Candidate[], least = MIN_TITLE_LIKENESS) {
  let best: { text: string; like: number; rank: number } | null = null;
  for (const text of texts) {
    const headingTokens = tokensOf(text);
    const like = Math.max(0, ...stated.map(({ tokens }) => likenessOf(headingTokens, tokens)));
    // The site's name can be an `h1` too. Titles begin with the headline.
    const rank =
      like + (like >= 0.9 && stated.some(({ key }) => key.startsWith(keyOf(text))) ? 0.1 : 0);
    if (!best || rank > best.rank) best = { text, like, rank };
  }
  if (!best) return null;
  const { text, like } = best;
  if (like >= least)
    return { text, rule: "heading like the stated title", confidence: 0.8 + like * 0.19 };
  const key = keyOf(text);
  const isLong = text.split(" ").length >= 4;
  // In scripts without spaces, words can't be compared, so the heading must contain the whole
  // stated title.
  const holds = isUnspaced(text) && stated.every((candidate) => key.includes(candidate.key));
  const alone =
    least === MIN_TITLE_LIKENESS && texts.length === 1 && (isLong || (holds && key.length >= 10));
  return alone ? { text, rule: "only h1", confidence: 0.6 } : null;
}

function thirdHeading(page: Page, stated: Candidate[]) {
  const begun = headings(page, "h3", stated).filter(
    (text) =>
      text.split(" ").length >= 4 &&
      stated.some(({ rule, key }) => rule === "title tag" && key.startsWith(keyOf(text))),
  );
  return bestHeading(begun, stated, 0.9);
}

function withoutPrefix(heading: string, social: Candidate | undefined): Candidate | null {
  const key = keyOf(heading);
  const isSuffix = social && key !== social.key && key.endsWith(social.key);
  return isSuffix && social.key.length >= 15 ? social : null;
}

function agreedTitle(
  heading: string,
  stated: Candidate[],
  social: Candidate | undefined,
): Candidate | null {
  const ld = stated.find((candidate) => candidate.rule === "json-ld headline");
  return ld && ld.key === social?.key && ld.key !== keyOf(heading) ? ld : null;
}

function withKicker(heading: string, stated: Candidate[]): Candidate | null {
  const key = keyOf(heading);
  if (stated.some((candidate) => candidate.key === key)) return null;
  const fuller = stated.filter((candidate) => candidate.key.endsWith(key));
  const ld = fuller.find((candidate) => candidate.rule === "json-ld headline");
  return ld && fuller.some((other) => other !== ld && other.key === ld.key) ? ld : null;
}

function shorterTitle(
  heading: string,
  stated: Candidate[],
  social: Candidate | undefined,
): Candidate | null {
  const key = keyOf(heading);
  if (!social || social.key.length >= key.length || social.text.split(" ").length < 4) return null;
  // Sites often lengthen the `title` tag for search engines.
  const repeated = stated.some(({ rule, key: own }) => rule === "title tag" && own === key);
  const cut = key.startsWith(social.key) || ELLIPSIS_AT_END.test(social.text);
  return repeated && !cut && likenessOf(tokensOf(heading), social.tokens) >= 0.5 ? social : null;
}

const ELLIPSIS_AT_END = /(?:…|\.\.\.)$/;

function mostSupported(candidates: Candidate[]): Candidate | null {
  let best: { candidate: Candidate; score: number } | null = null;
  for (const candidate of candidates) {
    const score = candidates.reduce((sum, other) => sum + support(candidate, other), 0);
    if (!best || score > best.score) best = { candidate, score };
  }
  return best && whole(best.candidate, candidates);
}

function support(candidate: Candidate, other: Candidate): number {
  if (other.key === candidate.key) return other.weight;
  return candidate.key.length >= 12 && other.key.includes(candidate.key) ? other.weight * 0.5 : 0;
}

function whole(candidate: Candidate, others: Candidate[]): Candidate {
  if (candidate.text.length < 70) return candidate;
  const longer = others.filter(
    (other) => other.key.length > candidate.key.length && other.key.startsWith(candidate.key),
  );
  return longer[0] ?? candidate;
}

function sectionsOf(page: Page): string[] {
  const stated = [textIn(page.article?.["articleSection"]), ...page.meta("article:section")];
  return stated.flatMap((name) => name ?? []);
}

function contentOf(tag: Tag): string {
  return tag.attribs["content"] ?? textOf(tag, 600);
}

function headings(page: Page, name: string, stated: Candidate[]): string[] {
  return page
    .tags(name)
    .slice(0, 12)
    .filter((tag) => !hintOf(tag).hasWord(NO_HEADLINE) && !hintOf(tag).hidden)
    .filter((tag) => !isSiteHeading(tag, page, stated))
    .map(withoutKicker)
    .filter((text) => text.length > 1 && text.length < 500 && !text.endsWith(":"));
}

const MAX_SITE_HEADING_LINKS = 5;

function isSiteHeading(heading: Tag, page: Page, stated: Candidate[]): boolean {
  if (isHomeUrl(page.url)) return false;
  const links = page.tags("a").filter((link) => within(link, heading) || within(heading, link));
  if (links.length === 0 || links.length > MAX_SITE_HEADING_LINKS) return false;
  const leadHome = links.every((link) => {
    const href = link.attribs["href"] ?? "";
    const url = href.startsWith("#") ? null : absolute(href, page.base);
    return url !== null && isHomeUrl(url) && hostOf(url) === hostOf(page.url);
  });
  if (!leadHome) return false;
  const linked = links.map((link) => textOf(link)).join("");
  const isAllLinked = linked.replaceAll(" ", "") === textOf(heading).replaceAll(" ", "");
  if (isAllLinked || links.some((link) => within(heading, link))) return true;
  const rest = links.reduce((text, link) => text.replace(textOf(link), " "), textOf(heading));
  const headingTokens = tokensOf(rest);
  const isLike = ({ tokens }: Candidate) => likenessOf(headingTokens, tokens) >= MIN_TITLE_LIKENESS;
  return stated.length > 0 && !stated.some(isLike);
}

const NO_HEADLINE = words("logo brand aural seotitle seo");
const KICKERS = words(
  "kicker overline topline roofline dachzeile eyebrow rubrik pretitle supertitle suptitle overtitle spitzmarke antetitulo catenaccio occhiello vignette",
);

function withoutKicker(heading: Tag): string {
  const kicker = heading.children.find(
    (child) => child instanceof Tag && hintOf(child).hasWord(KICKERS),
  );
  const text = textOf(heading, 600);
  if (!(kicker instanceof Tag)) return text;
  const rest = fold(text.replace(textOf(kicker, 300), "")).replace(/^[:|–—-]\s*/, "");
  return rest.split(" ").length >= 3 ? rest : text;
}
