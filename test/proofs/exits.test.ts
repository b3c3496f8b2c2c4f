import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance, InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { indexStep } from "../../archive/search/index-articles.ts";
import { openSearchIndex, type SearchIndex } from "../../archive/search/index-client.ts";
import { correct } from "../../articles/editorial/correct.ts";
import { retractArticle, retractByEditor } from "../../articles/editorial/retract.ts";
import { erase } from "../../articles/erasure/erase.ts";
import { commitArticles } from "../../articles/ingest/commit.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import { searchActions } from "../../bin/search-index.ts";
import { urlKey } from "../../crawler/links/url.ts";
import type { ArticleDecision } from "../../model/articles/correction.ts";
import { putView } from "../../store/publish/views.ts";
import type { Store } from "../../store/store.ts";
import { makeSource } from "../helpers/articles.ts";
import { leaseOf } from "../helpers/consumers.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { openEvents } from "../helpers/event-stream.ts";
import { asKey, newKey, openGated } from "../helpers/gated.ts";
import { makeLink } from "../helpers/links.ts";
import { outputs } from "../helpers/outputs.ts";
import { makeReading } from "../helpers/reading.ts";
import { closeReceivers, receive, subscribe, testPost } from "../helpers/receiver.ts";

const actor = "user ada";
const reason = "as agreed with them";
const now = new Date();
const later = new Date(now.getTime() + 3_600_000);
const urlOf = (state: string) => `https://cities.example/news/${state}`;
const idOf = (state: string) => urlKey(urlOf(state));

const say = (word: ArticleDecision) => async (articleId: string) => {
  const result = await correct(
    store,
    { articleId, word, actor, reason },
    { topics: [], now: later },
  );
  expect(result).toMatchObject({ changed: true });
};
const reserve = (name: string) => (_: string, state: string) => read(state, [name]);

/** How an article that readers had is taken from them; `title` where readers keep its title. */
const STATES: Record<
  string,
  { take: (id: string, state: string) => Promise<unknown>; keeps?: "title" }
> = {
  embargoed: { take: say({ field: "times", embargo: new Date("2100-01-01") }) },
  expired: { take: say({ field: "times", expires: new Date("2020-01-01") }) },
  "waiting for an editor": { take: say({ field: "state", say: "draft" }) },
  "withdrawn by an editor": {
    take: (articleId) => retractByEditor(store, { articleId, actor, reason }, later),
  },
  "retracted by its publisher": {
    take: (articleId) => {
      const withdrawal = { because: "it is gone", at: later, captureId: null };
      const retraction = { cause: "publisher", ...withdrawal } as const;
      return retractArticle(store, { _id: articleId, articleId }, retraction);
    },
  },
  erased: {
    take: (id) => {
      const options = { reason, actor, dryRun: false, now: () => later, progress: () => {} };
      return erase(store, { kind: "article", id }, options);
    },
  },
  "reserved by nosnippet": { take: reserve("nosnippet"), keeps: "title" },
  "reserved for text and data mining": { take: reserve("tdm"), keeps: "title" },
};
const NAMES = Object.keys(STATES);
/** One that stays as it is, so that each exit has something to show. */
const OPEN = "open";

/** The words that only this article has: in its title, and in what else it says. */
const markOf = (state: string) => {
  const token = state.toUpperCase().replaceAll(" ", "");
  return { title: `TITLE${token}`, words: `WORDS${token}` };
};
/** What no exit may carry. */
function leaksIn(body: string): string[] {
  return NAMES.flatMap((state) => {
    const { title, words } = markOf(state);
    const forbidden = STATES[state]?.keeps ? [words] : [title, words];
    return forbidden.filter((word) => body.toUpperCase().includes(word));
  });
}

/** Reads the page of an article and publishes what it says. */
async function read(state: string, reserved: string[] = []): Promise<void> {
  const [url, _id] = [urlOf(state), idOf(state)];
  const { title, words } = markOf(state);
  const mine = reserved.length > 0;
  const silent = reserved.includes("tdm") ? "What its publisher passes on." : words;
  const teaser = mine ? silent : `${words} in the teaser.`;
  const text = `${mine ? silent : words} in the text of the council.\n\nThe council met ${state}.`;
  const reading = makeReading(url, {
    fields: {
      title: `${title} council`,
      teaser,
      text,
      tags: STATES[state]?.keeps ? [] : [words],
      publishedAt: now,
    },
    capture: { _id: `${state} ${reserved.join()}`, fetchedAt: mine ? later : now },
    classified: { region: "Berlin", regionCode: "DE-BE", city: "Berlin" },
  });
  const link = makeLink(_id, { url, foundUrl: url });
  const entry = { link, capture: reading.capture, reading: { ...reading, reserved } };
  const options = { timezone: "UTC", now: () => now };
  await commitArticles(store, [entry], options);
}

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let index: SearchIndex;
let folder: string;
let key: string;
/** What each exit said, and with which tag, while everything was published. */
const before = new Map<string, { body: string; etag: string }>();
const post = testPost();

