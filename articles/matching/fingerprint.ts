import { createRequire } from "node:module";
import { normalized, shortHash } from "../../lib/text.ts";
import { DAY_MS } from "../../lib/time.ts";
import {
  aroundDay,
  type Features,
  type FingerprintKey,
  PERMUTATIONS,
  pairKey,
  runKey,
  textKey,
} from "../../model/articles/fingerprint.ts";

/** Shorter texts share too many shingles by chance. */
const MIN_SKETCHED_WORDS = 60;
const MIN_WORDS_WITHOUT_TITLE = 30;
/**
 * Maximum number of long word sequences hashed per text. With 12, 93 of 100 excerpts that are a
 * fifth of a text share one of them with the text.
 */
const MAX_RUNS = 12;

const MAX_TITLE = 300;

/** Two terms are paired only if their ranks by weight (from 0) add up to less. */
const PAIR_RANK_LIMIT = 7;

export interface FingerprintInput {
  sourceId: string;
  /** Trust in the article's source, 0 to 1. */
  trust: number;
  title: string;
  text: string;
  /** Primary language subtag (BCP 47) in lower case; null if the language is unknown. */
  language: string | null;
  /** The publication time or the time of the first fetch, whichever is earlier. */
  at: Date;
  /** The feed's id of the article, hashed by `guidHash`. */
  guid?: string | null;
  /** Set if the text comes from an entry point because the article's page hasn't arrived. */
  isAnnounced?: boolean;
}

/** Returns the hash of an article's id in a feed. Such ids are unique only within a source. */
export function guidHash(sourceId: string, guid: string): string {
  return shortHash(`${sourceId} ${guid}`);
}

/** Returns the features by which an article is compared. */
export function fingerprint(input: FingerprintInput): Features {
  const { guid = null, isAnnounced = false } = input;
  const [title, text] = [normalizeText(input.title), normalizeText(input.text)];
  const { tokens, shingle, words } = normalize(text);
  const titleCounts = words < (isAnnounced ? MIN_SKETCHED_WORDS : MIN_WORDS_WITHOUT_TITLE);
  const titleTokens = titleCounts ? normalize(title).tokens : [];
  const { signature, shingles, runs } =
    words < MIN_SKETCHED_WORDS ? NO_SKETCH : sketch(tokens, shingle);
  const terms = termsOf(input);
  const titleWords = title.words.join(" ").slice(0, MAX_TITLE);
  const textHash = shortHash([...titleTokens, "", ...tokens].join(" "));
  return {
    rules: MATCHING_VERSION,
    sourceId: input.sourceId,
    trust: input.trust,
    textHash,
    signature,
    shingles,
    terms,
    keys: [
      textKey(textHash),
      ...runs.map((run) => runKey(run, input.at)),
      ...pairsOf(terms).map((pair) => pairKey(pair, input.at)),
      ...(titleWords ? [pairKey(shortHash(`title ${titleWords}`), input.at)] : []),
      ...(guid ? [textKey(guid)] : []),
    ],
    at: input.at,
    words,
    title: titleWords,
    guid,
    isAnnounced: isAnnounced && words < MIN_SKETCHED_WORDS,
    numbers: {
      title: numbersOf(title, 10),
      text: numbersOf(text, 40),
      form: shortHash(formOf(title)),
      textForm: shortHash(formOf(text)),
    },
  };
}

/** Returns `keys` with their variants for the day before and after, to find similar articles. */
export function probeKeys({ keys }: Pick<Features, "keys">): FingerprintKey[] {
  // Querying three times as many keys is cheaper than storing them.
  return keys.flatMap(aroundDay);
}

/** Returns hashes of term pairs, because too many articles share a single term. */
function pairsOf(terms: readonly Term[]): string[] {
  const heaviest = terms
    .slice(0, PAIR_RANK_LIMIT)
    .filter(([, weight]) => weight >= MIN_HEAVY_WEIGHT)
    .map(([term]) => term);
  return heaviest.flatMap((one, n) =>
    heaviest
      .slice(n + 1, PAIR_RANK_LIMIT - n)
      .map((other) => shortHash([one, other].toSorted().join("\n"))),
  );
}

const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/gu;

/** Splits a normalised text into words, or into characters if its script has no spaces. */
export function normalize({ plain, words }: NormalizedText) {
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const unspaced = letters > 0 ? (plain.match(UNSPACED)?.length ?? 0) : 0;
  if (unspaced * 2 < letters || letters === 0) {
    return { tokens: words, shingle: 3, words: words.length } as const;
  }
  const tokens = Array.from(words.join(""));
  return { tokens, shingle: 5, words: Math.round(tokens.length / 2) } as const;
}

