import type { Examples } from "./examples.ts";

const DECLARATION = {
  id: "example-agency",
  name: "Example Digital Agency",
  home: "https://agency.example/",
  feeds: ["https://agency.example/rss.xml"],
  schedule: { every: "15m" },
  language: "de",
  country: "DE",
};
const SOURCE = {
  id: "example-agency",
  name: "Example Digital Agency",
  state: "watched",
  version: 3,
  paused: null,
  home: "https://agency.example/",
  language: "de",
  country: "DE",
  nextDueAt: "2026-11-25T09:45:00.000Z",
  lastSuccessAt: "2026-11-25T09:30:04.000Z",
  lastProblem: null,
};
const WHOLE = { ...SOURCE, declaration: DECLARATION };
const PAUSED = {
  ...WHOLE,
  state: "paused",
  paused: { reason: "its site moves", until: "2026-12-02T09:30:00.000Z" },
  nextDueAt: "2026-12-02T09:30:00.000Z",
};
const PREVIEW = {
  id: "4b1f0c8e-6f55-4e0a-9a53-0c5a8f1f2d3e",
  state: "working",
  step: "reading robots.txt",
  declaration: null,
  verdict: null,
  problems: [],
  entries: [],
  articles: [],
};

/** Of sources and their previews. */
export const SOURCES: Examples = {
  "GET /v1/sources": { answer: { items: [SOURCE] } },
  "GET /v1/sources/{id}": { answer: WHOLE },
  "POST /v1/sources": {
    body: { reason: "asked for by the editors", source: DECLARATION },
    answer: { ...WHOLE, version: 1, lastSuccessAt: null },
  },
  "PATCH /v1/sources/{id}": {
    body: { reason: "they ask for a slower pace", source: { pace: { delay: "5s" }, region: null } },
    answer: { ...WHOLE, declaration: { ...DECLARATION, pace: { delay: "5s" } } },
  },
  "POST /v1/sources/{id}/pause": {
    body: { reason: "its site moves", until: "7d" },
    answer: PAUSED,
  },
  "POST /v1/sources/{id}/resume": { body: { reason: "it has moved" }, answer: WHOLE },
  "POST /v1/previews": { body: { home: "https://agency.example/" }, answer: PREVIEW },
  "GET /v1/previews/{id}": {
    answer: {
      ...PREVIEW,
      state: "done",
      step: "green",
      declaration:
        "id: agency\nname: Example Digital Agency\nfeeds: [https://agency.example/rss.xml]\n",
      verdict: "green",
      entries: [{ url: "https://agency.example/rss.xml", kind: "feed", articles: 12, why: null }],
      articles: [
        {
          url: "https://agency.example/news/paperless",
          title: "The city goes paperless",
          why: null,
          length: 2140,
          publishedAt: "2026-11-25T08:00:00.000Z",
        },
      ],
    },
  },
};
