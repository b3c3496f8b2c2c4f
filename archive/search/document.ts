import { asEdited, isListed, type Revision } from "../../model/articles/article.ts";
import type { ArticleFields } from "../../model/articles/fields.ts";
import { FACETS, type Facet } from "../../model/publish/search.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";

/** The indexed parts of an article, or of one of its earlier revisions. */
export interface Document {
  articleId: string;
  /** Number of an earlier revision; null for the current article. */
  revision: number | null;
  /** Whether readers can find the document: it is the current version of a listed article. */
  shown: boolean;
  sortAt: Date;
  language: string | null;
  title: string;
  teaser: string;
  text: string;
  author: string;
  tag: string;
  facets: Record<Facet, string[]>;
}

/** Returns an article's documents: the current version, as edited, and each earlier revision. */
export function documentsOf(stored: ListedArticle, earlier: readonly Revision[]): Document[] {
  const article = asEdited(stored);
  const { _id: articleId, sortAt, language } = article;
  const facets = facetsOf(article);
  const common = { articleId, sortAt, facets };
  return [
    { ...common, revision: null, shown: isListed(article), language, ...wordsOf(article) },
    ...earlier.map(({ revision, fields }) => {
      return { ...common, revision, shown: false, language: fields.language, ...wordsOf(fields) };
    }),
  ];
}

function wordsOf({ title, teaser, text, authors, section, tags }: Omit<ArticleFields, "html">) {
  return {
    title: title ?? "",
    teaser: teaser ?? "",
    text: text ?? "",
    author: (authors ?? []).join("\n"),
    tag: [section ?? "", ...(tags ?? [])].join("\n"),
  };
}

function facetsOf(article: ListedArticle): Document["facets"] {
  const { sourceId, country, regionCode, topics, language, day, status } = article;
  const one = (value: string | null | undefined) => (value ? [value] : []);
  const values: Record<Facet, string[]> = {
    source: one(sourceId),
    country: one(country),
    region: one(regionCode),
    topic: topics,
    language: one(language),
    day: one(day),
    status: one(status),
  };
  // Tabs separate the facets in the index, and commas their values.
  const clean = (value: string) => value.replace(/[\s,]+/g, "");
  return Object.fromEntries(
    FACETS.map((facet) => [facet, values[facet].map(clean)]),
  ) as Document["facets"];
}
