import { asEdited, type Wording } from "../../model/articles/editorial.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import type { Edition } from "./edition.ts";

/** An article in one edition's language, with the language of each field. */
export interface TranslatedArticle extends ListedArticle {
  titleLanguage: string | null;
  leadLanguage: string | null;
}

/**
 * Returns an article in the edition's language, if editors have translated it; otherwise in its own language. Applies
 * editors' corrections.
 */
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
