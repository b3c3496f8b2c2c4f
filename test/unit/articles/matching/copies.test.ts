import { array, assert, constantFrom, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { copyOf, resembles, similarity } from "../../../../articles/matching/cluster.ts";
import { fingerprint, probeKeys } from "../../../../articles/matching/fingerprint.ts";
import { shortHash } from "../../../../lib/text.ts";
import {
  type Fingerprint,
  isPairKey,
  PERMUTATIONS,
} from "../../../../model/articles/fingerprint.ts";
import { makePrint } from "../../../helpers/prints.ts";

const VOCABULARY = Array.from({ length: 4000 }, (_, n) => `w${((n * 7919) % 4000).toString(36)}x`);

/** A text of its own for each seed. */
function words(seed: number, count: number): string[] {
  let state = seed * 2654435761 + 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return VOCABULARY[state % VOCABULARY.length] ?? "";
  });
}

const at = new Date("2026-11-25T10:00:00Z");
const print = (
  text: string,
  more: { id?: string; title?: string; at?: Date } = {},
): Fingerprint => {
  const { id = "a", title = "Title", at: seen = at } = more;
  return makePrint(
    id,
    fingerprint({ sourceId: "any", trust: 0.5, language: "en", title, text, at: seen }),
  );
};
/** Those of which `own` is a copy or that are copies of it, most alike first. */
const findDuplicates = (own: Fingerprint, candidates: Fingerprint[]) =>
  candidates
    .flatMap((each) => {
      const likeness = copyOf(own, each);
      return likeness ? [{ articleId: each._id, ...likeness }] : [];
    })
    .toSorted((one, two) => two.score - one.score);
/** Without those that articles of one event are found by. */
const copyKeys = (keys: number[]) => keys.filter((key) => !isPairKey(key));
const sharesKey = (a: Fingerprint, b: Fingerprint) => {
  const keys = new Set(copyKeys(probeKeys(a)));
  return copyKeys(b.keys).some((key) => keys.has(key));
};
/** Every nth word replaced. */
const edited = (list: string[], nth: number) =>
  list.map((word, i) => (i % nth === nth - 1 ? `other${i}` : word)).join(" ");

const runs = (text: string) => {
  const list = text.split(" ");
  return new Set(list.slice(2).map((_, i) => list.slice(i, i + 3).join(" ")));
};

describe("similarity", () => {
  const anyText = array(constantFrom(...VOCABULARY.slice(0, 60)), {
    minLength: 60,
    maxLength: 150,
  });

  test("is symmetric, within 0 and 1, and 1 for the same text", () => {
    assert(
      property(anyText, anyText, (one, other) => {
        const [a, b] = [print(one.join(" ")), print(other.join(" "))];
        expect(similarity(a, b)).toBe(similarity(b, a));
        expect(similarity(a, b)).toBeGreaterThanOrEqual(0);
        expect(similarity(a, b)).toBeLessThanOrEqual(1);
        expect(similarity(a, a)).toBe(1);
        expect(similarity(a, print(one.join(", ").toUpperCase()))).toBe(1);
      }),
      { numRuns: 50 },
    );
  });

  test("estimates the Jaccard similarity of 3-word runs", () => {
    for (const nth of [8, 15, 30, 60]) {
      const original = words(nth, 400);
      const [a, b] = [original.join(" "), edited(original, nth)];
      const [one, other] = [runs(a), runs(b)];
      const both = [...one].filter((run) => other.has(run)).length;
      const exact = both / (one.size + other.size - both);
      expect(Math.abs(similarity(print(a), print(b)) - exact)).toBeLessThan(0.12);
    }
  });
});