const exits = () =>
  Object.values(
    outputs({
      ids: [OPEN, ...NAMES].map(idOf),
      sources: ["cities"],
      story: idOf(OPEN),
      words: ["council"],
    }),
  ).flat();
const ask = (url: string, headers: InjectOptions["headers"] = {}) => app.inject({ url, headers });

beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("exits");
  const rights = { fullText: true, images: true, teaserLength: 600 };
  await store.collections.sources.insertOne(makeSource("cities", { rights }));
  await putView(store, { _id: "all", name: "All", filter: {}, at: now, actor: "test" });
  for (const state of [OPEN, ...NAMES]) await read(state);
  folder = mkdtempSync(join(tmpdir(), "newsgather-exits-"));
  index = openSearchIndex(join(folder, "index.sqlite"));
  app = await openGated(store, { search: searchActions(index) });
  key = await newKey(store, "read");
  await sequenceAll();
  for (const url of exits()) {
    const { body, headers } = await ask(url);
    before.set(url, { body, etag: String(headers.etag) });
  }
  for (const [state, { take }] of Object.entries(STATES)) await take(idOf(state), state);
  await sequenceAll();
});
afterAll(async () => {
  closeReceivers();
  await post.close();
  await app?.close();
  await index?.close();
  await database.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Brings stream and index up to what is stored. */
async function sequenceAll(): Promise<void> {
  while ((await sequence(store, new Date("2099-01-01"))) > 0);
  while (await indexStep({ store, index }));
}

describe("What was taken from readers", () => {
  test("showed at its exits before", () => {
    const shown = NAMES.map((state) => {
      const { words } = markOf(state);
      return [...before.values()].filter(({ body }) => body.toUpperCase().includes(words)).length;
    });
    expect(Math.min(...shown)).toBeGreaterThan(20);
  });

  test("is at no exit, and no cached answer is confirmed that held it", async () => {
    const leaks: string[] = [];
    let open = 0;
    for (const [url, { body, etag }] of before) {
      for (const headers of [{}, { "if-none-match": etag }]) {
        const answer = await ask(url, headers);
        expect([url, answer.statusCode < 500]).toEqual([url, true]);
        const found = answer.statusCode === 304 ? leaksIn(body) : leaksIn(answer.body);
        leaks.push(...found.map((word) => `${answer.statusCode} ${url}: ${word}`));
        if (answer.body.includes(markOf(OPEN).title)) open++;
      }
    }
    expect(leaks).toEqual([]);
    expect(open).toBeGreaterThan(50);
  });

  test("is in no part of the stream, however it is read", async () => {
    const address = await app.listen({ host: "127.0.0.1", port: 0 });
    const withdrawal: Record<string, unknown> = {};
    const stream = await openEvents(`${address}/v1/changes`, { accept: "text/event-stream" });
    const pages = await ask("/v1/changes?limit=500");
    const { items } = pages.json<{ items: unknown[] }>();
    const events: unknown[] = [];
    for (const _ of items) events.push(await stream.next());
    withdrawal["events"] = events;
    const operator = await asKey(app, store, "write");
    await operator("POST", "/v1/consumers", { name: "all", from: "start" });
    withdrawal["lease"] = (await leaseOf(operator, "all", { limit: 500 })).body.items;
    const { got, url } = await receive((response) => response.writeHead(200).end());
    const hook = await subscribe(store, post, url);
    await hook.run();
    withdrawal["webhook"] = got;
    withdrawal["pages"] = items;
    for (const [name, overrides] of Object.entries(withdrawal)) {
      const body = JSON.stringify(overrides);
      expect([name, leaksIn(body)]).toEqual([name, []]);
      expect([name, body.includes(markOf(OPEN).title)]).toEqual([name, true]);
    }
  });

  test("is not given to analysts either where it was erased", async () => {
    const id = idOf("erased");
    const { title, words } = markOf("erased");
    const headers = { authorization: `Bearer ${key}` };
    const paths = [
      "/v1/search?scope=all&q=council",
      `/v1/captures?article=${id}`,
      `/v1/captures?url=${encodeURIComponent(urlOf("erased"))}`,
      "/v1/captures?source=cities",
      `/v1/clicks`,
      `/admin/edit?article=${id}`,
      `/admin/revisions?article=${id}`,
      `/admin/provenance?article=${id}`,
      `/admin/corrections?article=${id}`,
      `/admin/stories?article=${id}`,
      "/admin/inbox?show=withdrawn",
      "/admin/as-of",
      `/admin/why?url=${encodeURIComponent(urlOf("erased"))}`,
    ];
    for (const path of paths) {
      const answer = await ask(path, headers);
      expect([path, answer.statusCode < 500]).toEqual([path, true]);
      const body = answer.body.toUpperCase();
      expect([path, body.includes(title), body.includes(words)]).toEqual([path, false, false]);
    }
  });
});
