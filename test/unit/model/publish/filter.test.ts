import { expect, test } from "vitest";
import {
  type ChangeKind,
  stateOf,
  toItem,
  toVisible,
  type Visible,
} from "../../../../model/articles/article.ts";
import {
  type Filter,
  kindFor,
  matchesQuery,
  type Query,
} from "../../../../model/publish/filter.ts";
import { makeArticle } from "../../../helpers/articles.ts";

const article = makeArticle("a", {
  topics: ["smart-city", "egov"],
  country: "DE",
  regionCode: "DE-BE",
  city: "Berlin",
  relevanceScore: 0.5,
});
const visible = toVisible(article);
const elsewhere: Visible = { ...visible, topics: ["transport"] };

const berlin: Filter = { region: ["DE-BE"], city: ["Berlin"] };
const egov: Filter = { topic: ["egov", "ai"] };
const DRAFT = {
  state: "draft",
  initialState: "draft",
  isDecided: false,
  waitsSince: null,
} as const;
const COPY = { duplicateOf: "original" };
const copied = toVisible({ ...article, ...COPY });
const CASES: [
  string,
  ChangeKind,
  Visible | null,
  Partial<Visible> & { duplicateOf?: string },
  Query,
  ChangeKind | null,
][] = [
  ["new and inside", "created", null, {}, egov, "created"],
  ["new and outside", "created", null, { topics: ["transport"] }, egov, null],
  ["inside before and after", "updated", visible, {}, egov, "updated"],
  ["enters the filter", "updated", elsewhere, {}, egov, "created"],
  ["leaves the filter", "updated", visible, { topics: ["transport"] }, egov, "retracted"],
  ["outside before and after", "updated", elsewhere, { topics: ["water"] }, egov, null],
  ["becomes a copy inside", "merged", visible, {}, egov, "merged"],
  ["is retracted inside", "retracted", visible, { status: "retracted" }, egov, "retracted"],
  ["is retracted outside", "retracted", elsewhere, { status: "retracted" }, egov, null],
  ["comes back", "updated", { ...visible, status: "retracted" }, {}, {}, "created"],
  ["all fields hold", "created", null, {}, { ...egov, country: ["AT", "DE"] }, "created"],
  ["one field fails", "created", null, {}, { ...egov, country: ["AT"] }, null],
  ["a region and its city", "created", null, {}, berlin, "created"],
  ["another city", "created", null, { city: "Bonn" }, berlin, null],
  ["relevant enough", "updated", visible, { relevanceScore: 0.4 }, { relevance: 0.4 }, "updated"],
  [
    "no longer relevant",
    "updated",
    visible,
    { relevanceScore: 0.3 },
    { relevance: 0.4 },
    "retracted",
  ],
  ["never measured", "created", null, { relevanceScore: null }, { relevance: 0.1 }, null],
  ["another language", "created", null, {}, { language: ["fr"] }, null],
  ["another source", "created", null, {}, { source: ["towns"] }, null],
  ["a query for what isn't published", "created", null, {}, { state: ["draft"] }, null],
  ["a copy without copies", "created", null, COPY, { copies: false }, null],
  ["an original without copies", "created", null, {}, { copies: false }, "created"],
  ["becomes a copy without copies", "merged", visible, COPY, { copies: false }, "retracted"],
  ["a copy stands alone", "updated", copied, {}, { copies: false }, "created"],
  ["a copy stays one", "updated", copied, COPY, { copies: false }, null],
  ["a copy with copies", "updated", copied, COPY, { copies: true }, "updated"],
  ["no country", "created", null, { country: null }, { country: ["DE"] }, null],
];

test.each(CASES)("%s", (_name, kind, before, after, filter, expected) => {
  const item = toItem({ ...article, ...after });
  expect(kindFor({ kind, before, item }, filter)).toBe(expected);
});

test("an erased item is not told, and gone for those who had it", () => {
  const item = { ...toItem(article), erased: true as const };
  expect(kindFor({ kind: "created", before: null, item }, {})).toBeNull();
  expect(kindFor({ kind: "updated", before: visible, item }, {})).toBe("retracted");
});

test("a query without copies leaves them out in every state", () => {
  const draft = { ...article, status: "unlisted" as const, editorial: DRAFT };
  for (const one of [article, draft]) {
    const state = stateOf(one);
    const query: Query = { copies: false, ...(state && { state: [state] }) };
    expect(matchesQuery(query, one)).toBe(true);
    expect(matchesQuery(query, { ...one, duplicateOf: "original" })).toBe(false);
  }
});
