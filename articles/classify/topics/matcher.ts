import { normalized, shortHash } from "../../../lib/text.ts";
import type { TopicHit, TopicRule, TopicVerdict } from "../../../model/articles/classification.ts";
import type { Correction, TopicsDecision } from "../../../model/articles/correction.ts";

export interface TopicInput {
  title: string;
  teaser: string | null;
  text: string;
  /** Primary language subtag. If null, the keywords of every language apply. */
  language: string | null;
  /** Topics that the source declares. They need less evidence. */
  declared: readonly string[];
}

/**
 * A function that returns an article's topics, highest score first and wider topics last. If too
 * few keywords match, it returns the topics that the source declares.
 */
export interface TopicMatcher {
  (input: TopicInput): TopicVerdict[];
  readonly digest: string;
}

/** One keyword of weight 1 in title or lead is enough, as are four in the text. */
const MIN_TOPIC_SCORE = 2;
const MIN_DECLARED_TOPIC_SCORE = 1;
const MAX_TOPICS = 6;
const MIN_BEST_SCORE_SHARE = 0.25;
const MAX_TEXT_CHARS = 12_000;
const MAX_LEAD_CHARS = 300;

export function topicMatcher(rules: readonly TopicRule[]): TopicMatcher {
  const compiled = new Map<string | null, Trie>();
  const compiledFor = (language: string | null) => {
    const trie = compiled.get(language) ?? compile(rules, language);
    compiled.set(language, trie);
    return trie;
  };
  const parents = new Map(rules.map(({ id, parent }) => [id, parent]));
  const match = ({ title, teaser, text, language, declared }: TopicInput) => {
    const trie = compiledFor(language);
    const count = (part: string) => {
      const counts = countKeywords(fold(part), trie);
      limitToExactSpellings([...counts.values()], part, trie.acronyms, language);
      return counts;
    };
    const { lead, rest } = leadOf(teaser, text.slice(0, MAX_TEXT_CHARS));
    const counts = {
      title: count(title),
      lead: count(lead),
      text: count(rest),
    };
    const chosen = choose(scoreTopics(counts), rules, new Set(declared));
    // With too few keywords, only the source's declaration remains.
    if (chosen.length === 0) return asDeclared(declared);
    return withWider(chosen, parents);
  };
  return Object.assign(match, { digest: shortHash(JSON.stringify(rules)).slice(0, 8) });
}

function appliesToLanguage(language: string | null, key: string): boolean {
  return ["any", "en", language].includes(key);
}

function compile(rules: readonly TopicRule[], language: string | null): Trie {
  const acronyms = acronymsOf(rules, language);
  const trie: Trie = { words: emptyNode(), inside: emptyNode(), acronyms };
  const isOwn = (key: string) => appliesToLanguage(language, key);
  const spelled = lowerCased({ acronyms: [...acronyms] });
  for (const [topic, { keywords, negatives }] of rules.entries()) {
    for (const [key, words] of Object.entries(keywords)) {
      if (language === null || isOwn(key)) for (const word of words) addKeyword(trie, word, topic);
    }
    // In an unknown language, a word of another language must not hide the keyword that it equals.
    const own = lowerCased(keywords);
    const hides = (word: string) => language === null && !own.has(word);
    for (const [key, negative] of Object.entries(negatives)) {
      for (const word of negative) {
        if ((isOwn(key) && !spelled.has(word)) || hides(word)) addKeyword(trie, word, topic, true);
      }
    }
  }
  return trie;
}

/** Returns acronyms that are also words: in lower case, `FOI` is French for faith. */
function acronymsOf(rules: readonly TopicRule[], language: string | null): ReadonlySet<string> {
  const isOwn = ([key]: [string, unknown]) => language === null || appliesToLanguage(language, key);
  return new Set(
    rules.flatMap(({ keywords, negatives }) => {
      const words = lowerCased(Object.fromEntries(Object.entries(negatives).filter(isOwn)));
      return Object.values(keywords)
        .flat()
        .filter((word) => word !== word.toLowerCase() && words.has(word.toLowerCase()));
    }),
  );
}

