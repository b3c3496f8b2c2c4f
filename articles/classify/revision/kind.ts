import { diffChars } from "diff";
import { shorten } from "../../../lib/text.ts";
import type { RevisionVerdict } from "../../../model/articles/article.ts";
import { type ComparedText, type Comparison, compare, type Edit, type Swap } from "./compare.ts";

const MAX_FACT_WORDS = 4;
const MAX_CORRECTION_SWAPS = 4;
const MAX_TYPO_SLIPS = 12;
const MAX_FILLER_CHARS = 3;
/** Longer words aren't compared: the time grows with the square of a word's length. */
const MAX_COMPARED_WORD_CHARS = 60;
const MAX_COMPARED_SWAPS = 100;
const MAX_QUOTE_CHARS = 60;

const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+$/u;
const NUMERAL = /[\p{N}零〇一二三四五六七八九十百千万億亿两]/u;
/** A changed character in a Chinese or Japanese place name means another place. */
const PLACE_NAME_ENDING = /[州市省区區县縣町村県府都国國道]$/u;

/** Returns the kind of a revision, with the reason; null if a reader would notice no difference. */
export function revisionBetween(before: ComparedText, after: ComparedText): RevisionVerdict | null {
  const comparison = compare(before, after);
  return comparison && judge(comparison);
}

function judge(comparison: Comparison): RevisionVerdict {
  const { title, edited, added, removed, reordered, beyond } = comparison;
  const own = ownWords(comparison);
  if (own) return { kind: "correction", because: `the publisher says: "${own}"` };
  const grown = added.length > 0 || removed.length > 0 || reordered || beyond > 0;
  const bodyIs = edited.map(sizeOfEdit);
  const titleIs = title && sizeOfEdit(title);
  const slips = [...edited, ...(title ? [title] : [])];
  const onlySlips = [...bodyIs, ...(titleIs ? [titleIs] : [])].every((is) => is === "slip");
  if (!grown && onlySlips && slips.length <= MAX_TYPO_SLIPS) {
    return { kind: "typo", because: describeEdits(slips) };
  }
  if (title && titleIs !== "slip" && !grown && bodyIs.every((is) => is === "slip")) {
    return { kind: "headline", because: `"${cut(title.before)}" became "${cut(title.after)}"` };
  }
  const facts = edited.filter((_, index) => bodyIs[index] === "fact");
  const swaps = facts.flatMap((edit) => edit.swaps);
  if (
    !grown &&
    facts.length > 0 &&
    bodyIs.every((is) => is !== "other") &&
    swaps.length <= MAX_CORRECTION_SWAPS
  ) {
    return { kind: "correction", because: describeEdits(facts) };
  }
  return { kind: "update", because: counted(comparison) };
}

function ownWords({ title, edited, added }: Comparison): string | null {
  const changed = [...edited, ...(title ? [title] : [])];
  for (const text of added) {
    const words = correctionWords(text);
    if (words) return words;
  }
  for (const { before, after } of changed) {
    const words = correctionWords(after) ?? correctionWords(newTail(before, after));
    if (words && !before.includes(words)) return words;
  }
  return null;
}

function newTail(before: string, after: string): string {
  return after.startsWith(before) ? after.slice(before.length).trim() : "";
}

type EditSize = "slip" | "fact" | "other";

function sizeOfEdit({ swaps }: Edit): EditSize {
  if (swaps.length > MAX_COMPARED_SWAPS) return "other";
  if (swaps.every(isSlip)) return "slip";
  return swaps.length <= MAX_CORRECTION_SWAPS && swaps.every((swap) => isSlip(swap) || isFact(swap))
    ? "fact"
    : "other";
}

function isSlip({ from, to }: Swap): boolean {
  const [one, two] = [from.join(""), to.join("")];
  if (one.toLowerCase() === two.toLowerCase()) return true;
  if ([...from, ...to].some(isNumeralOrNegation)) return false;
  // A short word added or removed: `the the`.
  if (from.length + to.length === 1) return one.length + two.length <= MAX_FILLER_CHARS;
  if (from.length === 0 || to.length === 0) return false;
  return isMisspelt(one, two);
}

function isMisspelt(one: string, two: string): boolean {
  const longest = Math.max(one.length, two.length);
  if (longest > MAX_COMPARED_WORD_CHARS) return false;
  if (UNSPACED.test(one) && UNSPACED.test(two)) {
    return (
      differInAtMost(1, one, two) && !PLACE_NAME_ENDING.test(one) && !PLACE_NAME_ENDING.test(two)
    );
  }
  return differInAtMost(Math.max(1, Math.floor(longest / 4)), one, two);
}

