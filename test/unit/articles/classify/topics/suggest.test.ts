import { expect, test } from "vitest";
import { doubtKeywords, suggestKeywords } from "../../../../../articles/classify/topics/suggest.ts";

const others = Array.from(
  { length: 200 },
  (_, n) =>
    `The council met on Tuesday and spoke about budget ${n}, the library and the new school.`,
);

test("words of corrected articles that stand hardly elsewhere are offered, with their counts", () => {
  const corrected = [
    "The council replaces 400 lamp masts with lighter ones",
    "Lamp masts in the harbour lean, engineers say on Tuesday",
    "New lamp masts for the old town",
  ];
  const [best] = suggestKeywords(corrected, others);
  expect(best).toEqual({
    keyword: "lamp masts",
    inside: 3,
    corrected: 3,
    elsewhere: 0,
    others: 200,
  });
  const words = suggestKeywords(corrected, others).map(({ keyword }) => keyword);
  expect(words).not.toContain("council");
  expect(words).not.toContain("lamp");
});

test("a word that one corrected article has is no rule", () => {
  expect(suggestKeywords(["A zeppelin over the harbour", "A parade in the park"], others)).toEqual(
    [],
  );
});

test("a word that others have as often is no rule", () => {
  expect(suggestKeywords(["The library opens", "The library closes"], others)).toEqual([]);
});

test("endings are left open where the words differ in them only", () => {
  const corrected = ["Город меняет светильник", "Погасли светильники"];
  const words = suggestKeywords(corrected, Array(60).fill("Дом у реки"));
  expect(words.map(({ keyword }) => keyword)).toContain("светильник*");
});

test("scripts without spaces give runs of characters", () => {
  const corrected = ["市政府更换路灯立杆三百根", "老城区路灯立杆倾斜"];
  const filler = Array(60).fill("市政府召开会议研究预算");
  expect(suggestKeywords(corrected, filler)[0]).toMatchObject({ keyword: "路灯立杆", inside: 2 });
});

const spoken = (text: string) => ({
  text,
  hits: [{ keyword: "signal*", where: "title" as const, times: 1, weight: 3 }],
});

test("a keyword that is wrong in one phrase gets the phrase as negative", () => {
  const wrong = [spoken("Radio signal from space puzzles us"), spoken("A radio signal, again")];
  const right = [spoken("Traffic signal at the station"), spoken("A signal for buses")];
  expect(doubtKeywords(wrong, right)).toEqual([
    { keyword: "signal*", wrong: 2, right: 2, negatives: ["radio signal"] },
  ]);
});

test("a keyword that is mostly wrong is doubted as a whole, one that is mostly right isn't", () => {
  const wrong = [spoken("Signal by the actor"), spoken("Wall Street takes it as signal")];
  const [doubt] = doubtKeywords(wrong, [spoken("Signal at the junction")]);
  expect(doubt).toMatchObject({ wrong: 2, right: 1, negatives: [] });
  expect(doubtKeywords(wrong, Array(9).fill(spoken("Signal at the junction")))).toEqual([]);
});