function lowerCased(words: TopicRule["keywords"]): ReadonlySet<string> {
  return new Set(
    Object.values(words)
      .flat()
      .map((word) => word.toLowerCase()),
  );
}

function limitToExactSpellings(
  counts: readonly Map<KeywordEnd, number>[],
  text: string,
  acronyms: ReadonlySet<string>,
  language: string | null,
): void {
  let words: string[] | undefined;
  for (const ends of counts) {
    for (const [end, times] of ends) {
      const { keyword } = end;
      if (!acronyms.has(keyword)) continue;
      words ??= spelledWords(text, language);
      const forms = language === null ? [keyword, keyword.toUpperCase()] : [keyword];
      const written = words.filter((word) => forms.includes(word)).length;
      if (written > 0) ends.set(end, Math.min(times, written));
      else ends.delete(end);
    }
  }
}

function spelledWords(text: string, language: string | null): string[] {
  // In a text that is all in capitals, the spelling doesn't distinguish acronyms.
  const isInCapitals = language !== null && text === text.toUpperCase();
  return isInCapitals ? [] : text.normalize("NFKC").split(NOT_IN_WORD);
}

function leadOf(teaser: string | null, text: string): { lead: string; rest: string } {
  if (teaser) return { lead: teaser, rest: text };
  const paragraph = text.slice(0, MAX_LEAD_CHARS).split("\n\n", 1)[0] ?? "";
  const sentences = /^[^]*[.!?。！？؟](?=\s|$|[^\d\s])/u.exec(paragraph)?.[0] ?? "";
  const lead = sentences.length > 40 ? sentences : paragraph;
  return { lead, rest: text.slice(lead.length) };
}

function choose(
  scored: ReturnType<typeof scoreTopics>,
  rules: readonly TopicRule[],
  declared: ReadonlySet<string>,
): TopicVerdict[] {
  const best = Math.max(0, ...scored.map(({ score }) => score));
  return scored
    .map(({ topic, score, hits }): TopicVerdict => {
      return { id: rules[topic]?.id ?? "", score, because: "keywords", hits };
    })
    .filter(({ id, score }) => {
      if (declared.has(id)) return score >= MIN_DECLARED_TOPIC_SCORE;
      return score >= MIN_TOPIC_SCORE && score >= best * MIN_BEST_SCORE_SHARE;
    })
    .toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, MAX_TOPICS);
}

function withWider(
  chosen: TopicVerdict[],
  parents: ReadonlyMap<string, string | null>,
): TopicVerdict[] {
  const all = new Map(chosen.map((verdict) => [verdict.id, verdict]));
  for (const { id, score } of chosen) {
    for (let wider = parents.get(id); wider; wider = parents.get(wider)) {
      const there = all.get(wider);
      if (there) there.narrower?.push(id);
      else
        all.set(wider, { id: wider, score, because: "narrower topic", hits: [], narrower: [id] });
    }
  }
  return [...all.values()];
}

const WEIGHT = { title: 3, lead: 2, text: 1 } as const;
const MAX_TEXT_SCORE = 3;
const HALF_TEXT_SCORE_HITS = 2;

function scoreTopics(counts: Record<TopicHit["where"], Counts>) {
  const topics = new Set([...counts.title.keys(), ...counts.lead.keys(), ...counts.text.keys()]);
  return [...topics].map((topic) => {
    const title = hitsOf("title", counts.title.get(topic));
    const lead = hitsOf("lead", counts.lead.get(topic));
    const text = hitsOf("text", counts.text.get(topic));
    const often = text.reduce((sum, { times, weight }) => sum + times * weight, 0);
    const score =
      weightOf(title) + weightOf(lead) + (MAX_TEXT_SCORE * often) / (often + HALF_TEXT_SCORE_HITS);
    return { topic, score: Math.round(score * 100) / 100, hits: [...title, ...lead, ...text] };
  });
}

function weightOf(hits: TopicHit[]): number {
  return hits.reduce((sum, { weight }) => sum + weight, 0);
}

function hitsOf(where: TopicHit["where"], found: Map<KeywordEnd, number> = new Map()): TopicHit[] {
  return [...found].map(([{ keyword, weight }, times]) => {
    return { keyword, where, times, weight: WEIGHT[where] * weight };
  });
}

