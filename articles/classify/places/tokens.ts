import { normalized } from "../../../lib/text.ts";
import { SIMPLIFIED_CHARACTERS } from "../topics/fold.ts";

/**
 * The script of a word. It decides whether capitals matter, where words end, and what can be
 * attached to a word.
 */
type Script = "cased" | "cyrillic" | "han" | "kana" | "hangul" | "arabic" | "other";

/** One word of a text (in Chinese and Japanese, one character), with its position. */
export interface Token {
  start: number;
  end: number;
  /** Lower case without accents, with simplified characters and without Cyrillic endings. */
  key: string;
  script: Script;
  capital: boolean;
  /** Whether the word has more than one letter, all of them capitals. */
  allCapitals: boolean;
  /**
   * The gap before the word: none (`""`), one that names can contain (`" "`), or any other (null).
   */
  join: "" | " " | null;
}

const JOINING_GAP = /^(?:[ \u00a0]{1,2}| ?\(|[（\-‐–'’ʼ・·])$/;
const ABBREVIATION_GAP = /^\. ?$/;
const DIACRITICS = /\u0640|[\u0300-\u036f]|[\u064b-\u0655\u0670]/g;
/** Traditional and Japanese characters of place names, each before its simplified form. */
const PAIRS = [
  "県县広广徳德沢泽浜滨塩盐桜樱関关駅驿鉄铁竜龙黒黑辺边児儿円圆覇霸東东蘇苏寧宁滬沪漢汉瀋沈遼辽龍龙貴贵陝陕肅肃慶庆濱滨鄭郑蘭兰紹绍溫温揚扬錦锦營营撫抚順顺煙烟濰潍萊莱",
  "棗枣澤泽駐驻馬马鞏巩荊荆黃黄岡冈鹹咸婁娄懷怀贛赣饒饶鷹鹰廈厦韓韩緬缅羅罗紐纽倫伦愛爱濟济瓊琼魯鲁晉晋閩闽粵粤維维爾尔薩萨盧卢賓宾倉仓島岛嶼屿縣县鄉乡區区",
  "麗丽灣湾澀涩橫横須须賀贺內内屬属諾诺奧奥蘆芦滄沧衛卫連连雲云義义烏乌麥麦納纳倫伦巖岩陰阴陽阳興兴無无錫锡鹽盐淨净莊庄門门臺台國国聯联華华聖圣頓顿約约紐纽凱凯繩绳",
].join("");
const SIMPLIFIED_PLACE_CHARACTERS = new Map(
  PAIRS.match(/../gu)?.map((pair) => [pair.charAt(0), pair.charAt(1)] as const),
);
const LETTERS: Record<string, string> = {
  ß: "ss",
  ø: "o",
  ł: "l",
  đ: "d",
  æ: "ae",
  œ: "oe",
  ı: "i",
};
const CYRILLIC_ENDINGS = new Set(
  "иями ями ами ого его ому ему ыми ими иях ях ах ая яя ое ее ую юю ий ый ой ым им ом ем ей ые ие ых их ою ею ью а я о е у ю ы и і ь й".split(
    " ",
  ),
);
const MAX_ENDING_CHARS = 4;

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let last: Token | null = null;
  for (let start = 0; start < text.length; ) {
    const end = wordEnd(text, start);
    if (end === start) {
      start += 1;
      continue;
    }
    const word = text.slice(start, end);
    const script = scriptOf(word);
    const lower = word.toLowerCase();
    const hasCapitals = lower !== word;
    const first = word[0] ?? "";
    const token: Token = {
      start,
      end,
      key: keyOfWord(word, lower, script),
      script,
      capital: hasCapitals && first !== first.toLowerCase(),
      allCapitals: hasCapitals && word.length > 1 && word === word.toUpperCase(),
      join: last ? joinOf(text.slice(last.end, start), last) : null,
    };
    tokens.push(token);
    last = token;
    start = end;
  }
  return tokens;
}

/** Returns a name's key in the gazetteer; empty if the name has no letters or digits. */
export function keyOf(name: string): string {
  let key = "";
  for (const token of tokensOf(name))
    key += (key && token.join === null ? " " : (token.join ?? "")) + token.key;
  return key;
}

function joinOf(gap: string, before: Token): Token["join"] {
  if (gap === "") return "";
  if (JOINING_GAP.test(gap)) return " ";
  // `St. Louis`, `U.S.`, but not the end of a sentence.
  return ABBREVIATION_GAP.test(gap) && before.end - before.start <= 2 ? " " : null;
}

function scriptOf(word: string): Script {
  const code = word.codePointAt(0) ?? 0;
  if (code < 0x250) return "cased";
  if (code >= 0x400 && code < 0x530) return "cyrillic";
  if ((code >= 0x600 && code < 0x780) || (code >= 0xfb50 && code < 0xfeff)) return "arabic";
  if ((code >= 0xac00 && code < 0xd7b0) || (code >= 0x1100 && code < 0x1200)) return "hangul";
  if (code >= 0x30a0 && code < 0x3100) return "kana";
  if ((code >= 0x3005 && code < 0x30a0) || (code >= 0x3400 && code < 0xa000)) return "han";
  return word.toLowerCase() === word.toUpperCase() ? "other" : "cased";
}

function keyOfWord(word: string, lower: string, script: Script): string {
  if (script === "han")
    return SIMPLIFIED_PLACE_CHARACTERS.get(word) ?? SIMPLIFIED_CHARACTERS.get(word) ?? word;
  if (script === "kana") return word.normalize("NFKC");
  if (script === "hangul") return word.normalize("NFC");
  if (script === "cased" && /^[a-z0-9]+$/.test(lower)) return lower;
  if (script === "cyrillic") return stemmed(lower.replace(/ё/g, "е").replace(DIACRITICS, ""));
  const plain = normalized(lower, "NFKD").replace(DIACRITICS, "");
  if (script === "arabic")
    return plain
      .replace(/[أإآٱ]/g, "ا")
      .replace(/ة/g, "ه")
      .replace(/[ىی]/g, "ي")
      .replace(/ک/g, "ك");
  return plain.replace(/[ßøłđæœı]/g, (letter) => LETTERS[letter] ?? letter);
}

function stemmed(word: string): string {
  for (let length = Math.min(MAX_ENDING_CHARS, word.length - 1); length > 0; length--) {
    if (!CYRILLIC_ENDINGS.has(word.slice(-length))) continue;
    return word.length - length >= 3 ? word.slice(0, -length) : word;
  }
  return word;
}

/** Kind of a character that is never part of a word. */
const NONE = 1;
/** A character that is a word by itself. */
const SINGLE = 2;
/** A character that occurs only in Katakana words. */
const KATAKANA = 3;
/** A letter, digit or mark of any script other than Chinese and Japanese, such as Latin. */
const LETTER = 4;
/** A character that occurs both in Katakana words and in other words. */
const BOTH = 5;

const kinds = new Uint8Array(1 << 16);

function wordEnd(text: string, start: number): number {
  const kind = kindAt(text, start);
  if (kind === NONE) return start;
  const first = start + widthAt(text, start);
  if (kind === SINGLE) return first;
  const own = kind === LETTER ? LETTER : KATAKANA;
  let end = first;
  for (let next = end; next < text.length; next = end) {
    const there = kindAt(text, next);
    if (there !== own && there !== BOTH) break;
    end += widthAt(text, next);
  }
  return end;
}

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (isHalf(code)) return kindOf(String.fromCodePoint(text.codePointAt(at) ?? 0));
  return kinds[code] || (kinds[code] = kindOf(String.fromCharCode(code)));
}

function kindOf(char: string): number {
  if (/[\p{Script=Han}\p{Script=Hiragana}々]/u.test(char)) return SINGLE;
  if (char === "ー") return BOTH;
  if (/\p{Script=Katakana}/u.test(char)) return KATAKANA;
  return /[\p{L}\p{N}\p{M}]/u.test(char) ? LETTER : NONE;
}

function widthAt(text: string, at: number): number {
  return isHalf(text.charCodeAt(at)) && (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function isHalf(code: number): boolean {
  return code >= 0xd800 && code < 0xe000;
}
