import { expect, test } from "vitest";
import { isStable, stemOf } from "../../../../extractors/selectors/build.ts";

test.each([
  "entry-title",
  "articleBody",
  "ArticleHeader",
  "c-article__lead",
  "story",
  "field-name-body",
  "opendata-story",
  "lastnews",
])("%s was chosen by somebody", (name) => {
  expect(isStable(name)).toBe(true);
});

test.each([
  ["css-1x2y3z", null],
  ["sc-bdVaJa", null],
  ["kYpQwZ", null],
  ["a1b2c3", null],
  ["post-4711", null],
  ["is-active", null],
  ["Active", null],
  ["lastItem", null],
  ["Article_title__x9Kf2", "Article_title__"],
  ["headline_Qz81kX", "headline_"],
])("%s was made up by a tool", (name, stem) => {
  expect([isStable(name), stemOf(name)]).toEqual([false, stem]);
});
