import { expect, test } from "vitest";
import { fold } from "../../../../../articles/classify/topics/matcher.ts";

test.each([
  [
    "capitals, accents and what stands between words",
    "  Élan — Übér: “Straße” №5 ",
    " elan uber strasse no5 ",
  ],
  ["letters and accents apart", "e\u0301lan u\u0308ber й", " elan uber и "],
  ["the Greek sigma by where it stands", "ΟΔΟΣ ΣΑΣ", " οδος σας "],
  ["Korean syllables in parts", "\u1109\u1165\u110b\u116e\u11af 시", " 서울시 "],
  ["half-width Katakana with its marks", "ｶﾞｲﾄﾞ", " ガイト\u3099 ".normalize("NFC")],
  ["Arabic articles, endings and vowel signs", "في الصحّةِ", " في صحه "],
  [
    "traditional characters, set apart from Latin ones",
    "智慧城市 APP 數據 平台",
    " 智慧城市 app 数据平台 ",
  ],
  ["one character that stands for several, or none", "½ ﬁn…\u0301x ㍿", " 1 2 fin x 株式会社 "],
  ["pairs of units", "𝐀b😀c 𠮷野", " ab c 𠮷 野 "],
  ["nothing", " … ", " "],
])("%s", (_, text, folded) => {
  expect(fold(text)).toBe(folded);
});
