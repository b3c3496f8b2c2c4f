import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allFor, exportArticles } from "../../archive/export/rows.ts";
import { indexStep } from "../../archive/search/index-articles.ts";
import { openSearchIndex, type SearchIndex } from "../../archive/search/index-client.ts";
import { draftTranslation } from "../../articles/editorial/translate.ts";
import { commitArticles } from "../../articles/ingest/commit.ts";
import { bindingRights, forAnalysis, forStore } from "../../articles/reading/parse-tasks.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import { searchActions } from "../../bin/search-index.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { pageSignals } from "../../crawler/rights/page-signals.ts";
import { robotsUsage } from "../../crawler/rights/robots-usage.ts";
import { EXPORT_PURPOSES } from "../../model/archive/export.ts";
import {
  imageTerms,
  judgeUse,
  USES,
  type UsageSignal,
  type Use,
} from "../../model/usage-rights.ts";
import { countUp } from "../../store/publish/counters.ts";
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
import { textOf } from "../helpers/site.ts";
import { seenAt, signalsOf, TABLE } from "../helpers/usage-table.ts";

/** As many as one page of each list shows. */
const ROWS_PER_PORTAL = 25;
const before = new Date(seenAt.getTime() - 3_600_000);
const rows = Object.entries(TABLE).flatMap(([format, all]) =>
  all.map(([says, sources], at) =>
    makeRow(`${format}: ${says}`, signalsOf(sources), `${format}${at}`),
  ),
);

/** An article about which a row of the table is said, and words that stand nowhere else. */
function makeRow(name: string, signals: UsageSignal[], seed: string) {
  const mark = seed.toUpperCase().replace(/[^A-Z0-9]/g, "");
  const url = `https://cities.example/news/${mark.toLowerCase()}`;
  const words = {
    title: `TITLE${mark}X`,
    first: `FIRST${mark}X`,
    later: `LATER${mark}X`,
    last: `LAST${mark}X`,
    image: `IMAGE${mark}X`,
  };
  const verdicts = Object.fromEntries(
    USES.map((use) => [use, judgeUse(signals, use, new Date())]),
  ) as Record<Use, ReturnType<typeof judgeUse>>;
  const { reserved } = bindingRights(signals, null, seenAt);
  const images = imageTerms(signals);
  return { name, url, id: urlKey(url), seed, words, signals, verdicts, reserved, images };
}
type Row = ReturnType<typeof makeRow>;

/** The words of an article that no exit may carry. */
function forbiddenOf({ words, verdicts, reserved, images }: Row): string[] {
  const { first, later, last, image } = words;
  const { search } = verdicts;
  if (!search.allowed) return Object.values(words);
  const most = search.maxCharacters ?? Number.POSITIVE_INFINITY;
  return [
    ...(most === 0 ? [first] : []),
    // It stands behind the first hundred characters.
    ...(most <= 100 ? [later] : []),
    ...(verdicts["full-text"].allowed && reserved.length === 0 ? [] : [last]),
    ...(images.maxImagePreview === "none" ? [image] : []),
  ];
}

/** Reads the page of an article: at first nothing is said of it, then what its row says. */
async function read(store: Store, row: Row, at: Date, signals: UsageSignal[]): Promise<void> {
  const { words, seed, url, id } = row;
  const link = makeLink(id, { url, foundUrl: url });
  const { binding, reserved, reservations } = bindingRights(signals, null, at);
  const reading = makeReading(url, {
    fields: {
      title: `${words.title} council ${seed}`,
      teaser: `${words.first} ${textOf(`teaser ${seed}`).slice(0, 110)} ${words.later} in the teaser.`,
      text: `${textOf(seed)}\n\n${words.last} stands at the end of the council's text.`,
      publishedAt: before,
      image: {
        url: `https://cities.example/${words.image}.jpg`,
        alt: null,
        caption: null,
        credit: null,
        width: null,
        height: null,
      },
    },
    capture: {
      _id: `${id} ${at.getTime()}`,
      linkId: id,
      fetchedAt: at,
      rights: signals,
      reservations,
    },
    classified: {
      title: `${words.title} council ${seed}`,
      region: "Berlin",
      regionCode: "DE-BE",
      city: "Berlin",
    },
  });
  const { extracted } = reading;
  const extraction = forStore(forAnalysis(extracted.extraction, reserved), reserved);
  const kept = { ...reading, extracted: { ...extracted, extraction }, rights: binding, reserved };
  const entry = { link, capture: reading.capture, reading: kept };
  const options = {
    timezone: "UTC",
    now: () => new Date(),
  };
  await commitArticles(store, [entry], options);
}

const portals = Array.from({ length: Math.ceil(rows.length / ROWS_PER_PORTAL) }, (_, at) =>
  rows.slice(at * ROWS_PER_PORTAL, (at + 1) * ROWS_PER_PORTAL),
);
const OPEN = makeRow("nothing", [], "open to all");

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
const post = testPost();
afterAll(async () => {
  closeReceivers();
  await post.close();
  await database.close();
});

