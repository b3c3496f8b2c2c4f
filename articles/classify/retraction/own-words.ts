/** A headline that says it: `RETRACTED: ...`. */
const LABEL =
  /^\W*(?:retracted|retraction|withdrawn|story killed|zurückgezogen|rétracté|rétractation|retractado|retractada|retractación|ritirato|ritrattato|ritrattazione|retratado|retratação|ingetrokken|отозвано|отозвана|wycofano|wycofany|geri çekildi|撤稿|撤回|取り下げ|철회|مسحوب|سحب الخبر)\s*(?:[\])】]|[:：|–—-]|$)/iu;

/** A notice that says of the article itself that it was taken back, by language. */
const NOTICES = [
  "this (?:article|story|report|post|piece|item) (?:has been|was|is|has now been)(?: \\w+)? (?:retracted|withdrawn)",
  "(?:we|the editors|the publisher) (?:have|has) (?:retracted|withdrawn) (?:this|the|our) (?:article|story|report|piece)",
  "(?:dieser|diesen|der|den) (?:artikel|beitrag|text|bericht)(?: \\p{L}+){0,5} zurückgezogen",
  "(?:die|diese) meldung(?: \\p{L}+){0,4} zurückgezogen",
  "(?:cet article|ce texte|cette dépêche)(?: \\p{L}+){0,3} (?:rétracté|rétractée|retiré par la rédaction|retirée par la rédaction)",
  "(?:este artículo|esta noticia|esta información|este texto) (?:ha sido|fue) (?:retractad|retirad)[oa] por",
  "(?:este artículo|esta noticia) (?:ha sido|fue) retractad[oa]",
  "(?:questo articolo|questa notizia) è stat[oa] (?:ritrattat[oa]|ritirat[oa] dalla redazione)",
  "(?:este artigo|este texto|esta reportagem|esta matéria|esta notícia) foi (?:retratad[oa]|retirad[oa] pela redação)",
  "(?:dit artikel|dit bericht) is (?:ingetrokken|teruggetrokken)",
  "(?:эта |данная |настоящая )?(?:статья|публикация|заметка|новость)(?: была)? отозвана",
  "(?:этот |данный )?материал(?: был)? отозван",
  "ten artykuł został wycofany|bu haber geri çekil",
  "(?:本文|该文|此文|本报道|该报道|本稿)[^。]{0,16}(?:撤回|撤稿|撤销)",
  "(?:この記事|本記事|当該記事)[^。]{0,12}(?:取り下げ|撤回)",
  "(?:이|본|해당) 기사[^.。]{0,10}철회",
  "(?:تم |جرى )?سحب هذا (?:المقال|الخبر|التقرير)|(?:هذا المقال|هذا الخبر) مسحوب",
];

const NOTICE = new RegExp(`(?:${NOTICES.join("|")})`, "iu");
/** Characters from the beginning within which a notice stands, above a text that is still there or alone. */
const ABOVE = 60;
const ALONE = 400;
/** A page with no more characters is a notice and no article. */
const SHORT = 900;

/**
 * The publisher's own words for having taken an article back, in its headline or at the beginning of
 * its text; null without any. "Removed", "not found" and "no longer available" are not among them:
 * broken sites say that of everything.
 */
export function withdrawnWords(title: string | null, text: string | null): string | null {
  const label = LABEL.exec(title ?? "")?.[0];
  if (label) return label.trim();
  const body = text ?? "";
  const head = body.slice(0, ALONE);
  const found = NOTICE.exec(head);
  if (!found) return null;
  const within = body.length <= SHORT ? ALONE : ABOVE;
  return found.index <= within ? found[0].trim() : null;
}
