import { asEdited, type Wording } from "../../model/articles/editorial.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import type { Edition } from "./edition.ts";

/** An article as an edition tells it, and the languages of what it tells. */
export interface Told extends ListedArticle {
  titleLanguage: string | null;
  leadLanguage: string | null;
}

/** An article with its editors' translation into the edition's language, where there is one. */
export function toldIn({ language }: Edition, article: ListedArticle): Told {
  const { title, teaser }: Wording = article.edited?.translations?.[language] ?? {};
  const told = asEdited(article, language);
  return {
    ...told,
    // A teaser that an editor wrote is the whole of the lead.
    ...(teaser !== undefined && { edited: { ...told.edited, teaser } }),
    titleLanguage: title === undefined ? article.language : language,
    leadLanguage: teaser === undefined ? article.language : language,
  };
}