test("The table has every format, place and use in at least 120 combinations", () => {
  expect(rows.length * USES.length).toBeGreaterThanOrEqual(120);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
});

describe.each(portals.map((some, at) => [at + 1, some] as const))("portal %i", (number, some) => {
  let store: Store;
  let app: FastifyInstance;
  let index: SearchIndex;
  let folder: string;
  let key: string;
  const ask = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });
  const exits = () => {
    const ids = [OPEN, ...some].map(({ id }) => id);
    return Object.values(
      outputs({ ids, sources: ["cities"], story: OPEN.id, words: ["council"] }),
    ).flat();
  };
  const leaksIn = (body: string) => {
    const upper = body.toUpperCase();
    return some.flatMap((row) => {
      const found = forbiddenOf(row).filter((word) => upper.includes(word));
      return found.map((word) => `${row.name}: ${word}`);
    });
  };

  beforeAll(async () => {
    store = await database.open(`portal-${number}`);
    const rights = { fullText: true, images: true, teaserLength: 600 };
    await store.collections.sources.insertOne(makeSource("cities", { rights }));
    await putView(store, { _id: "all", name: "All", filter: {}, at: before, actor: "test" });
    for (const row of [OPEN, ...some]) await read(store, row, before, []);
    while ((await sequence(store, new Date("2099-01-01"))) > 0);
    for (const row of some) await read(store, row, seenAt, row.signals);
    while ((await sequence(store, new Date("2099-01-01"))) > 0);
    while ((await countUp(store)) > 0);
    folder = mkdtempSync(join(tmpdir(), "newsgather-usage-"));
    index = openSearchIndex(join(folder, "index.sqlite"));
    while (await indexStep({ store, index }));
    app = await openGated(store, { search: searchActions(index) });
    key = await newKey(store, "read");
  });
  afterAll(async () => {
    await app?.close();
    await index?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test("No page, feed, list, search, facet, snapshot or digest carries what is reserved", async () => {
    const leaks: string[] = [];
    const shown = new Map<string, number>();
    for (const url of exits()) {
      const { statusCode, body } = await ask(url);
      expect([url, statusCode < 500]).toEqual([url, true]);
      leaks.push(...leaksIn(body).map((leak) => `${url}: ${leak}`));
      for (const { words, verdicts, name } of some) {
        if (!verdicts.search.allowed || !body.includes(words.title)) continue;
        shown.set(name, (shown.get(name) ?? 0) + 1);
      }
    }
    expect(leaks).toEqual([]);
    // That what may be shown is shown proves that each exit was asked.
    const listed = some.filter(({ verdicts }) => verdicts.search.allowed);
    expect(
      listed.filter(({ name }) => (shown.get(name) ?? 0) < 20).map(({ name }) => name),
    ).toEqual([]);
  });

  test("Pictures are handed out where nothing reserves them", async () => {
    const { body: feed } = await ask("/feeds/all.rss?limit=200");
    const { body: list } = await ask("/v1/articles?limit=100");
    const open = some.filter(
      ({ verdicts, images }) => verdicts.search.allowed && images.maxImagePreview !== "none",
    );
    expect(
      open.filter(({ words }) => !feed.includes(words.image) || !list.includes(words.image)),
    ).toEqual([]);
  });

  test("Full texts are handed out where nothing reserves them", async () => {
    const { body } = await ask("/feeds/all.json?mode=fulltext&limit=200");
    const open = some.filter(
      ({ verdicts, reserved }) =>
        verdicts["full-text"].allowed && verdicts.search.allowed && reserved.length === 0,
    );
    expect(open.filter(({ words }) => !body.includes(words.last)).map(({ name }) => name)).toEqual(
      [],
    );
  });

  test("No change, event, lease, webhook or search of the whole archive carries it either", async () => {
    const address = await app.listen({ host: "127.0.0.1", port: 0 });
    const { items } = (await ask("/v1/changes?limit=500")).json<{ items: unknown[] }>();
    const stream = await openEvents(`${address}/v1/changes`, { accept: "text/event-stream" });
    const events: unknown[] = [];
    for (const _ of items) events.push(await stream.next());
    const operator = await asKey(app, store, "write");
    await operator("POST", "/v1/consumers", { name: "all", from: "start" });
    const leased = (await leaseOf(operator, "all", { limit: 500 })).body.items;
    const { got, url } = await receive((response) => response.writeHead(200).end());
    const hook = await subscribe(store, post, url);
    await hook.run();
    const authorization = `Bearer ${key}`;
    const archive = (await ask("/v1/search?scope=all&limit=100&q=council", { authorization })).body;
    const bodies = { items, events, leased, got };
    for (const [exit, content] of Object.entries(bodies)) {
      const body = JSON.stringify(content);
      expect([exit, leaksIn(body)]).toEqual([exit, []]);
      expect([exit, body.includes(OPEN.words.title)]).toEqual([exit, true]);
    }
    expect(leaksIn(archive)).toEqual([]);
    expect(archive).toContain(OPEN.words.title);
  });

  test.each(EXPORT_PURPOSES)(
    "An export for %s has what may be used for that, and nothing else",
    async (purpose) => {
      const exported = new Map<string, string>();
      for await (const row of exportArticles(store, allFor(purpose)))
        exported.set(row.id, JSON.stringify(row));
      const wrong = some.flatMap(({ id, name, verdicts, words }) => {
        const { allowed, maxCharacters } = verdicts[purpose];
        const row = exported.get(id);
        if ((row !== undefined) !== allowed) return `${name}: ${allowed ? "missing" : "exported"}`;
        const isLong =
          row !== undefined && maxCharacters !== null && row.toUpperCase().includes(words.later);
        return isLong ? `${name}: more than ${maxCharacters} characters` : [];
      });
      expect(wrong).toEqual([]);
      expect(exported.has(OPEN.id)).toBe(true);
    },
  );

  test("No translator is asked where input of models is reserved", async () => {
    const asked: string[] = [];
    const translator = {
      url: "https://translator.example/",
      secret: "whsec_c2VjcmV0c2VjcmV0c2VjcmV0",
      post: {
        send: async (_: string, { body }: { body: string }) => {
          asked.push(body);
          return { problem: "it is away" };
        },
      },
    };
    for (const { id } of [OPEN, ...some]) {
      const wanted = { articleId: id, language: "de", actor: "user ada", reason: "as agreed" };
      const deps = { store, now: () => new Date() };
      await draftTranslation(deps, translator as never, wanted);
    }
    const reserved = some.filter(({ verdicts }) => !verdicts["ai-input"].allowed);
    const sent = asked.join("\n").toUpperCase();
    expect(
      reserved.filter(({ words }) => sent.includes(words.title)).map(({ name }) => name),
    ).toEqual([]);
    expect(sent).toContain(OPEN.words.title);
  });

  test("Each answer reserves in its headers what is reserved of what it tells", async () => {
    const wrong: string[] = [];
    for (const url of exits()) {
      const { body, headers } = await ask(url);
      const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
      // What is reserved from search is in no list, so that none is withdrawn from search for it.
      if (/noindex|search=n/.test(JSON.stringify(texts)))
        wrong.push(`${url} is withdrawn from search`);
      const page = { url: "https://portal.example/", product: "AnotherBot", seenAt };
      const passedOn = pageSignals({ ...page, headers: Object.fromEntries(texts) });
      // Of the others in its story an article's own page has headlines alone.
      const own = /\/article\/(\w+)$/.exec(url)?.[1];
      for (const { id, name, words, verdicts, images } of some) {
        if (!body.includes(words.title) || (own && own !== id)) continue;
        const lost = USES.filter((use) => use !== "full-text" && !verdicts[use].allowed).filter(
          (use) => judgeUse(passedOn, use, seenAt).allowed,
        );
        if (lost.length > 0) wrong.push(`${url}: ${name}: ${lost.join()}`);
        const { maxImagePreview, noImageAi } = imageTerms(passedOn);
        const isKept =
          (!images.noImageAi || noImageAi) &&
          (!images.maxImagePreview || maxImagePreview !== undefined);
        if (!isKept) wrong.push(`${url}: ${name}: its pictures`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("An article's own page and API answer say no more than is said of it", async () => {
    const own = some.filter(({ verdicts }) => verdicts.search.allowed);
    for (const { id, name, verdicts, signals } of own) {
      const answer = await ask(`/v1/articles/${id}`);
      const { rights, signals: given } = answer.json<{
        rights: { denies: Use[] } | null;
        signals: UsageSignal[];
      }>();
      const denied = USES.filter((use) => !verdicts[use].allowed);
      expect([name, rights?.denies ?? []]).toEqual([name, denied]);
      expect([name, given.map(({ text, place }) => `${text} ${place}`)]).toEqual([
        name,
        signals.map(({ text, place }) => `${text} ${place}`),
      ]);
      if (signals.length > 0) continue;
      const { headers } = await ask(`/article/${id}`);
      expect([name, headers["content-usage"], headers["x-robots-tag"]]).toEqual([
        name,
        undefined,
        undefined,
      ]);
    }
  });

  test("robots.txt reserves for models what any article reserves", async () => {
    const { body } = await ask("/robots.txt");
    const { statements } = robotsUsage(body, "AnotherBot", "https://portal.example/");
    const denied = new Set(statements.flatMap(({ denies = [] }) => denies));
    expect(denied.has("search")).toBe(false);
    for (const use of ["ai-input", "ai-train"] as const) {
      const isReserved = some.some(
        ({ verdicts }) => verdicts.search.allowed && !verdicts[use].allowed,
      );
      expect([use, denied.has(use)]).toEqual([use, isReserved]);
    }
  });
});
