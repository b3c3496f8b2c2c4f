import { asEdited, type Wording } from "../../model/articles/editorial.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import type { Edition } from "./edition.ts";

export interface TranslatedArticle extends ListedArticle {
  titleLanguage: string | null;
  leadLanguage: string | null;
}

/** Returns an article with its editors' corrections and their translation, if there is one. */
export function translateInto({ language }: Edition, article: ListedArticle): TranslatedArticle {
  const { title, teaser }: Wording = article.edited?.translations?.[language] ?? {};
  const edited = asEdited(article, language);
  return {
    ...edited,
    // An editor's teaser replaces the whole lead.
    ...(teaser !== undefined && { edited: { ...edited.edited, teaser } }),
    titleLanguage: title === undefined ? article.language : language,
    leadLanguage: teaser === undefined ? article.language : language,
  };
}