// Never change these: stored signatures are compared with later ones.
const SEEDS = Int32Array.from({ length: PERMUTATIONS }, (_, i) => mix(0x9e3779b9 * (i + 1)));

const NO_SKETCH: ReturnType<typeof sketch> = {
  signature: new Uint16Array(),
  shingles: 0,
  runs: [],
};

/** Lengths of the hashed sequences: 8 words if a shingle has 3, 13 characters if it has 5. */
const RUN_LENGTHS = { 3: 8, 5: 13 } as const;

/** Returns a MinHash signature (Broder 1997), and hashes of longer sequences of words. */
function sketch(tokens: readonly string[], shingle: 3 | 5) {
  const hashes = Int32Array.from(tokens, hashText);
  const runs = runHashes(hashes, shingle);
  return {
    // MinHash stores only the low 16 bits of each value (Li and Koenig 2010).
    signature: Uint16Array.from(SEEDS, (seed) => least(runs, seed)),
    shingles: runs.length,
    // A text and its excerpt of a fraction p share a run with probability 1 - (1 - p)^MAX_RUNS.
    runs: Array.from(runHashes(hashes, RUN_LENGTHS[shingle]).subarray(0, MAX_RUNS)),
  };
}

function least(runs: Uint32Array, seed: number): number {
  // Flipping the highest bit keeps the order for signed numbers, so the innermost loop uses
  // integers only.
  let smallest = 0x7fffffff;
  for (let n = 0; n < runs.length; n += 1) {
    let h = (runs[n] ?? 0) ^ seed;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h = h ^ (h >>> 16) ^ 0x80000000;
    if (h < smallest) smallest = h;
  }
  return smallest ^ 0x80000000;
}

function runHashes(hashes: Int32Array, length: number): Uint32Array {
  // Fewer than `length` tokens form one run.
  const found = new Uint32Array(Math.max(1, hashes.length - length + 1));
  for (let start = 0; start < found.length; start += 1) {
    let run = 0;
    for (let i = start; i < start + length && i < hashes.length; i += 1) {
      run = Math.imul(run ^ (hashes[i] ?? 0), 0x01000193) + i - start;
    }
    found[start] = mix(run);
  }
  found.sort();
  let different = 1;
  for (let n = 1; n < found.length; n += 1) {
    const value = found[n] ?? 0;
    if (value !== found[n - 1]) found[different++] = value;
  }
  return found.subarray(0, different);
}

/** Applies the 32-bit finaliser of MurmurHash3. */
function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Returns the FNV-1a hash of a text's UTF-16 code units. */
function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** Version of the rules for copies and stories. Raise it when a change can alter a result. */
export const MATCHING_VERSION = "6";

const MIN_EVENT_SCORE = 0.3;
const MIN_SHARED_WEIGHT = 4;
export const MIN_HEAVY_WEIGHT = 1;
const MIN_HEAVY_TERMS = 2;
/** Raises the thresholds for articles of one source, which rarely reports an event twice. */
const ONE_SOURCE_FACTOR = 1.5;
const MAX_DAYS_APART = 3;

/**
 * Returns how likely two articles report one event, and up to 8 terms of both, heaviest first; null
 * if unlikely. A `thresholdFactor` below 1 accepts less similar articles.
 */
export function eventOf(a: Features, b: Features, thresholdFactor = 1) {
  const days = Math.abs(a.at.getTime() - b.at.getTime()) / DAY_MS;
  if (days > MAX_DAYS_APART) return null;
  const weights = new Map(a.terms);
  let [weight, heavy, product] = [0, 0, 0];
  const shared = new Set<string>();
  for (const [term, other] of b.terms) {
    const own = weights.get(term);
    if (own === undefined) continue;
    const smaller = Math.min(own, other);
    weight += smaller;
    product += own * other;
    if (smaller >= MIN_HEAVY_WEIGHT) heavy += 1;
    shared.add(term);
  }
  if (heavy < MIN_HEAVY_TERMS) return null;
  const cosine = product / (normOf(a) * normOf(b));
  const factor = (a.sourceId === b.sourceId ? ONE_SOURCE_FACTOR : 1) * thresholdFactor;
  if (weight < MIN_SHARED_WEIGHT * factor || cosine < MIN_EVENT_SCORE * factor) return null;
  const terms = a.terms.flatMap(([term]) => (shared.has(term) ? term : []));
  return { score: Math.min(1, cosine), terms: terms.slice(0, 8) };
}

