import { describe, expect, test } from "vitest";
import { revisionBetween } from "../../../../../articles/classify/revision/kind.ts";
import { SITES, type Text } from "../../../../../demo/data.ts";
import { edited, paragraphsOf, plainText } from "../../../../../demo/text.ts";
import { leastCpuOf } from "../../../../helpers/cpu.ts";
import {
  type RevisionCase,
  revisionCases,
  textOfCase,
} from "../../../../helpers/revision-cases.ts";
import { randomLetters, repeated } from "../../../../helpers/worst-inputs.ts";

/** Shares that have to be right: of the revisions' kinds, and of `same` cases told to be none. */
const FLOORS = { "tuned.yaml": { kinds: 1, same: 1 }, "held-out.yaml": { kinds: 0.97, same: 0.9 } };

const versionOf = (text: Text) => {
  return { title: text.title, text: plainText(paragraphsOf(text.body)), html: null };
};

function judged(one: RevisionCase) {
  const { of, kind, edit } = one;
  const text = textOfCase(one);
  const verdict = revisionBetween(versionOf(text), versionOf(edited(text, edit)));
  return { of, kind, verdictKind: verdict?.kind ?? "same", because: verdict?.because };
}

describe.each(Object.entries(FLOORS))("%s", (file, floor) => {
  test("every revision is found", async () => {
    const revisions = (await revisionCases(file)).map(judged).filter(({ kind }) => kind !== "same");
    expect(revisions.length).toBeGreaterThan(30);
    expect(revisions.filter(({ verdictKind }) => verdictKind === "same")).toEqual([]);
  });

  test(`noise is none in ${floor.same * 100} % of the cases`, async () => {
    const same = (await revisionCases(file)).map(judged).filter(({ kind }) => kind === "same");
    expect(same.length).toBeGreaterThan(10);
    const wrong = same.filter(({ verdictKind }) => verdictKind !== "same");
    expect(wrong.slice(Math.floor((1 - floor.same) * same.length))).toEqual([]);
  });

  test(`the kind is right for ${floor.kinds * 100} % of the revisions`, async () => {
    const revisions = (await revisionCases(file)).map(judged).filter(({ kind }) => kind !== "same");
    const wrong = revisions.filter(({ kind, verdictKind }) => kind !== verdictKind);
    expect(wrong.slice(Math.floor((1 - floor.kinds) * revisions.length))).toEqual([]);
  });
});

describe("a verdict says why", () => {
  const text = versionOf(edited(SITES[0]?.articles[0] as Text, {}));
  const because = (after: Partial<typeof text>) =>
    revisionBetween(text, { ...text, ...after })?.because;

  test.each([
    [{ text: text.text.replace("38 per cent", "83 per cent") }, '"38" became "83"'],
    [{ title: "Another headline" }, `"${text.title}" became "Another headline"`],
    [{ text: `${text.text}\n\nOne more paragraph.` }, "1 paragraph added"],
    [{ text: text.text.split("\n\n").toReversed().join("\n\n") }, "paragraphs were reordered"],
  ])("%#", (after, why) => {
    expect(because(after)).toBe(why);
  });
});

test.each([
  "町は二十五日、予算案の訂正を議会に出した。",
  "Министерство внесло в проект уточнение.",
  "وزعت الوزارة بعد الجلسة تصحيح",
  "Corrections officers at Rikers Island went on strike on Monday, their union said.",
  "Correction of the law is overdue: the council votes in May.",
  "Corrections Department report 2026: prisons are full.",
  "Corrections 25 years on: what the reform of the prisons changed.",
  "Correction Phase 2: the council votes on the new map.",
  "Correction to this law is overdue: the council votes in May.",
  "Correction to this report by the ministry came in 2025: it is a slip of the pen.",
  "Korrektur 2026: Was sich an der Rente ändert.",
  "Korrektur der Rentenformel verlangt der Verband der Versicherten seit drei Jahren.",
  "„Wir haben die Prognose korrigiert“, sagte die Ministerin nach der Sitzung.",
  "Bei dem Brand gab es keine Verletzten, hieß es zunächst von der Feuerwehr.",
  "Die Polizei nahm irrtümlich einen Nachbarn fest und entschuldigte sich am Abend.",
  "In einer früheren Fassung des Gesetzentwurfs fehlte dieser Absatz noch.",
  "Un policier a tué par erreur un passant devant la gare de Lyon.",
  "Précision chirurgicale : le robot opère désormais seul.",
  "El banco transfirió por error dos millones a una cuenta equivocada.",
  "Una versión anterior de la ley preveía multas más altas.",
  "Un uomo è stato arrestato per errore a Bari.",
  "De man zat ten onrechte twee jaar vast.",
  "Поправка к закону о воде принята в первом чтении.",
  "В паспорте был ошибочно указан год рождения.",
  "男性が誤って川に転落し、消防に救助された。",
  "訂正した予算案を町議会が可決した。",
  "정정 신고 기간은 다음 달까지 이어진다.",
  "قتل شرطي أحد المارة عن طريق الخطأ في القاهرة",
])("a paragraph that mentions a correction of something else is an update: %s", (added) => {
  expect(kindWhenAdded(added)).toBe("update");
});