/** Returns verdicts for topics that only the source's declaration supports. */
export function asDeclared(ids: readonly string[]): TopicVerdict[] {
  return [...new Set(ids)].map((id) => ({ id, score: 0, because: "declared", hits: [] }));
}

export function withDeclared(found: TopicVerdict[], declared: readonly string[]): TopicVerdict[] {
  const ids = new Set(found.map(({ id }) => id));
  return [...found, ...asDeclared(declared.filter((id) => !ids.has(id)))];
}

const EDITOR_TOPIC_SCORE = 5;

/** Applies corrections in order. A wider topic is removed with its last narrower topic. */
export function correctTopics(
  read: readonly TopicVerdict[],
  corrections: readonly Pick<Correction<TopicsDecision>, "word">[],
): TopicVerdict[] {
  const all = new Map(read.map((verdict) => [verdict.id, verdict]));
  for (const { word } of corrections) {
    for (const id of word.remove) all.delete(id);
    for (const id of word.add) {
      const { score = 0, hits = [] } = all.get(id) ?? {};
      all.set(id, { id, score: Math.max(score, EDITOR_TOPIC_SCORE), because: "editor", hits });
    }
  }
  return [...all.values()].filter(
    ({ narrower }) => !narrower || narrower.some((id) => all.has(id)),
  );
}

type Counts = Map<number, Map<KeywordEnd, number>>;

function countKeywords(text: string, trie: Trie): Counts {
  const counts: Counts = new Map();
  const covered = new Map<number, number>();
  const here = new Map<number, { end: KeywordEnd; until: number }>();
  const tell = (end: KeywordEnd, until: number) => {
    const longest = here.get(end.topic);
    const wins = !longest || until > longest.until || (until === longest.until && !end.weight);
    if (wins) here.set(end.topic, { end, until });
  };
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const begins = text.charCodeAt(at - 1) === SPACE;
    if (begins && nextOf(trie.words, code)) walk(text, at, trie.words, tell);
    if (nextOf(trie.inside, code)) walk(text, at, trie.inside, tell);
    if (here.size === 0) continue;
    for (const [topic, { end, until }] of here) {
      if ((covered.get(topic) ?? 0) > at) continue;
      covered.set(topic, until);
      if (end.weight > 0) add(counts, end);
    }
    here.clear();
  }
  return counts;
}

function add(counts: Counts, end: KeywordEnd): void {
  let keywords = counts.get(end.topic);
  if (!keywords) counts.set(end.topic, (keywords = new Map()));
  keywords.set(end, (keywords.get(end) ?? 0) + 1);
}

interface KeywordEnd {
  topic: number;
  keyword: string;
  /** A negative, a phrase in which keywords don't count, has weight 0. */
  weight: number;
  open: boolean;
}

/**
 * A node of a `Trie`. `next` is the child for `char`, and `others` has further children by
 * character. `star` is the child after a `*`.
 */
interface Node {
  char: number;
  // Most nodes have one child, and a map for each would take most of the time and memory.
  next: Node | null;
  others: Map<number, Node> | null;
  star: Node | null;
  ends: KeywordEnd[] | null;
}

/** Keywords of `words` start where a word begins; keywords of `inside` start anywhere. */
interface Trie {
  words: Node;
  inside: Node;
  /** Keywords that count only as they are written, because in lower case they are words. */
  acronyms: ReadonlySet<string>;
}

const NONE = -1;

function emptyNode(): Node {
  return { char: NONE, next: null, others: null, star: null, ends: null };
}

/** Adds a keyword such as `sensor*^0.5`: `*` is any part of a word, `^` precedes a weight. */
function addKeyword(trie: Trie, written: string, topic: number, isNegative = false): void {
  const [pattern = "", weight = "1"] = written.split("^");
  const free = pattern.startsWith("*");
  // `KI-*` means `KI`: a hyphen ends a word, and what follows is a separate word.
  const rest = (free ? pattern.slice(1) : pattern).replace(/[^\p{L}\p{N}]\*/gu, "");
  const pieces = rest.split("*").map((piece) => fold(piece).trim());
  const open = pieces.length > 1 && pieces.at(-1) === "";
  if (open) pieces.pop();
  const first = pieces[0]?.charAt(0) ?? "";
  // Arabic prepositions are joined to the word after them.
  const inside = free || isCjk(first) || ARABIC.test(first);
  let node = inside ? trie.inside : trie.words;
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) node = step((node.star ??= emptyNode()), SPACE);
    for (let at = 0; at < piece.length; at++) node = step(node, piece.charCodeAt(at));
  }
  const end = { topic, keyword: written, weight: isNegative ? 0 : Number(weight) };
  const last = pieces.at(-1)?.at(-1) ?? "";
  (node.ends ??= []).push({ ...end, open: open || isCjk(last) });
}

