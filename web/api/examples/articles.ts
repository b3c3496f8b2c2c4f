import type { Examples } from "./examples.ts";

const AT = "2026-11-25T09:30:00.000Z";
const ID = "8f1c2e7a90b34d5e6f708192a3b4c5d6";

/** An item as every list has it. */
export const ITEM = {
  id: ID,
  version: 2,
  status: "published",
  url: "https://cities.example/news/paperless",
  title: "Hamburg wants to go paperless",
  prefix: "DE: Hamburg: ",
  teaser: "By 2028 every form of the city can be filled in online.",
  authors: ["Ada Example"],
  organisations: [],
  sourceId: "cities",
  publishedAt: AT,
  modifiedAt: null,
  firstSeenAt: "2026-11-25T09:41:12.000Z",
  sortAt: AT,
  day: "2026-11-25",
  language: "en",
  country: "DE",
  region: "Hamburg",
  regionCode: "DE-HH",
  city: "Hamburg",
  topics: ["egovernment"],
  section: "Administration",
  tags: ["forms"],
  image: null,
  duplicateOf: null,
  storyId: ID,
  wordCount: 412,
  relevanceScore: 0.74,
  credit: null,
  edited: [],
  translations: { de: { title: "Hamburg will papierlos werden" } },
  pinnedUntil: null,
} as const;

/** A change as the stream has it. */
export const CHANGE = {
  seq: 1204,
  kind: "updated",
  articleId: ID,
  version: 2,
  at: AT,
  revision: { revision: 2, kind: "typo", because: '"papreless" became "paperless"' },
  item: ITEM,
} as const;

const PLACE = { kind: "city", country: "DE", region: "DE-HH", name: "Hamburg" };
const PLACES = {
  country: "DE",
  region: { code: "DE-HH", name: "Hamburg" },
  city: "Hamburg",
  confidence: 0.9,
  because: { country: "named", region: "named" },
  hits: [
    {
      field: "title",
      start: 0,
      end: 7,
      matched: "Hamburg",
      place: PLACE,
      weight: 3,
      notes: [],
    },
  ],
};
const STORY = { id: ID, representative: ID, sources: 2, articles: 3, because: null };
const CURSOR = "MTIwNC4w";
const COUNTS = { source: [{ value: "cities", count: 1 }], country: [{ value: "DE", count: 1 }] };
const RULES = { language: "3", places: "7", topics: "5", relevance: "2" };

/** Examples of what is read: articles, the stream, search. */
export const ARTICLES: Examples = {
  "GET /v1/changes": { answer: { items: [CHANGE], next_cursor: CURSOR, has_more: false } },
  "GET /v1/snapshot": {
    answer: { items: [ITEM], next_cursor: null, has_more: false, changes_cursor: CURSOR },
  },
  "GET /v1/articles": {
    answer: {
      items: [{ ...ITEM, story: STORY }],
      next_cursor: "MjAyNi0xMS0yNQ",
      has_more: true,
    },
  },
  "GET /v1/articles/{id}": {
    answer: {
      ...ITEM,
      text: null,
      textWithheld: true,
      reservations: [],
      siteName: "Cities",
      canonicalUrl: ITEM.url,
      isAccessibleForFree: true,
      publishedPrecision: "instant",
      extractor: "12",
      derived: RULES,
      completeness: 0.9,
      topicEvidence: [
        {
          id: "egovernment",
          score: 2.4,
          because: "keywords",
          hits: [{ keyword: "digital administration", where: "lead", times: 1, weight: 2.4 }],
        },
      ],
      relevance: {
        score: 0.74,
        min: 0.2,
        parts: { topics: 0.5, declared: 0, place: 0.14, trust: 0.1 },
      },
      placeEvidence: PLACES,
      evidence: { title: { rule: "og:title", seen: ITEM.title, confidence: 0.9 } },
      story: STORY,
    },
  },
  "GET /v1/articles/{id}/revisions": {
    answer: {
      articleId: ID,
      revisions: [
        {
          revision: 1,
          kind: "first",
          because: null,
          at: AT,
          title: "Hamburg wants to go papreless",
          extractor: "12",
        },
      ],
    },
  },
  "GET /v1/articles/{id}/diff": {
    answer: {
      articleId: ID,
      from: 1,
      to: 2,
      title: [
        { kind: "same", text: "Hamburg wants to go " },
        { kind: "removed", text: "papreless" },
        { kind: "added", text: "paperless" },
      ],
      paragraphs: null,
    },
  },
  "GET /v1/stories/{id}": {
    answer: {
      id: ID,
      representative: ID,
      sources: ["cities"],
      articles: [{ ...ITEM, because: null }],
    },
  },
  "GET /v1/search": {
    answer: {
      items: [
        {
          ...ITEM,
          revision: null,
          highlights: { title: "<mark>Hamburg</mark> wants to go paperless", snippet: "" },
        },
      ],
      total: 1,
      exact: true,
      facets: { ...COUNTS, region: [], topic: [], language: [], day: [], status: [] },
      hints: [],
      behind: 0,
      next_offset: null,
    },
  },
  "GET /v1/searches": { answer: [savedSearch()] },
  "PUT /v1/searches/{name}": {
    body: { query: "paperless country:DE", sort: "newest" },
    answer: savedSearch(),
  },
  "GET /v1/clicks": {
    answer: { day: "2026-11-25", total: 31, articles: [{ id: ID, count: 12 }] },
  },
};

function savedSearch() {
  return {
    name: "paperless-de",
    query: "paperless country:DE",
    sort: "newest",
    page: "https://portal.example/search?saved=paperless-de",
    savedAt: AT,
  };
}
