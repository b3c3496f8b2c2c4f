/** How publishers say that they corrected an article: at the beginning of a paragraph or headline. */
const LABELS = [
  "corrections?|corrected|clarification|erratum|errata|editor'?s note|this (?:article|story|report|post) (?:was|has been) (?:corrected|amended)",
  "korrektur|korrigiert|berichtigung|richtigstellung|anmerkung der redaktion|(?:wir haben|die redaktion hat) .{0,60}(?:korrigiert|berichtigt)",
  "rectificatif|correction|rectification|erratum|précision|note de la rédaction|cet article a été (?:corrigé|rectifié)",
  "corrección|rectificación|fe de erratas|aclaración|nota de la redacción|este artículo ha sido corregido",
  "correzione|errata corrige|rettifica|precisazione|nota della redazione",
  "correção|errata|retificação|esclarecimento|nota da redação|este texto foi corrigido",
  "correctie|rectificatie|gecorrigeerd|verbetering|noot van de redactie",
  "исправление|исправлено|поправка|уточнение|опровержение|от редакции",
  "sprostowanie|korekta|düzeltme|更正|勘误|更正说明|编者按|訂正|おわび|お詫び|정정|바로잡습니다|تصحيح|تصويب|تنويه",
];

/** The same in the middle of a text: what an earlier version said. */
const PHRASES = [
  "(?:an )?(?:earlier|previous) version of this (?:article|story|report|post)|we (?:wrongly|incorrectly|mistakenly) (?:said|reported|stated)",
  "in einer (?:früheren|vorherigen|ersten) (?:version|fassung)|hieß es (?:zunächst|zuerst|irrtümlich)|irrtümlich",
  "(?:une|dans une) (?:version|première version) (?:précédente|antérieure|de cet article)|contrairement à ce que nous avions|par erreur",
  "(?:una|en una) versión (?:anterior|previa)|por error",
  "(?:una|in una) versione precedente|per errore",
  "(?:uma|em uma|numa) versão anterior|informou incorretamente|erroneamente",
  "(?:een|in een) eerdere versie|ten onrechte|abusievelijk",
  "в (?:предыдущей|первоначальной|более ранней) версии|ошибочно (?:указан|сообщ|назван)",
  "本文(?:此前|早前|先前)|(?:此前|早前)(?:的)?(?:版本|报道)(?:有误|误)|误写为|誤って|以前の(?:記事|版)|誤りでした|잘못 (?:표기|보도)|이전 (?:기사|버전)|نسخة سابقة من هذا|عن طريق الخطأ",
];

const LABEL = new RegExp(`^\\W*(?:${LABELS.join("|")})(?![\\p{L}\\p{M}])`, "iu");
const UNSPACED_LABEL = /^\W*(?:更正|勘误|訂正|おわび|お詫び|정정|바로잡습니다)/u;
const PHRASE = new RegExp(`(?:${PHRASES.join("|")})`, "iu");

/** The publisher's own words for a correction in a paragraph or headline; null without any. */
export function correctionWords(text: string): string | null {
  const head = text.slice(0, 600);
  return (LABEL.exec(head) ?? UNSPACED_LABEL.exec(head) ?? PHRASE.exec(head))?.[0].trim() ?? null;
}

/** Words that turn a sentence into its opposite. */
export const NEGATIONS: ReadonlySet<string> = new Set(
  "not no never nicht kein keine keinen keiner nie ne pas aucun non jamais no nunca ningún não nenhum niet geen nooit не нет никогда nie 不 没 没有 未 非 無 ない 안 않 لا لم لن ليس".split(
    " ",
  ),
);