test.each([
  "Correction: The mayor is called Ann Price.",
  "CORRECTION — The mayor is called Ann Price.",
  "[Correction] The mayor is called Ann Price.",
  "Correction, Nov. 25, 2026: The mayor is called Ann Price.",
  "Correction (25 November): The mayor is called Ann Price.",
  "Correction Nov. 25: The mayor is called Ann Price.",
  "Correction November 25, 2026: The mayor is called Ann Price.",
  "Clarification (Monday): The mayor is called Ann Price.",
  "Correction to this story: The mayor is called Ann Price.",
  "Corrections & clarifications",
  "Corrections and clarifications: The mayor is called Ann Price.",
  "An earlier version of this article gave the wrong name of the mayor.",
  "This article was amended on 25 November to put the mayor's name right.",
  "Korrektur vom 25. November: Der Bürgermeister heißt Franz Huber.",
  "Korrektur 25.11.2026: Der Bürgermeister heißt Franz Huber.",
  "Korrektur am 25. November: Der Bürgermeister heißt Franz Huber.",
  "Korrektur zu diesem Artikel: Der Bürgermeister heißt Franz Huber.",
  "Der Bürgermeister hieß in diesem Artikel irrtümlich Hans Huber.",
  "In einer früheren Version hieß es, der Bürgermeister heiße Hans Huber.",
  "Rectificatif : le maire s’appelle Jean Petit.",
  "Rectificatif 25 novembre 2026 : le maire s’appelle Jean Petit.",
  "Rectificatif à cet article : le maire s’appelle Jean Petit.",
  "Corrección a este artículo: el alcalde se llama Juan Pérez.",
  "Nous avons écrit par erreur que le maire s’appelait Jean Grand.",
  "Une version précédente de cet article donnait un autre nom du maire.",
  "En una versión anterior de este artículo el alcalde tenía otro nombre.",
  "Uma versão anterior deste texto dava outro nome ao prefeito.",
  "In een eerdere versie van dit artikel had de burgemeester een andere naam.",
  "В предыдущей версии этой статьи мэр был назван иначе.",
  "【訂正】町長の名前は山田さんです。",
  "訂正　町長の名前は山田さんです。",
  "お詫びと訂正",
  "この記事で町長の名前を誤って伝えました。",
  "更正说明：镇长姓王。",
  "[정정] 시장의 이름은 김철수입니다.",
  "تصحيح: اسم رئيس البلدية أحمد.",
])("a paragraph in which the publisher corrects the article is a correction: %s", (added) => {
  expect(kindWhenAdded(added)).toBe("correction");
});

function kindWhenAdded(added: string) {
  const before = { title: "T", text: "First paragraph.\n\nSecond paragraph.", html: null };
  return revisionBetween(before, { ...before, text: `${before.text}\n\n${added}` })?.kind;
}

const versionWith = (paragraph: string) => {
  return { title: "T", text: `First paragraph.\n\n${paragraph}\n\nLast one.`, html: null };
};

test.each([
  ["The consultation closes on 12 May.", "The consultation closes on 30 June."],
  ["The event begins at 7 pm on Monday.", "The event begins at 8 pm on Monday."],
  ["", "The event on 12 May is cancelled."],
  ["3 visitors died.", "5 visitors died."],
  ["Die Frist endet am 12. Mai.", "Die Frist endet am 30. Juni."],
  ["Der Bus fährt um 7 Uhr ab.“", "Der Bus fährt um 8 Uhr ab.“"],
  ["The vote is on 12 May.'", "The vote is on 30 June.'"],
])(
  "a changed deadline, time or number of a full sentence is a revision: %s %s",
  (before, after) => {
    expect(revisionBetween(versionWith(before), versionWith(after))).not.toBeNull();
  },
);

