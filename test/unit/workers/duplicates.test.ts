import { describe, expect, test } from "vitest";
import { placeArticle, type Told } from "../../../workers/duplicates.ts";
import { makePrint } from "../../helpers/prints.ts";

const at = (hour: number) => new Date(Date.UTC(2026, 10, 25, hour));

/** Prints with the same `hash` tell the same. */
const print = (_id: string, textHash: string, hour: number) =>
  makePrint(_id, { textHash, at: at(hour) });
const told = (...entries: [id: string, storyId: string, hour: number][]) =>
  new Map(
    entries.map(([id, storyId, hour]): [string, Told] => {
      return [id, { storyId, firstSeenAt: at(hour), publishedAt: null }];
    }),
  );

describe("placeArticle", () => {
  test("an article that resembles none has a story of its own", () => {
    const place = placeArticle(print("a", "x", 9), [print("b", "y", 8)], told(["b", "b", 8]));
    expect(place).toEqual({ duplicateOf: null, storyId: "a", replaces: [], because: null });
  });

  test("its own print among the candidates is no copy of it", () => {
    const own = print("a", "x", 9);
    expect(placeArticle(own, [own], told(["a", "a", 9])).because).toBeNull();
  });

  test("a copy of a copy names the one that stands for the story", () => {
    const place = placeArticle(
      print("c", "x", 9),
      [print("b", "x", 8)],
      told(["b", "a", 8], ["a", "a", 7]),
    );
    expect(place).toMatchObject({ duplicateOf: "a", storyId: "a", because: "same text" });
  });

  test("the earliest stands for the story, however late it arrives", () => {
    const candidates = [print("b", "x", 8), print("a", "x", 7)];
    const known = told(["b", "a", 8], ["a", "a", 7]);
    const place = placeArticle(print("z", "x", 5), candidates, known);
    expect(place).toMatchObject({ duplicateOf: null, storyId: "z", replaces: ["a"] });
  });

  test("when a representative isn't among the candidates its own times count", () => {
    const known = told(["b", "a", 8]);
    known.set("a", { storyId: "a", firstSeenAt: at(12), publishedAt: at(2) });
    const place = placeArticle(print("z", "x", 5), [print("b", "x", 8)], known);
    expect(place).toMatchObject({ duplicateOf: "a" });
  });

  test("of equal times the smaller id stands for the story on both sides", () => {
    const [a, b] = [print("a", "x", 9), print("b", "x", 9)];
    expect(placeArticle(b, [a], told()).duplicateOf).toBe("a");
    expect(placeArticle(a, [b], told()).duplicateOf).toBeNull();
  });
});
