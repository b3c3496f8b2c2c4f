import { expect, test } from "vitest";
import { picker } from "../../../../web/api/parameters.ts";

const item = { id: "a", version: 2, title: "T", url: "u", story: { id: "s" } };

test("items keep what is asked for, and what they are", () => {
  expect(picker(undefined)(item)).toEqual(item);
  expect(picker("title, url")(item)).toEqual({ id: "a", version: 2, title: "T", url: "u" });
  expect(picker("story", ["story"])(item)).toEqual({ id: "a", version: 2, story: { id: "s" } });
  expect(picker("")(item)).toEqual({ id: "a", version: 2 });
});

test("a field that there isn't is named, with those that there are", () => {
  expect(() => picker("title,headline")).toThrow(/not known: headline; allowed: id, version/);
  expect(() => picker("story")).toThrow(/not known: story/);
});