function step(node: Node, char: number): Node {
  const there = nextOf(node, char);
  if (there) return there;
  const next = emptyNode();
  if (node.next) (node.others ??= new Map()).set(char, next);
  else [node.char, node.next] = [char, next];
  return next;
}

function nextOf(node: Node, char: number): Node | null {
  return node.char === char ? node.next : (node.others?.get(char) ?? null);
}

function walk(
  text: string,
  at: number,
  from: Node,
  tell: (end: KeywordEnd, until: number) => void,
): void {
  let node = from;
  for (let place = at; ; place++) {
    const char = text.charCodeAt(place);
    for (const end of node.ends ?? []) if (end.open || char === SPACE) tell(end, place);
    if (node.star) {
      const rest = text.indexOf(" ", place);
      if (rest >= 0) walk(text, rest, node.star, tell);
    }
    const next = nextOf(node, char);
    if (!next) return;
    node = next;
  }
}

const CJK = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]/;
const NOT_IN_WORD = new RegExp(`(?:\\P{L}|${CJK.source})+`, "u");
const ARABIC = /[\u0621-\u064a]/;
/** Matches the Arabic prefixes for `and`, `with`, `as`, `for` and `the`. */
const ARABIC_START = /(?<= )(?:[وف]?[بك]?ال|[وف]?لل|و)(?=[\u0621-\u064a]{3})/g;
const FIRST_CJK_CODE_UNIT = 0x3040;
/** One UTF-16 code unit can become three, with a space before each of them. */
const MAX_GROWTH_FACTOR = 6;

let buffer = new Uint16Array(1 << 14);

/**
 * Returns the form for comparing keywords: lower case, no accents, a space around each word. Spaces
 * within Chinese, Japanese and Korean are removed.
 */
export function fold(text: string): string {
  const folded = characters(text) ?? characters(plain(text), true) ?? "";
  return ARABIC.test(folded) ? folded.replace(ARABIC_START, "") : folded;
}

/** Whether a character belongs to a script in which spaces don't reliably separate words. */
export function isCjk(char: string): boolean {
  return CJK.test(char);
}

/** Returns a text's folded form; null if the text must be normalised first. */
function characters(text: string, isPlain = false): string | null {
  if (buffer.length < text.length * MAX_GROWTH_FACTOR + 2)
    buffer = new Uint16Array(text.length * MAX_GROWTH_FACTOR + 2);
  const to = buffer;
  to[0] = SPACE;
  let end = 1;
  let [isApart, wasCjk] = [false, false];
  const put = (code: number) => {
    if (code === SPACE) {
      isApart = true;
      return;
    }
    const cjk = code >= FIRST_CJK_CODE_UNIT && CJK.test(String.fromCharCode(code));
    if (end > 1 && (isApart ? !(cjk && wasCjk) : cjk !== wasCjk)) to[end++] = SPACE;
    to[end++] = code;
    wasCjk = cjk;
    isApart = false;
  };
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const single = singles[code] || foldUnit(code);
    if (single === DEPENDS_ON_NEIGHBOURS) {
      if (!isPlain) return null;
      put(code);
    } else if (single === NONE_OR_SEVERAL) several.get(code)?.forEach(put);
    else put(single);
  }
  if (end > 1) to[end++] = SPACE;
  return Buffer.from(to.buffer, 0, end * 2).toString("utf16le");
}