describe("copyOf", () => {
  const original = words(1, 300);
  const own = print(original.join(" "));

  test("same text, edited copy, and nothing else", () => {
    const same = print(original.join(" - "), { id: "same" });
    const copy = print(edited(original, 25), { id: "copy" });
    const other = print(words(2, 300).join(" "), { id: "other" });
    const matches = findDuplicates(own, [other, copy, same]);
    expect(matches.map((match) => match.articleId)).toEqual(["same", "copy"]);
    expect(matches).toMatchObject([{ kind: "same text", score: 1 }, { kind: "similar" }]);
    expect(matches[1]?.score).toBeGreaterThan(0.6);
  });

  test("it doesn't matter which of two asks", () => {
    const all = [25, 40, 60, 100].map((nth) => print(edited(original, nth), { id: `c${nth}` }));
    const wanted = findDuplicates(own, all);
    expect(wanted).toHaveLength(4);
    for (const each of all) {
      expect(copyOf(each, own)).toEqual(copyOf(own, each));
    }
  });

  test("copies share a key whichever comes first, up to a day apart", () => {
    let found = 0;
    for (let seed = 10; seed < 60; seed += 1) {
      const text = words(seed, 300);
      const early = print(text.join(" "), { at: new Date("2026-11-24T00:10:00Z") });
      const late = print(edited(text, 40), { at: new Date("2026-11-25T23:50:00Z") });
      expect(sharesKey(early, late)).toBe(sharesKey(late, early));
      if (sharesKey(early, late)) found += 1;
      const weekLater = print(edited(text, 40), { at: new Date("2026-12-02T00:00:00Z") });
      expect(sharesKey(early, weekLater)).toBe(false);
    }
    expect(found).toBeGreaterThanOrEqual(49);
  });

  test("different texts hardly ever share a key", () => {
    const prints = Array.from({ length: 120 }, (_, n) => print(words(n + 100, 200).join(" ")));
    let shared = 0;
    for (const a of prints) for (const b of prints) if (a !== b && sharesKey(a, b)) shared += 1;
    expect(shared).toBe(0);
  });

  test("short texts have a key for their text alone; equal ones are found, their titles included when very short", () => {
    const short = (id: string, count: number, title: string) =>
      print(words(5, count).join(" "), { id, title });
    expect(copyKeys(short("a", 59, "x").keys)).toHaveLength(1);
    expect(copyKeys(short("a", 60, "x").keys)).toHaveLength(13);
    expect(findDuplicates(short("a", 40, "x"), [short("b", 40, "y")])).toHaveLength(1);
    expect(findDuplicates(short("a", 5, "x"), [short("b", 5, "y")])).toEqual([]);
    expect(findDuplicates(short("a", 5, "x"), [short("b", 5, "X!")])).toHaveLength(1);
    expect(findDuplicates(print("", { id: "a" }), [print("", { id: "b" })])).toEqual([]);
  });

  test("an excerpt is found and says how much of it stands in the whole text", () => {
    const excerpt = print(original.slice(0, 100).join(" "), { id: "b" });
    expect(sharesKey(own, excerpt)).toBe(true);
    const [match] = findDuplicates(own, [excerpt]);
    expect(match?.kind).toBe("excerpt");
    expect(match?.score).toBeGreaterThan(0.7);
    expect(copyOf(excerpt, own)).toEqual(copyOf(own, excerpt));
  });

  test("Chinese copies are found by characters", () => {
    const text = Array.from({ length: 400 }, (_, n) =>
      String.fromCharCode(0x4e00 + ((n * 7919) % 3000)),
    );
    const changed = text.map((char, i) => (i % 50 === 49 ? "新" : char));
    const [match] = findDuplicates(print(text.join("")), [print(changed.join(""), { id: "b" })]);
    expect(match?.kind).toBe("similar");
  });
});

describe("look-alikes", () => {
  const form = words(3, 200);
  const report = (id: string, title: string, figures: number[]) =>
    print(`${form.join(" ")} ${figures.join(" and ")}`, { id, title });

  test("other numbers in the title keep reports apart", () => {
    const monday = report("a", "Air quality on 3 March 2026", [12]);
    const tuesday = report("b", "Air quality on 4 March 2026", [13]);
    expect(similarity(monday, tuesday)).toBeGreaterThan(0.9);
    expect(findDuplicates(monday, [tuesday])).toEqual([]);
    expect(findDuplicates(tuesday, [monday])).toEqual([]);
  });

  test("texts that differ in one figure alone are two reports, in any digits and however it is set", () => {
    const lot = (id: string, text: string) => print(`${form.join(" ")} ${text}`, { id });
    expect(findDuplicates(lot("a", "lot 3 for 250"), [lot("b", "lot 4 for 250")])).toEqual([]);
    expect(findDuplicates(lot("a", "lot ٣"), [lot("b", "lot 4")])).toEqual([]);
    expect(findDuplicates(lot("a", "for 1,200"), [lot("b", "for 1.200")])).toHaveLength(1);
  });

  describe("a notice that recurs with the same text", () => {
    const text = words(7, 46).join(" ");
    const notice = (id: string, title: string, sourceId = "any") => {
      return { ...print(text, { id, title }), sourceId };
    };
    const first = notice("a", "City council meets on 12 May");

    test("is no copy under a title with another date", () => {
      const next = notice("b", "City council meets on 26 May");
      expect(findDuplicates(first, [next])).toEqual([]);
      expect(resembles(first, next)).toBe(false);
    });

    test.each([
      ["with the same date", notice("b", "City Council meets on 12 May")],
      ["in other words", notice("b", "26 councillors meet")],
      ["of another source", notice("b", "City council meets on 26 May", "other")],
    ])("is a copy under a title %s", (_, copy) => {
      expect(findDuplicates(first, [copy])).toHaveLength(1);
    });
  });

  test("weekdays and months are figures too", () => {
    const monday = report("a", "Wasserstände am Montag", [12]);
    expect(findDuplicates(monday, [report("b", "Wasserstände am Dienstag", [13])])).toEqual([]);
    expect(findDuplicates(monday, [report("b", "Wasserstand am Montag", [12])])).toHaveLength(1);
  });

  test("other figures in the text keep reports apart", () => {
    const one = report("a", "Daily figures", [101, 202, 303, 404, 505]);
    const other = report("b", "Daily figures", [111, 212, 313, 404, 515]);
    expect(similarity(one, other)).toBeGreaterThan(0.8);
    expect(findDuplicates(one, [other])).toEqual([]);
  });

  test("wire copies under unlike titles with other numbers stay together", () => {
    const figures = [101, 202, 303, 404];
    const one = report("a", "5 things to know on the budget", figures);
    const other = print(`${edited(form, 50)} ${figures.join(" and ")}`, {
      id: "b",
      title: "Budget 2027 passed",
    });
    expect(findDuplicates(one, [other])).toHaveLength(1);
  });

  test("a title that only adds a number is no contradiction", () => {
    const one = report("a", "Line 5 opens", [101, 202, 303, 404]);
    const other = report("b", "Line 5 opens with 3 stops", [101, 202, 303, 404, 9]);
    expect(findDuplicates(one, [other])).toHaveLength(1);
  });
});

