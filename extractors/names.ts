import { decode } from "./jsonld.ts";
import { keyOf } from "./title-parts.ts";

const BY =
  /^(?:(?:written|posted|published|story|text|words|report(?:ed)?|article|photos?|fotos?|redigert|skrevet|geschrieben|verfasst|veröffentlicht|scritto|escrito|publié|publicado|tekst|texte|autor(?:in|en|es|a)?|author|auteur|autore|редактор|автор|текст)\s*)?(?:by|von|vom|par|por|di|da|af|av|door|od|oleh|από|від|от|ni|nga|przez|skrevet av)\b[:\s]*|^(?:authors?|autor(?:in|en|es|a)?|auteurs?|autore|автор|text|words|tekst|texte|foto|作者|文|記者|记者|기자)\s*[:：|]\s*/iu;
const SPLIT =
  /\s*(?:[;|•·\n/]|,\s|，|、|\s&\s|\s\+\s|\s(?:and|und|et|y|e|og|och|en|i|ja|und|ve|и|та|with|avec|mit|con|και|és|și|a)\s(?=\p{Lu}))\s*/u;
const NOT_A_NAME =
  /\d{2}|https?:|www\.|@|[<>{}#_=]|^(?:admin|administrator|editor|guest|user|author|unknown|none|null|undefined|anonymous|n\/a|staff|redaktion|news ?desk|contributor|webmaster|default)$/i;
const ORGANISATION =
  /\b(?:staff|editors?|editorial|team|redaktion|redakt\w*|redacci[oó]n|redazione|r[eé]daction|news(?:room|desk)?|press|agency|agentur|online|media|magazine|network|tv|radio|ltd|inc|gmbh|llc|company|association|board|correspondents?|reporters?|bureau|desk|times|post|zeitung|daily|reuters|afp|dpa|apa|tass|xinhua|ansa|efe|pti|ians|ap|afp\/.*|blog)\b/i;
const ROLE =
  /\s*[,(–—|-]\s*(?:.*\b(?:editor|writer|reporter|correspondent|contributor|journalist|columnist|producer|author|analyst|professor|redakteur\w*|autor\w*|korrespondent\w*|journaliste?|redaktor\w*|chef\w*|head|director|founder|ceo|manager|special to)\b.*)$/i;

/** Person names in a byline, without its introduction, roles, places, dates and handles. */
export function namesIn(byline: string, site: string[]): string[] {
  let text = decode(byline).replace(/\([^)]*\)|\[[^\]]*\]/g, " ");
  for (let round = 0; round < 2; round++) text = text.replace(BY, "").trim();
  const names: string[] = [];
  for (const part of text.split(SPLIT)) {
    const name = personOf(part, site);
    if (name && !names.includes(name)) names.push(name);
  }
  return names;
}

/** A name when a text may be a person's: two to five words, no number, no organisation. */
export function personOf(text: string, site: string[]): string | null {
  const name = text
    .replace(ROLE, "")
    .replace(BY, "")
    .replace(/^[\s,.:;–—-]+|[\s,:;–—-]+$/gu, "")
    .trim();
  if (name.length < 2 || name.length > 60 || NOT_A_NAME.test(name)) return null;
  if (name.split(/\s+/).length > 5) return null;
  const key = keyOf(name);
  if (!key || site.some((other) => keyOf(other) === key)) return null;
  if (ORGANISATION.test(name) && !/^\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+$/u.test(name)) return null;
  return name;
}
