/** `BERLIN (dpa) -`, `ROMA, 3 marzo (ANSA) –`, `МОСКВА, 12 мая —`, `القاهرة -`. */
const DASH = /^[\p{Lu}\p{Lo}][^\n!?;:]{1,60}?\s*[—–-]{1,2}\s+(?=\S)/u;
/** `МОСКВА, 12 мая. `, `АСТАНА. ` */
const STOP = /^\p{Lu}[\p{Lu} -]{2,30}(?:, \d{1,2} \p{Ll}+)?\. (?=\p{Lu})/u;
/** `新华社北京11月2日电`, `中新社广州3月1日電`. */
const WIRE =
  /^[（(]?[^\s，。]{2,16}?\d{1,2}月\d{1,2}日[^\s，。]{0,3}[电電讯訊](?:[^\s，。]{0,20}[)）])?/u;
/** `【北京】`, `[서울=뉴스]`, `(부산=연합)`. */
const BRACKETS = /^[[(（【［][^\])）】］\n]{2,24}[\])）】］]/u;

/** Where a text's dateline ends; 0 without one. */
export function datelineEnd(text: string): number {
  const wire = WIRE.exec(text) ?? BRACKETS.exec(text) ?? STOP.exec(text);
  if (wire) return wire[0].length;
  const dash = DASH.exec(text)?.[0];
  if (!dash || /\p{Ll}{3}\. \p{L}/u.test(dash)) return 0;
  // What begins like a sentence is one: a dateline has few words in small letters.
  const words = dash.replace(/\([^)]*\)/g, "").match(/\p{L}+/gu) ?? [];
  const small = words.filter((word) => /^\p{Ll}/u.test(word)).length;
  return words.length <= 7 && small <= 2 ? dash.length : 0;
}