const DIACRITICS = /\u0640|[\u0300-\u036f]|[\u064b-\u0655\u0670]/g;
const BETWEEN_WORDS = /[^\p{L}\p{N}\p{M}]+/gu;
const COMBINING_CHARACTER = /[\p{M}\u1100-\u11ff]/u;
/** The lower case of `Σ` depends on its position in the word. */
const CONTEXT_DEPENDENT = /[\ud800-\udfffΣ]/u;
const LETTERS: Readonly<Record<string, string>> = { ß: "ss", ة: "ه", ى: "ي" };
const MAX_FOLDED_UNITS = 3;

const SPACE = 32;
const DEPENDS_ON_NEIGHBOURS = -1;
const NONE_OR_SEVERAL = -2;

const singles = new Int32Array(1 << 16);
const several = new Map<number, readonly number[]>();

function plain(text: string): string {
  const bare = normalized(text, "NFKD").replace(DIACRITICS, "").normalize("NFC");
  return bare.toLowerCase().replace(BETWEEN_WORDS, " ");
}

function foldUnit(code: number): number {
  const char = String.fromCharCode(code);
  const even = Array.from(
    plain(char),
    (each) => LETTERS[each] ?? SIMPLIFIED_CHARACTERS.get(each) ?? each,
  );
  const units = even
    .join("")
    .split("")
    .map((each) => each.charCodeAt(0));
  let single = units.length === 1 ? (units[0] ?? DEPENDS_ON_NEIGHBOURS) : NONE_OR_SEVERAL;
  if (
    CONTEXT_DEPENDENT.test(char.normalize("NFKD")) ||
    COMBINING_CHARACTER.test(even.join("")) ||
    units.length > MAX_FOLDED_UNITS
  ) {
    single = DEPENDS_ON_NEIGHBOURS;
  }
  if (single === NONE_OR_SEVERAL) several.set(code, units);
  singles[code] = single;
  return single;
}

const TRADITIONAL_SIMPLIFIED_PAIRS = [
  "數数據据開开資资訊讯網网絡络電电務务證证認认識识隱隐護护個个車车動动醫医療疗遠远學学習习採采購购標标參参與与眾众見见慮虑雲云計计區区塊块鏈链發发廣广寬宽頻频帶带",
  "訂订雙双熱热環环節节減减氣气變变遷迁監监測测質质廢废處处類类燈灯築筑規规劃划設设許许詐诈騙骗偽伪駭骇軟软體体擊击災灾應应緊紧報报預预無无機机駕驾駛驶軌轨運运鐵铁",
  "單单騎骑橋桥樓楼稅税稱称繳缴費费貨货幣币錢钱過过業业辦办項项執执審审關关統统協协辯辩訴诉訟讼線线聯联結结連连遙遥圖图書书館馆鄉乡農农鎮镇齡龄殘残礙碍視视聽听選选",
  "舉举問问責责違违賄贿貪贪領领導导張张長长門门戶户戰战創创競竞爭争賽赛優优獎奖獨独壟垄斷断臺台灣湾總总級级聲声紋纹臉脸檢检屬属權权簽签號号碼码條条約约圍围國国際际",
  "亞亚歐欧飛飞構构實实劇剧產产術术語语義义練练訓训題题場场儲储倉仓庫库陽阳風风換换額额積积極极濟济師师閱阅讀读評评價价調调從从眞真準准備备組组織织團团員员記记錄录",
  "註注冊册鍵键維维靈灵擬拟現现傳传廳厅樹树綠绿藍蓝藥药險险簡简歷历檔档壓压噴喷鄰邻爾尔賬账帳帐滲渗補补誤误謠谣鎖锁進进貿贸達达還还這这麼么盤盘腦脑層层廠厂畫画戲戏",
  "億亿萬万幫帮專专顯显顧顾願愿頭头顏颜飲饮養养魚鱼鳥鸟麗丽齊齐",
].join("");

/** Simplified characters by their traditional forms, so that one keyword finds both. */
export const SIMPLIFIED_CHARACTERS = charactersByPair(TRADITIONAL_SIMPLIFIED_PAIRS);

/** Returns, for pairs of characters such as `aAbB`, the second character by the first one. */
export function charactersByPair(pairs: string): ReadonlyMap<string, string> {
  return new Map(pairs.match(/../gu)?.map((pair) => [pair.charAt(0), pair.charAt(1)]));
}