function isFact({ from, to }: Swap): boolean {
  if (from.length === 0 || to.length === 0) return [...from, ...to].some(isNegation);
  return from.length <= MAX_FACT_WORDS && to.length <= MAX_FACT_WORDS;
}

function isNumeralOrNegation(word: string): boolean {
  return NUMERAL.test(word) || isNegation(word);
}

function isNegation(word: string): boolean {
  return NEGATIONS.has(word.toLowerCase());
}

function differInAtMost(most: number, one: string, two: string): boolean {
  const letters = { maxEditLength: 2 * most };
  const changes = diffChars(one.toLowerCase(), two.toLowerCase(), letters);
  let [gone, come] = [0, 0];
  for (const { added, removed, count } of changes ?? []) {
    if (removed) gone += count;
    if (added) come += count;
  }
  // Two swapped letters count as one difference.
  return changes !== undefined && Math.max(gone, come) <= most;
}

function describeEdits(edits: readonly Edit[]): string {
  const swaps = edits.flatMap((edit) => edit.swaps);
  if (swaps.length === 0) return "punctuation";
  const shown = swaps.slice(0, 3).map(({ from, to }) => {
    if (from.length === 0) return `"${cut(to.join(" "))}" was inserted`;
    if (to.length === 0) return `"${cut(from.join(" "))}" was removed`;
    return `"${cut(from.join(" "))}" became "${cut(to.join(" "))}"`;
  });
  const more = swaps.length > shown.length ? [`${swaps.length - shown.length} more`] : [];
  return [...shown, ...more].join(", ");
}