function normOf({ terms }: Features): number {
  return Math.sqrt(terms.reduce((sum, [, weight]) => sum + weight * weight, 0)) || 1;
}

const CYRILLIC: ReadonlyMap<string, string> = new Map(
  "аa бb вv гg дd еe ёe жzh зz иi йi кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щsch ыy эe юyu яya іi їi єe ґg ўu ђdj јj љl њn ћc џdz"
    .split(" ")
    .map((pair) => [pair.charAt(0), pair.slice(1)]),
);
const ARABIC_PREFIX = /^(?:[وف]?(?:ال|بال|لل|كال))(?=..)/u;
const STEM_LENGTH = 7;

function stemOf(word: string): string {
  if (/^[a-z]+$/.test(word)) return withoutEnding(word);
  if (/^\p{sc=Han}+$/u.test(word)) return word.normalize("NFD");
  if (/^\p{sc=Arabic}/u.test(word)) {
    // Removes vowel marks, the word for "the" (ال) and a final ة or ه.
    return word
      .replace(/[\u064b-\u0652\u0640]/g, "")
      .replace(ARABIC_PREFIX, "")
      .replace(/[ةه]$/u, "");
  }
  const latin = word.replace(/[\u0400-\u04ff]/g, (letter) => CYRILLIC.get(letter) ?? "");
  const bare = normalized(latin, "NFD").replace(/\p{M}/gu, "").replace(/ß/g, "ss");
  return /^[a-z]/.test(bare) ? withoutEnding(bare) : bare;
}

function withoutEnding(word: string): string {
  const start = word.slice(0, STEM_LENGTH);
  const stem = start.replace(/[aeiouysnm]+$/, "");
  return stem.length >= 3 ? stem : start;
}

/** A word, name or number, and how much it says about the article's event. */
export type Term = readonly [term: string, weight: number];

const LEAD_CHARS = { spaced: 700, unspaced: 350 };
const MAX_TERMS = 30;
const TITLE_AND_TEXT_FACTOR = 1.4;
const TITLE_FACTOR = 1.2;

const NUMBER = /\d+(?:[.,\u00a0\u202f \u066b\u066c]\d{3}(?!\d)|[.,]\d+)*/gu;
const CAPITALISED = /^\p{Lu}/u;
const ACRONYM = /^(?=.*\p{Lu}.*\p{Lu})[\p{Lu}\p{N}]{2,}$/u;
const UNSPACED_SCRIPT = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;
const segmenters = new Map<string, Intl.Segmenter>();

/** Returns up to 30 terms, heaviest first. A weight never depends on other articles. */
function termsOf({ title, text, language }: FingerprintInput): Term[] {
  const inTitle = read(title, language);
  const inText = read(
    text.slice(0, isSegmented(text, language) ? LEAD_CHARS.unspaced : LEAD_CHARS.spaced),
    language,
  );
  const all = new Map(inText);
  for (const [term, weight] of inTitle) {
    const other = inText.get(term);
    all.set(term, other ? Math.max(weight, other) * TITLE_AND_TEXT_FACTOR : weight * TITLE_FACTOR);
  }
  return [...all]
    .map(([term, weight]): Term => [term, Math.round(weight * 100) / 100])
    .toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
    .slice(0, MAX_TERMS);
}

function read(text: string, language: string | null): Map<string, number> {
  const found = new Map<string, number>();
  const add = (term: string, weight: number) => {
    if (weight > (found.get(term) ?? 0)) found.set(term, weight);
  };
  for (const number of numbersIn(text)) add(number, weightOfNumber(number));
  for (const { word, isFirst } of wordsOf(text, language)) {
    const even = plainOf(word);
    if (/^\d/.test(even) || isStopword(even, language) || isInCalendar(even)) continue;
    const stem = stemOf(even);
    if (stem.length < 2) continue;
    add(stem, COMMON_STEMS.has(stem) ? 0.2 : weightOfWord(word, isFirst, language));
  }
  return found;
}

function numbersIn(text: string): string[] {
  const found = plainOf(text).match(NUMBER) ?? [];
  return found
    .map((number) => number.replace(/\D/g, "").replace(/^0+/, ""))
    .filter((number) => number.length >= 2 && !/^(?:19|20)\d\d$/.test(number));
}

function weightOfNumber(number: string): number {
  if (/^[1-9]0+$/.test(number)) return 1;
  return [0, 0, 1.2, 2.2][number.length] ?? 2.8;
}

