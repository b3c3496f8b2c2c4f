import { DAY_MS, HOUR_MS } from "../../lib/time.ts";
import type { HostFetch } from "../../model/crawl/host.ts";
import type { Gone } from "../../model/crawl/link.ts";

const MIN_GONE_COUNT = 2;
const MIN_GONE_SPAN_MS = DAY_MS;
const MAX_GONE_COUNT = 6;
const MIN_AVAILABLE_PER_GONE = 2;

export type GoneVerdict = {
  /** When to check the article again; null if it isn't checked again. */
  again: Date | null;
} & (
  | { retract: true; because: string }
  | { retract: false; why: "too soon" | "nothing to compare" | "the host is not well" }
);

export function goneAgain(gone: Gone | null | undefined, now: Date): Gone {
  const { count, firstAt } = gone ?? { count: 0, firstAt: now };
  return { count: count + 1, firstAt, lastAt: now };
}

/**
 * Decides whether an article whose URL returns 404 or 410 was retracted. These responses must span
 * a day, and other articles must be available: a site that moved or broke returns 404 for all.
 */
export function goneVerdict(
  linkId: string,
  gone: Gone,
  fetches: readonly HostFetch[],
): GoneVerdict {
  const { count, firstAt, lastAt } = gone;
  const left = count < MAX_GONE_COUNT;
  const tomorrow = left ? new Date(Math.max(firstAt.getTime(), lastAt.getTime()) + DAY_MS) : null;
  if (count < MIN_GONE_COUNT || lastAt.getTime() - firstAt.getTime() < MIN_GONE_SPAN_MS) {
    const due = new Date(firstAt.getTime() + MIN_GONE_SPAN_MS);
    const again = due > lastAt ? due : tomorrow;
    return { retract: false, why: "too soon", again: left ? again : null };
  }
  const { there, missing } = othersSince(linkId, fetches, new Date(firstAt.getTime() - HOUR_MS));
  if (there + missing === 0) return { retract: false, why: "nothing to compare", again: tomorrow };
  if (there < MIN_AVAILABLE_PER_GONE * missing) {
    return { retract: false, why: "the host is not well", again: tomorrow };
  }
  const days = Math.round((lastAt.getTime() - firstAt.getTime()) / DAY_MS);
  const others = `${there} other ${there === 1 ? "article" : "articles"} of the host`;
  return {
    retract: true,
    because: `its URL returned 404 or 410 in ${count} fetches over ${days} ${days === 1 ? "day" : "days"}, while ${others} still responded`,
    // The publisher can restore the article.
    again: left ? new Date(lastAt.getTime() + 7 * DAY_MS) : null,
  };
}

function othersSince(linkId: string, fetches: readonly HostFetch[], since: Date) {
  const last = new Map<string, boolean>();
  for (const fetch of fetches.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    if (fetch.linkId !== linkId && fetch.at >= since) last.set(fetch.linkId, fetch.gone);
  }
  const missing = [...last.values()].filter(Boolean).length;
  return { there: last.size - missing, missing };
}

const RETRACTION_LABEL =
  /^[^\p{L}\p{N}]*(?:retracted|retraction|withdrawn|story killed|zurückgezogen|rétracté|rétractation|retractado|retractada|retractación|ritirato|ritrattato|ritrattazione|retratado|retratação|ingetrokken|отозвано|отозвана|wycofano|wycofany|geri çekildi|撤稿|撤回|取り下げ|철회|مسحوب|سحب الخبر)\s*(?:[\])】]|[:：|–—-]|$)/iu;

const NOTICES = [
  "this (?:article|story|report|post|piece|item) (?:has been|was|is|has now been)(?: \\w+)? (?:retracted|withdrawn)",
  "(?:we|the editors|the publisher) (?:have|has) (?:retracted|withdrawn) (?:this|the|our) (?:article|story|report|piece)",
  "(?:dieser|diesen|unser|unseren|(?:wir haben|die redaktion hat) den) (?:artikel|beitrag|text|bericht)(?: \\p{L}+){0,5} zurückgezogen",
  "(?:diese|unsere|(?:wir haben|die redaktion hat) die) meldung(?: \\p{L}+){0,4} zurückgezogen",
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
const MAX_NOTICE_OFFSET_CHARS = 60;
const NOTICE_SEARCH_CHARS = 400;
/**
 * Maximum length of a text that can consist of a notice only. In a longer text, a notice counts
 * only if it begins within the first `MAX_NOTICE_OFFSET_CHARS`.
 */
const MAX_NOTICE_TEXT_CHARS = 900;

/**
 * Returns the words that announce a retraction in the headline or early in the text; null if none
 * do. "Removed", "not found" and the like don't count, because broken sites show these for every
 * page.
 */
export function withdrawnWords(title: string | null, text: string | null): string | null {
  const label = RETRACTION_LABEL.exec(title ?? "")?.[0];
  if (label) return label.trim();
  const body = text ?? "";
  const head = body.slice(0, NOTICE_SEARCH_CHARS);
  const found = NOTICE.exec(head);
  if (!found) return null;
  const within =
    body.length <= MAX_NOTICE_TEXT_CHARS ? NOTICE_SEARCH_CHARS : MAX_NOTICE_OFFSET_CHARS;
  return found.index <= within ? found[0].trim() : null;
}