describe("two texts of 100 shingles each", () => {
  const text = (id: string, overrides: Partial<Fingerprint> = {}): Fingerprint =>
    makePrint(id, {
      signature: Uint16Array.from({ length: PERMUTATIONS }, (_, n) => n),
      ...overrides,
    });
  /** One whose signature has so many places of 125 in common with `text`. */
  const near = (equal: number, overrides: Partial<Fingerprint> = {}): Fingerprint => {
    const signature = Uint16Array.from({ length: PERMUTATIONS }, (_, n) =>
      n < equal ? n : 1000 + n,
    );
    return text("near", { signature, shingles: 100, ...overrides });
  };
  const own = text("own", { shingles: 100 });
  const figures = (title: string[], inText: string[], form = "one", textForm = "same") => {
    return { numbers: { title, text: inText, form, textForm } };
  };
  const reports = (a: ReturnType<typeof figures>, b: ReturnType<typeof figures>) =>
    copyOf({ ...own, ...a }, near(110, b));

  test("are similar from 60 in 100 on", () => {
    expect(copyOf(own, near(75))).toEqual({ kind: "similar", score: 0.6 });
  });

  test("are an excerpt below that while two thirds of the shorter one are shared", () => {
    expect(copyOf(own, near(70))).toMatchObject({ kind: "excerpt", score: 0.56 / 0.78 });
  });

  test("are no copies where less than two thirds of the shorter one are shared", () => {
    expect(copyOf(own, near(60))).toBeNull();
  });

  test("resemble each other while 40 in 100 of the shorter one are shared", () => {
    expect([resembles(own, near(32)), resembles(own, near(30))]).toEqual([true, false]);
  });

  test("don't resemble each other as two reports of one form", () => {
    const [one, other] = [figures(["3"], []), figures(["4"], [])];
    expect(resembles({ ...own, ...one }, near(110, other))).toBe(false);
  });

  test("are two reports where two figures of three differ", () => {
    const one = figures([], ["1", "2", "3"], "one", "a");
    expect(reports(one, figures([], ["1", "8", "9"], "one", "b"))).toBeNull();
  });

  test("are copies where one figure of two differs", () => {
    const one = figures([], ["1", "2"], "one", "a");
    expect(reports(one, figures([], ["1", "9"], "one", "b"))).toMatchObject({ kind: "similar" });
  });

  test("are copies where a title of one form only adds a number", () => {
    expect(reports(figures(["5"], []), figures(["5", "3"], []))).toMatchObject({ kind: "similar" });
  });

  test("are two reports where titles of one form differ in a number", () => {
    expect(reports(figures(["5"], []), figures(["6"], []))).toBeNull();
  });

  test("are two reports where titles and texts differ in numbers", () => {
    const one = figures(["5"], ["1", "2", "3", "4"], "one", "a");
    expect(reports(one, figures(["6"], ["1", "2", "3", "9"], "other", "b"))).toBeNull();
  });
});

test("short texts that are the same resemble each other", () => {
  const short = (id: string) => makePrint(id, { textHash: "one", words: 5 });
  expect(resembles(short("a"), short("b"))).toBe(true);
});

test("what a text is compared by stays what it is as long as the version of the rules does", () => {
  const text = `The city of Tartu, Estonia, counts 74,500 votes. ${words(7, 90).join(" ")} `;
  const own = print(text.repeat(2), { title: "Tartu and Estonia count, says Ada Example" });
  const { rules, shingles, textHash } = own;
  const rest = shortHash(JSON.stringify([[...own.signature], own.keys]));
  expect({ rules, shingles, textHash, rest }).toEqual({
    rules: "6",
    shingles: 99,
    textHash: "d5a811c021410c55597f0ddf600cf88d",
    rest: "2208a197a36ccc12fbe5cdbea62e15fd",
  });
});

test("a word at the end of a short text's title is none of its text", () => {
  const [own, other] = [
    print("tax rises", { title: "City" }),
    print("rises", { title: "City tax" }),
  ];
  expect(own.textHash).not.toBe(other.textHash);
});
