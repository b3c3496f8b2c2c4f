import { afterAll, beforeAll, expect, test } from "vitest";
import { makeDocument, tempIndex } from "../../../helpers/judged-search.ts";

let opened: ReturnType<typeof tempIndex>;
beforeAll(() => {
  opened = tempIndex([
    makeDocument("dover", {
      title: "Dover and Harwich move",
      text: "Every port permit. Municipality",
    }),
    makeDocument("dover2", { title: "Dover again" }),
    makeDocument("dove", { title: "Hover" }),
    makeDocument("ru", { title: "В Казани остановки", language: "ru" }),
    makeDocument("es", { title: "La administración abre", language: "es" }),
    makeDocument("gone", { title: "Zanzibar", shown: false }),
  ]);
});
afterAll(() => opened.close());

const spelt = (query: string, all = false) =>
  opened.index.misses({ query, all }).map(({ word, spelling }) => [word, spelling]);

test.each([
  ["a letter left out", "Dovr", [["Dovr", "Dover"]]],
  ["a letter too many", "doveer", [["doveer", "dover"]]],
  ["another letter", "DOVAR", [["DOVAR", "DOVER"]]],
  ["two letters swapped", "odver", [["odver", "dover"]]],
  ["two mistakes in a long word", "munisipalty", [["munisipalty", "municipality"]]],
  ["Cyrillic", "Казон", [["Казон", null]]],
  ["another script", "Казагни", [["Казагни", "Казани"]]],
  ["accents left out", "administrcion", [["administrcion", "administracion"]]],
  ["a word beside others that are there", "port Dovr -Harwch", [["Dovr", "Dover"]]],
  [
    "a phrase and a field",
    'title:Dovr "Dovr harwich"',
    [
      ["Dovr", "Dover"],
      ["Dovr", "Dover"],
    ],
  ],
])("a word that no document has is told with the one that was meant: %s", (_, query, misses) => {
  expect(spelt(query)).toEqual(misses);
});

test.each(["dover", "ports permits", "harwich dover", "xy*", "country:DE", "-dovr"])(
  "nothing is missed in %s",
  (query) => {
    expect(spelt(query)).toEqual([]);
  },
);

test("a word that is near to none has no other spelling", () => {
  expect(spelt("quicksilver xy")).toEqual([
    ["quicksilver", null],
    ["xy", null],
  ]);
});

test("what readers don't see gives no spelling away", () => {
  expect(spelt("Zanzbar")).toEqual([["Zanzbar", null]]);
  expect(spelt("Zanzbar", true)).toEqual([["Zanzbar", "Zanzibar"]]);
});

test("what was taken out gives no spelling", () => {
  opened.index.put({ articleIds: ["dove"], documents: [] }, { seq: 2, epoch: 0 });
  expect(spelt("hovr")).toEqual([["hovr", null]]);
});

test("a miss is told where it stands", () => {
  expect(opened.index.misses({ query: 'permit (title:"Dovr x")', all: false })[0]?.at).toBe(15);
});
