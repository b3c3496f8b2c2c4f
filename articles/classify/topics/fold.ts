import { normalized } from "../../../lib/text.ts";

const CJK = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]/;
/**
 * Matches the characters that separate words: every character that isn't a letter, and Chinese,
 * Japanese and Korean letters, which `fold` also separates from words of other scripts.
 */
export const NOT_IN_WORD = new RegExp(`(?:\\P{L}|${CJK.source})+`, "u");
const ARABIC = /[\u0621-\u064a]/;
/** Matches the Arabic prefixes for `and`, `with`, `as`, `for` and `the` before three letters. */
const ARABIC_START = /(?<= )(?:[وف]?[بك]?ال|[وف]?لل|و)(?=[\u0621-\u064a]{3})/g;
const FIRST_CJK_CODE_UNIT = 0x3040;
/** One UTF-16 code unit can become three, with a space before each of them. */
const MAX_GROWTH_FACTOR = 6;

let buffer = new Uint16Array(1 << 14);

/**
 * Returns the form for comparing keywords: lower case, no accents, a space around each word. Spaces
 * within Chinese, Japanese and Korean are removed, and a space separates these from other scripts.
 */
export function fold(text: string): string {
  const folded = characters(text) ?? characters(plain(text), true) ?? "";
  return ARABIC.test(folded) ? folded.replace(ARABIC_START, "") : folded;
}

/** Whether a character belongs to a script in which spaces don't reliably separate words. */
export function isCjk(char: string): boolean {
  return CJK.test(char);
}

/** Whether a character is Arabic. Prepositions can be joined to the beginning of Arabic words. */
export function isArabic(char: string): boolean {
  return ARABIC.test(char);
}

/**
 * Folds a text. Returns null if the whole text must be normalised first; `isPlain` says that it
 * already is.
 */
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
    const single = singles[code] || learn(code);
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
/** Matches combining marks that folding keeps, and parts of Korean syllables. */
const COMBINING_CHARACTER = /[\p{M}\u1100-\u11ff]/u;
/** Matches halves of surrogate pairs, and `Σ`, whose lower case depends on its position. */
const CONTEXT_DEPENDENT = /[\ud800-\udfffΣ]/u;
const LETTERS: Readonly<Record<string, string>> = { ß: "ss", ة: "ه", ى: "ي" };
const MAX_FOLDED_UNITS = 3;

/** The folded form of any character between words: a space. */
export const SPACE = 32;
const DEPENDS_ON_NEIGHBOURS = -1;
const NONE_OR_SEVERAL = -2;

const singles = new Int32Array(1 << 16);
const several = new Map<number, readonly number[]>();

function plain(text: string): string {
  const bare = normalized(text, "NFKD").replace(DIACRITICS, "").normalize("NFC");
  return bare.toLowerCase().replace(BETWEEN_WORDS, " ");
}

/**
 * Stores and returns what a code unit becomes when folded: another code unit, `NONE_OR_SEVERAL` or
 * `DEPENDS_ON_NEIGHBOURS`.
 */
function learn(code: number): number {
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

/** Traditional characters in news about governments and cities, each before its simplified form. */
const PAIRS = [
  "數数據据開开資资訊讯網网絡络電电務务證证認认識识隱隐護护個个車车動动醫医療疗遠远學学習习採采購购標标參参與与眾众見见慮虑雲云計计區区塊块鏈链發发廣广寬宽頻频帶带",
  "訂订雙双熱热環环節节減减氣气變变遷迁監监測测質质廢废處处類类燈灯築筑規规劃划設设許许詐诈騙骗偽伪駭骇軟软體体擊击災灾應应緊紧報报預预無无機机駕驾駛驶軌轨運运鐵铁",
  "單单騎骑橋桥樓楼稅税稱称繳缴費费貨货幣币錢钱過过業业辦办項项執执審审關关統统協协辯辩訴诉訟讼線线聯联結结連连遙遥圖图書书館馆鄉乡農农鎮镇齡龄殘残礙碍視视聽听選选",
  "舉举問问責责違违賄贿貪贪領领導导張张長长門门戶户戰战創创競竞爭争賽赛優优獎奖獨独壟垄斷断臺台灣湾總总級级聲声紋纹臉脸檢检屬属權权簽签號号碼码條条約约圍围國国際际",
  "亞亚歐欧飛飞構构實实劇剧產产術术語语義义練练訓训題题場场儲储倉仓庫库陽阳風风換换額额積积極极濟济師师閱阅讀读評评價价調调從从眞真準准備备組组織织團团員员記记錄录",
  "註注冊册鍵键維维靈灵擬拟現现傳传廳厅樹树綠绿藍蓝藥药險险簡简歷历檔档壓压噴喷鄰邻爾尔賬账帳帐滲渗補补誤误謠谣鎖锁進进貿贸達达還还這这麼么盤盘腦脑層层廠厂畫画戲戏",
  "億亿萬万幫帮專专顯显顧顾願愿頭头顏颜飲饮養养魚鱼鳥鸟麗丽齊齐",
].join("");

/** Simplified characters by their traditional forms, so that one keyword finds both. */
export const SIMPLIFIED_CHARACTERS: ReadonlyMap<string, string> = new Map(
  Array.from({ length: PAIRS.length / 2 }, (_, index): [string, string] => [
    PAIRS.charAt(index * 2),
    PAIRS.charAt(index * 2 + 1),
  ]),
);
