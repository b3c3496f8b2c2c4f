import { reservedWords, withholds } from "../../articles/reading/verdict.ts";
import type { PreviewArticle, PreviewProblem, PreviewResult } from "../../model/sources/preview.ts";

const MIN_LENGTH_CHARS = 400;
const MIN_LENGTH_IDEOGRAPHS = 120;
/** A less certain title might be the site's name. */
const MIN_TITLE_CONFIDENCE = 0.5;

/** Returns the problems of a preview, errors first. */
export function checkPreview(found: Omit<PreviewResult, "verdict" | "problems">): PreviewProblem[] {
  const { entries, links, articles } = found;
  const wanted = links.filter(({ reason }) => reason === null);
  const read = articles.filter(({ why }) => why === null);
  const problems: PreviewProblem[] = [];
  const error = (text: string) => problems.push({ level: "error", text });
  const warn = (text: string) => problems.push({ level: "warning", text });
  const most = (is: (article: PreviewArticle) => boolean) =>
    read.filter(is).length > read.length / 2;

  for (const { url, why } of entries) if (why !== null) warn(`${url} can't be read: ${why}`);
  if (entries.every(({ why }) => why !== null)) error("no entry point can be read");
  else if (wanted.length === 0)
    error("no link to an article is left: the entry points list none, or all are excluded");
  else if (read.length === 0) error(`none of the fetched pages is an article: ${whys(articles)}`);
  if (articles.some(({ needsBrowser }) => needsBrowser)) {
    warn(
      "pages need the browser, but no worker rendered them within two minutes: check that the role browser is running",
    );
  }
  if (read.length === 0) return worstFirst(problems);
  const failed = articles.length - read.length;
  if (failed > 0)
    warn(`pages that are no article (${failed} of ${articles.length}): ${whys(articles)}`);
  if (most(({ publishedAt }) => publishedAt === null)) warn("most articles have no date");
  const reservations = [...new Set(read.flatMap(({ reserved = [] }) => reserved))];
  const words = reservedWords(reservations);
  if (words) warn(words);
  if (most(isShort))
    warn("most texts are short: the feed may point at teasers, or a selector is needed");
  if (read.length > 1 && hasTwins(read)) {
    warn("several pages have the same text: a selector is needed, or these pages aren't articles");
  }
  if (most(isUnsure)) warn("most titles are uncertain: set a selector under select");
  return worstFirst(problems);
}

export function verdictOf(problems: readonly PreviewProblem[]): PreviewResult["verdict"] {
  if (problems.some(({ level }) => level === "error")) return "red";
  return problems.length > 0 ? "amber" : "green";
}

function worstFirst(problems: PreviewProblem[]): PreviewProblem[] {
  return problems.toSorted((a, b) => Number(b.level === "error") - Number(a.level === "error"));
}

function whys(articles: readonly PreviewArticle[]): string {
  return [...new Set(articles.flatMap(({ why }) => why ?? []))].join("; ");
}

function isShort({ length, fields, reserved = [] }: PreviewArticle): boolean {
  if (withholds(reserved)) return false;
  const text = fields.find(({ name }) => name === "text")?.value ?? "";
  return length < (/\p{Ideographic}/u.test(text) ? MIN_LENGTH_IDEOGRAPHS : MIN_LENGTH_CHARS);
}

function isUnsure({ fields }: PreviewArticle): boolean {
  return (fields.find(({ name }) => name === "title")?.confidence ?? 0) < MIN_TITLE_CONFIDENCE;
}

function hasTwins(read: readonly PreviewArticle[]): boolean {
  const texts = read.map(({ fields }) => fields.find(({ name }) => name === "text")?.value ?? "");
  return new Set(texts).size < texts.length;
}