test.each([
  ["vor 5 Std.", "vor 6 Std."],
  ["przed 5 godz.", "przed 6 godz."],
  ["Lesezeit: 5 Min.", "Lesezeit: 6 Min."],
  ["Visto 120 veces.", "Visto 121 veces."],
])("a counter that ends in a period is no revision: %s %s", (before, after) => {
  expect(revisionBetween(versionWith(before), versionWith(after))).toBeNull();
});

test("what was learnt as boilerplate between two looks is none", () => {
  const box = "Subscribe to our weekly letter on ports and permits, free of charge.";
  const text = "First paragraph.\n\nSecond paragraph.";
  const before = { title: "T", text: `${text}\n\n${box}`, html: null };
  expect(revisionBetween(before, { title: "T", text, html: null })).not.toBeNull();
  const after = { title: "T", text, html: null, without: [box.slice(0, 40)] };
  expect(revisionBetween(before, after)).toBeNull();
  expect(revisionBetween(after, before)).toBeNull();
});

describe("texts that are made to be slow to compare", () => {
  /** CPU ms that a comparison on a main thread may take: twenty times what it does. */
  const MOST = 400;
  const letters = randomLetters(90_000, 3);
  const inWords = (length: number) => letters.replaceAll(new RegExp(`.{${length}}`, "g"), "$& ");
  const half = (text: string) => text.replaceAll(/(\w)(\w+ \w+ )/g, "Q$2");
  const inParagraphs = (text: string) => text.replaceAll(/.{18000}/g, "$&\n\n");
  const long = repeated("a ", 8000);

  test.each<[string, string, string]>([
    ["a word of 8,000 letters", letters.slice(0, 8000), letters.slice(8000, 16_000)],
    [
      "paragraphs of 3,000 words, half of them changed",
      inParagraphs(inWords(5)),
      inParagraphs(half(inWords(5))),
    ],
    ["blanks", `a${" ".repeat(8000)}b`, `b${" ".repeat(8000)}a`],
    ["marks", `a${"\u0301".repeat(5000)}${"\u0323".repeat(5000)}`, "a"],
    ["many paragraphs", inWords(3).replaceAll(" ", "\n\n"), inWords(4).replaceAll(" ", "\n\n")],
    ["many words", long, `b ${long}`],
    ["4 MB", repeated("one two\n\n", 4e6), repeated("one three\n\n", 4e6)],
  ])("%s", async (_, text, other) => {
    const base = { title: "T", html: null };
    expect(revisionBetween({ ...base, text }, { ...base, text: other })).not.toBeNull();
    const cpu = await leastCpuOf(
      () => revisionBetween({ ...base, text }, { ...base, text: other }),
      MOST,
    );
    expect(cpu).toBeLessThan(MOST);
  });

  test("links that aren't closed", async () => {
    const base = { title: "T", text: "One paragraph.", html: "<a>".repeat(30_000) };
    const cpu = await leastCpuOf(
      () => revisionBetween(base, { ...base, text: "Another one." }),
      MOST,
    );
    expect(cpu).toBeLessThan(MOST);
  });

  test("A long text in which little differs is compared as any other", () => {
    const text = repeated(
      "The bridge over the river costs 38 million, and the town pays a third of that.\n\n",
      1e6,
    );
    const other = text.replace("38", "83");
    const verdict = revisionBetween(
      { title: "T", text, html: null },
      { title: "T", text: other, html: null },
    );
    expect(verdict).toEqual({ kind: "correction", because: '"38" became "83"' });
  });

  test("Of texts that differ in too much it is said that they do", () => {
    const [text, other] = [letters, half(inWords(5))];
    const verdict = revisionBetween(
      { title: "T", text, html: null },
      { title: "T", text: other, html: null },
    );
    expect(verdict?.kind).toBe("update");
    expect(verdict?.because).toMatch(/^too many characters differ for a comparison: \d+$/);
  });
});