function weightOfWord(word: string, isFirst: boolean, language: string | null): number {
  if (UNSPACED_SCRIPT.test(word))
    return word.length < 2 ? 0.1 : Math.min(2, 0.4 + word.length * 0.4);
  if (ACRONYM.test(word)) return word.length === 2 ? 1 : 2;
  if (/^\p{sc=Arabic}/u.test(word)) return word.length < 4 ? 0.4 : 1.1;
  const long = word.length < 4 ? 0.2 : Math.min(1, word.length * 0.1);
  if (!CAPITALISED.test(word)) return long;
  // German capitalises all nouns, and every sentence begins with a capital.
  if (language === "de") return 0.5 + long;
  return isFirst ? 0.6 + long : 1 + long;
}

function wordsOf(text: string, language: string | null): { word: string; isFirst: boolean }[] {
  const even = normalized(text, "NFKC");
  if (isSegmented(even, language)) {
    return [...segmenterOf(language).segment(even)].flatMap(({ segment: word, isWordLike }) =>
      isWordLike ? { word, isFirst: false } : [],
    );
  }
  return [...even.matchAll(WORD)].map(({ 0: word, index }) => {
    const before = even.slice(Math.max(0, index - 3), index);
    return { word, isFirst: index === 0 || /[.!?:“"«»]\s*$/u.test(before) };
  });
}

function isSegmented(text: string, language: string | null): language is "zh" | "ja" {
  return (language === "zh" || language === "ja") && UNSPACED_SCRIPT.test(text);
}

function segmenterOf(language: string): Intl.Segmenter {
  const known = segmenters.get(language) ?? new Intl.Segmenter(language, { granularity: "word" });
  segmenters.set(language, known);
  return known;
}

const require = createRequire(import.meta.url);
const STOPWORDS = require("stopwords-iso") as Readonly<Record<string, readonly string[]>>;

/** All news on digital government has these words, so they don't tell events apart. */
const SUBJECT_WORDS =
  `digital city cities government agency ministry minister public service services data portal platform
  smart online internet system systems software application council municipal municipality mayor citizens residents
  project programme program plan contract euros million billion percent year years week month monday tuesday
  wednesday thursday friday saturday sunday people users security information technology national european
  announced launched presents starts says new first state country region administration official electronic
  stadt städte bund behörde ministerium verwaltung bürger daten dienst dienste projekt land kommune millionen
  milliarden prozent jahr jahre woche startet bekommt neue neuer erste digitale
  ville villes gouvernement agence ministère ministre données service plateforme citoyens projet année millions
  ciudad ciudades gobierno agencia ministerio datos servicio servicios plataforma ciudadanos proyecto millones
  ayuntamiento municipio città comune governo ministero dati servizi piattaforma cittadini progetto milioni
  cidade cidades governo ministério dados serviços plataforma cidadãos projeto câmara milhões
  gemeente gemeenten overheid ministerie gegevens dienst burgers miljoen stad
  город города правительство министерство данные услуги платформа граждане проект рублей миллионов
  مدينة حكومة وزارة بيانات خدمة خدمات منصة مشروع رقمية رقمي الذكاء الاصطناعي مليون
  城市 政府 数据 服务 平台 建设 项目 数字 智慧 发展 系统 全国 市政府 发布 公布
  デジタル 市 都 府 県 政府 データ サービス システム 発表 住民 導入 人工知能`.split(/\s+/);

const COMMON_STEMS = new Set(SUBJECT_WORDS.map((word) => stemOf(word.toLowerCase())));
const stops = new Map<string, ReadonlySet<string>>();

function isStopword(word: string, language: string | null): boolean {
  return listOf("en").has(word) || (language !== null && listOf(language).has(word));
}

function listOf(language: string): ReadonlySet<string> {
  const known = stops.get(language) ?? new Set(STOPWORDS[language] ?? []);
  stops.set(language, known);
  return known;
}

// Digits within Latin words (`H2O`, `w3c`) are not numbers; next to ideographs they are.
const DIGITS = /\d(?<![\p{sc=Latin}\d]\d)\d*(?:[.,:/\u066b\u066c-]\d+)*/gu;
const HAN = /\p{sc=Han}/u;
/** A Chinese numeral counts only after 第 or before a unit, because it can be part of a word. */
const HAN_NUMBER =
  /(?<=第)[〇零一二三四五六七八九十百千]+|(?<![〇零一二三四五六七八九十百千])[〇零一二三四五六七八九十百千]+(?=[年月日号號期季次个個万亿萬億])/gu;
const HAN_WEEKDAY = /(?:星期|周|週)([一二三四五六日天])|([月火水木金土日])曜/gu;

/** Returns numbers (`1,200` as `1200`), Chinese numerals, months (`m11`) and weekdays (`w3`). */
export function numbersOf({ plain, words }: NormalizedText, limit: number): string[] {
  const found = new Set<string>();
  for (const [number] of plain.matchAll(DIGITS)) found.add(number.replace(/\D/g, ""));
  if (HAN.test(plain)) {
    for (const [number] of plain.matchAll(HAN_NUMBER)) found.add(number);
    for (const [, chinese, japanese] of plain.matchAll(HAN_WEEKDAY)) {
      found.add(`w${chinese ?? japanese}`);
    }
  }
  for (const calendarName of calendarOf(words)) if (calendarName) found.add(calendarName);
  return [...found].slice(0, limit);
}

/**
 * Returns a text without numbers, months and weekdays, which are often the only differences between
 * reports of a series.
 */
export function formOf({ words }: NormalizedText): string {
  const calendarNames = calendarOf(words);
  const bare = words.filter((_, n) => !calendarNames[n]).join(" ");
  const digitless = bare.replace(DIGITS, " ");
  const rest = HAN.test(bare)
    ? digitless.replace(HAN_NUMBER, " ").replace(HAN_WEEKDAY, " ")
    : digitless;
  return rest.replace(/ {2,}/g, " ").trim();
}

const LANGUAGES = "en de fr es it pt nl pl ru uk cs sv da fi tr ar ko el ro hu id vi".split(" ");
const AMBIGUOUS_MONTHS = new Set(["may", "march", "mars", "mai"]);
let calendar: ReadonlyMap<string, string> | undefined;

function calendarOf(words: readonly string[]): (string | null)[] {
  const names = calendarWords();
  return words.map((word, n) => {
    const calendarName = names.get(word);
    if (calendarName === undefined) return null;
    return !AMBIGUOUS_MONTHS.has(word) || isNumber(words[n - 1]) || isNumber(words[n + 1])
      ? calendarName
      : null;
  });
}

export function isInCalendar(word: string): boolean {
  return calendarWords().has(word) && !AMBIGUOUS_MONTHS.has(word);
}

function isNumber(word = ""): boolean {
  return /^\d/.test(word);
}

/** Returns codes, such as `m11`, by month or weekday. Caches them: to compute them takes 20 ms. */
function calendarWords(): ReadonlyMap<string, string> {
  if (calendar) return calendar;
  const words = new Map<string, string>();
  const add = (name: string, value: string) => {
    const [word = "", ...more] = plainOf(name).match(WORD) ?? [];
    if (word.length < 3 || /\d/.test(word) || more.length > 1) return;
    words.set(word, value);
  };
  for (const language of LANGUAGES) {
    const weekday = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" });
    for (let day = 0; day < 7; day += 1) {
      add(weekday.format(new Date(Date.UTC(2026, 1, 1 + day))), `w${day}`);
    }
    // Some languages inflect a month next to a day, but not a month alone, as in headlines.
    for (const form of [{ month: "long", day: "numeric" }, { month: "long" }] as const) {
      const format = new Intl.DateTimeFormat(language, { ...form, timeZone: "UTC" });
      for (let month = 0; month < 12; month += 1) {
        const parts = format.formatToParts(new Date(Date.UTC(2026, month, 20)));
        add(parts.find(({ type }) => type === "month")?.value ?? "", `m${month + 1}`);
      }
    }
  }
  calendar = words;
  return words;
}

/** The digit 0 in non-Latin scripts, ascending, because `plainOf` searches from the end. */
const ZERO_CODE_POINTS = [
  0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0x1040,
  0x17e0,
];
const ASCII = /^[\t\n\r -~]*$/;
const OTHER_DIGIT = /[^\P{Nd}0-9]/gu;

/** Returns a text in NFKC and lower case, with ASCII digits: `٢٠٢٦` becomes `2026`. */
export function plainOf(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return normalized(text, "NFKC")
    .toLowerCase()
    .replace(OTHER_DIGIT, (digit) => {
      const code = digit.codePointAt(0) ?? 0;
      const zero = ZERO_CODE_POINTS.findLast((each) => each <= code) ?? code;
      return code - zero < 10 ? String(code - zero) : digit;
    });
}

export const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;

/** A normalised text and its words. */
export interface NormalizedText {
  plain: string;
  words: readonly string[];
}

export function normalizeText(text: string): NormalizedText {
  const even = plainOf(text);
  return { plain: even, words: even.match(WORD) ?? [] };
}