function counted({ title, edited, added, removed, reordered, beyond }: Comparison): string {
  const parts = [
    [added.length, "added"],
    [removed.length, "removed"],
    [edited.length, "edited"],
  ] as const;
  const counts = parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${count === 1 ? "paragraph" : "paragraphs"} ${what}`);
  if (reordered) counts.push("paragraphs were reordered");
  if (beyond > 0) counts.push(`too many characters differ for a comparison: ${beyond}`);
  if (title) counts.push("another headline");
  return counts.join(", ");
}

function cut(text: string): string {
  return shorten(text, MAX_QUOTE_CHARS);
}

/** Labels of corrections. Without a colon or the like (`LABEL_END`), they are ordinary words. */
const LABELS = [
  "corrections?|corrected|clarifications?|erratum|errata",
  "korrektur(?:en)?|korrigiert|berichtigung|richtigstellung",
  "rectificatif|rectification|précisions?",
  "corrección|correcciones|rectificación|aclaración",
  "correzione|errata corrige|rettifica|precisazione",
  "correção|retificação|esclarecimento",
  "correctie|rectificatie|gecorrigeerd|verbetering",
  "исправление|исправлено|поправка|уточнение|опровержение|от редакции",
  "sprostowanie|korekta|düzeltme|정정(?:보도문?)?|تصحيح|تصويب|تنويه",
];

/** Chinese and Japanese labels, which end at a colon or a space. */
const UNSPACED_LABELS = "(?:更正|勘误)(?:说明|启事)?|訂正|おわび|お詫び";

const CORRECTION_BEGINNINGS = [
  "editor's note|this (?:article|story|report|post) (?:was|has been) (?:corrected|amended)",
  "anmerkung der redaktion|(?:wir haben|die redaktion hat) .{0,60}(?:korrigiert|berichtigt)",
  "note de la rédaction|cet article a été (?:corrigé|rectifié)",
  "fe de erratas|nota de la redacción|este artículo ha sido corregido",
  "nota della redazione|nota da redação|este texto foi corrigido|noot van de redactie",
  "编者按|바로잡습니다|정정합니다",
];

const CORRECTION_PHRASES = [
  "(?:an )?(?:earlier|previous) version of this (?:article|story|report|post)|we (?:wrongly|incorrectly|mistakenly) (?:said|reported|stated)",
  "in einer (?:früheren|vorherigen|ersten) (?:version|fassung),? (?:hieß|stand|haben wir|hatten wir)",
  "version (?:précédente|antérieure) (?:indiquait|affirmait|mentionnait)|première version de cet article|contrairement à ce que nous avions",
  "versión (?:anterior|previa) (?:decía|indicaba|afirmaba)|versione precedente (?:diceva|indicava|riportava)",
  "versão anterior (?:dizia|informava|afirmava)|eerdere versie (?:stond|schreven|meldden)",
  "本文(?:此前|早前|先前)|(?:此前|早前)(?:的)?(?:版本|报道)(?:有误|误)|误写为|以前の記事|訂正(?:します|いたします)|잘못 표기|이전 기사",
];

const MISTAKES = [
  "irrtümlich|(?:früheren|vorherigen|ersten) (?:version|fassung)|hieß es zu(?:nächst|erst)|(?:zunächst|zuerst) hieß es",
  "par erreur|version (?:précédente|antérieure)|por error|versión (?:anterior|previa)",
  "per errore|versione precedente|versão anterior|informou incorretamente|erroneamente",
  "eerdere versie|ten onrechte|abusievelijk",
  "(?:предыдущей|первоначальной|более ранней) версии|ошибочно (?:указан|сообщ|назван)",
  "誤って|以前の版|誤りでした|잘못 보도|이전 버전|نسخة سابقة|عن طريق الخطأ",
];

const THIS_ARTICLE = [
  "diese[mns] (?:artikels?|beitrags?|berichts?|textes|text)|dieser meldung|wir .{0,80}(?:berichtet|geschrieben|gemeldet)",
  "(?:cet|notre) article|nous (?:avons|avions) (?:écrit|indiqué|publié|annoncé)",
  "(?:este|nuestro) artículo|esta (?:noticia|información)|quest['o] ?articolo|abbiamo (?:scritto|riportato)",
  "[dn]este texto|este artigo|esta (?:reportagem|matéria|notícia)|dit (?:artikel|bericht|stuk)",
  "(?:этой|данной|нашей) (?:статьи|статье|новости|заметки|заметке|публикации)|(?:этого|этом|данного|данном) (?:материала|материале|текста|тексте)",
  "(?:この|本|当初の)記事|本紙|이 기사|본지|هذا (?:الخبر|المقال|التقرير|النص)|هذه المادة",
];

const anyOf = (parts: readonly string[]) => `(?:${parts.join("|")})`;
const LABEL_WORD = anyOf([...LABELS, UNSPACED_LABELS]);
// In quotation marks, such words are someone's statement.
const START = String.raw`^[^\p{L}\p{N}"]*`;
const SECOND_LABEL = String.raw`(?:(?: ?[&+/,] ?| (?:and|und|et|y|e|en|и) |と|及)${LABEL_WORD})?`;
const MONTH = String.raw`(?:jan|feb|fév|fev|mar|mär|mrt|apr|abr|avr|ma[giy]|mei|jun|jul|jui|giu|lug|aug|aoû|ago|sep|set|oct|okt|ott|out|nov|dec|dez|déc|dic|gen|ene)\p{L}*\.?`;
const DATE = String.raw`(?:${MONTH} \d{1,2}|\d{1,4}(?:[-./]\d{1,2}|(?:\.|er)? (?:de )?${MONTH}))(?!\p{L})`;
const CORRECTION_DATE = String.raw`(?:,| (?:on|am|vom|du|del|van|от) )[^:]{0,20}\d[^:]{0,20}:| ${DATE}[^:]{0,20}:| ?\([^)]*\d[^)]*\)| ?\([^)]{1,30}\) ?:`;
const OF_THIS_ARTICLE = anyOf([
  "to this (?:article|story|report|post)",
  "zu (?:diesem (?:artikel|beitrag|bericht|text)|dieser meldung)",
  "(?:à|de|sur) cet article",
  "(?:a|de|en) (?:este artículo|esta (?:noticia|información))",
]);
const LABEL_END = String.raw`(?= ?[-:.|)\]】〕》>]|$|${CORRECTION_DATE})`;

const LABEL = new RegExp(
  `${START}${LABEL_WORD}${SECOND_LABEL}(?: ${OF_THIS_ARTICLE})?${LABEL_END}`,
  "iu",
);
const UNSPACED_LABEL = new RegExp(`${START}(?:${UNSPACED_LABELS})(?= )`, "u");
const BEGINNING = new RegExp(`${START}${anyOf(CORRECTION_BEGINNINGS)}(?![\\p{L}\\p{M}])`, "iu");
const PHRASE = new RegExp(anyOf(CORRECTION_PHRASES), "iu");
const MISTAKE = new RegExp(anyOf(MISTAKES), "iu");
const NAMES_ARTICLE = new RegExp(anyOf(THIS_ARTICLE), "iu");

function correctionWords(text: string): string | null {
  const head = text.slice(0, 600);
  const found =
    LABEL.exec(head) ??
    UNSPACED_LABEL.exec(head) ??
    BEGINNING.exec(head) ??
    PHRASE.exec(head) ??
    (NAMES_ARTICLE.test(head) ? MISTAKE.exec(head) : null);
  return found?.[0].trim() ?? null;
}

const NEGATIONS: ReadonlySet<string> = new Set(
  "not no never nicht kein keine keinen keiner nie ne pas aucun non jamais no nunca ningún não nenhum niet geen nooit не нет никогда nie 不 没 没有 未 非 無 ない 안 않 لا لم لن ليس".split(
    " ",
  ),
);
