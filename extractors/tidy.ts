import type { ArticleFields } from "../model/article.ts";

/** Characters that a line may have, and entries that a list may have. */
const BOUNDS = { title: 500, teaser: 3000, name: 200, entries: 100 };
/** Marks on one letter; more than scripts need only smear over the lines around. */
const MARKS = 6;

/**
 * The fields without characters that do something to what stands around them (bidi embeddings and
 * overrides, controls, invisible ones; Unicode TR 36), and bounded: nobody writes longer titles.
 */
export function tidy(fields: ArticleFields): ArticleFields {
  const { title, teaser, authors, tags, section, siteName, text, html, image } = fields;
  return {
    ...fields,
    title: title && line(title, BOUNDS.title),
    teaser: teaser && clip(harmless(teaser), BOUNDS.teaser),
    authors: authors && list(authors),
    tags: tags && list(tags),
    section: section && line(section, BOUNDS.name),
    siteName: siteName && line(siteName, BOUNDS.name),
    text: text && withoutOverrides(text),
    html: html && withoutOverrides(html),
    image: image && {
      ...image,
      alt: image.alt && line(image.alt, BOUNDS.title),
      caption: image.caption && line(image.caption, BOUNDS.teaser),
      credit: image.credit && line(image.credit, BOUNDS.title),
    },
  };
}

function list(values: string[]): string[] | null {
  const lines = values.slice(0, BOUNDS.entries).flatMap((value) => line(value, BOUNDS.name) ?? []);
  return lines.length > 0 ? [...new Set(lines)] : null;
}

function line(value: string, limit: number): string | null {
  return clip(harmless(value.slice(0, 20 * limit)).replace(/\s+/g, " "), limit);
}

/** Without invisible characters; joiners stay where letters need them, marks where a script has them. */
function harmless(value: string): string {
  return withoutOverrides(value)
    .replace(/[\u00ad\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu, "")
    .replace(/([\u200c\u200d])[\u200c\u200d]+/g, "$1")
    .replace(new RegExp(`(\\p{M}{${MARKS}})\\p{M}+`, "gu"), "$1");
}

/** Without controls but tab and line feed, bidi embeddings, overrides and isolates, half surrogates. */
function withoutOverrides(value: string): string {
  return value.replace(OVERRIDES, "");
}

const OVERRIDES = /(?![\t\n])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufffe\uffff]/gu;

function clip(value: string, limit: number): string | null {
  const text = value.trim();
  if (text.length <= limit) return text || null;
  const cut = text.slice(0, limit);
  const space = cut.lastIndexOf(" ");
  return `${(space > limit * 0.8 ? cut.slice(0, space) : cut).replace(/[\ud800-\udbff]$/, "")}…`;
}
