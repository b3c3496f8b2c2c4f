import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { indexStep } from "../../../../archive/search/index-articles.ts";
import { openSearchIndex, type SearchIndex } from "../../../../archive/search/index-client.ts";
import { revisionOf } from "../../../../articles/revisions/draft.ts";
import { actionsOf } from "../../../../bin/roles/api-workers.ts";
import { searchActions } from "../../../../bin/search-index.ts";
import { putView } from "../../../../store/publish/views.ts";
import type { Store } from "../../../../store/store.ts";
import { neededFor } from "../../../../web/auth/access.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { leaseOf } from "../../../helpers/consumers.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { openEvents } from "../../../helpers/event-stream.ts";
import { asKey, openGated } from "../../../helpers/gated.ts";
import { OTHERS, outputs, RAW } from "../../../helpers/outputs.ts";
import { closeReceivers, receive, subscribe, testPost } from "../../../helpers/receiver.ts";
import { routesOf } from "../../../helpers/routes.ts";

/** What no output may carry of these articles. */
const FORBIDDEN =
  /BEYOND-TEASER|FULL-TEXT|PICTURE|NO-SNIPPET|RESERVED-TEXT|UNDER-EMBARGO|NOT-LET-THROUGH|EXPIRED-TOLD/;
const LONG = "Ein Anreißer, der länger ist als erlaubt. BEYOND-TEASER";
/** Articles that readers don't see: under embargo, waiting for an editor, expired. */
const HIDDEN = { embargoed: "UNDER-EMBARGO", waiting: "NOT-LET-THROUGH", over: "EXPIRED-TOLD" };
const UNLISTED = {
  status: "unlisted" as const,
  unlisted: { reason: "embargo" as const, detail: "until tomorrow", at: new Date() },
  pinnedUntil: new Date(Date.now() + 3_600_000),
};
const CREDIT = "© The Strict Gazette";

let database: TestDatabase;
let store: Store;
let app: FastifyInstance;
let index: SearchIndex;
let folder: string;
const post = testPost();
const now = new Date();
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("rights");
  const rights = { fullText: false, images: false, teaserLength: 30, credit: CREDIT };
  const generous = { fullText: true, images: true, teaserLength: 600 };
  await store.collections.sources.insertMany([
    makeSource("strict", { rights }),
    makeSource("generous", { rights: generous }),
  ]);
  await putView(store, { _id: "all", name: "All", filter: {}, at: now, actor: "test" });
  const picture = (url: string) => ({
    url,
    alt: null,
    caption: null,
    credit: null,
    width: null,
    height: null,
  });
  const berlin = { region: "Berlin", regionCode: "DE-BE", city: "Berlin" };
  const common = { sortAt: now, publishedAt: now, storyId: "one", ...berlin };
  await publishArticles(store, "created", [
    makeArticle("one", {
      ...common,
      sourceId: "strict",
      teaser: "A teaser as long as it may be. BEYOND-TEASER",
      text: "FULL-TEXT of the article.\n\nFULL-TEXT goes on.",
      html: "<p>FULL-TEXT</p>",
      edited: { translations: { de: { title: "Auf Deutsch", teaser: LONG } } },
      image: picture("https://strict.example/PICTURE.jpg"),
      evidence: {
        text: { rule: "body", seen: "FULL-TEXT", confidence: 1 },
        image: { rule: "og", seen: "PICTURE", confidence: 1 },
      },
    }),
    makeArticle("two", {
      ...common,
      sourceId: "generous",
      reservations: ["nosnippet"],
      teaser: "NO-SNIPPET",
      text: "RESERVED-TEXT",
      edited: { teaser: "NO-SNIPPET", translations: { de: { teaser: "NO-SNIPPET" } } },
      evidence: { teaser: { rule: "meta", seen: "NO-SNIPPET", confidence: 1 } },
    }),
    ...Object.entries(HIDDEN).map(([id, title]) =>
      makeArticle(id, {
        ...common,
        sourceId: "generous",
        title,
        teaser: title,
        text: title,
        ...UNLISTED,
      }),
    ),
    makeArticle("three", {
      ...common,
      sourceId: "generous",
      text: "Text that may be given, the first paragraph.\n\nAND THE LAST ONE",
      image: picture("https://generous.example/may-be-shown.jpg"),
    }),
  ]);
  const articles = await store.collections.articles.find().toArray();
  await store.collections.revisions.insertMany(
    articles.flatMap((article) =>
      [1, 2].map((revision) => {
        const quoted = article._id === "two" ? article.text : "12";
        const because = `"${quoted}" became "21"`;
        const revised = { revision, kind: "update" as const, because };
        return revisionOf({ ...article, revision, revised }, now);
      }),
    ),
  );
  folder = mkdtempSync(join(tmpdir(), "newsgather-rights-"));
  index = openSearchIndex(join(folder, "index.sqlite"));
  while (await indexStep({ store, index }));
  app = await openGated(store, { search: searchActions(index) });
});
afterAll(async () => {
  closeReceivers();
  await post.close();
  await app.close();
  await index.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

test("every output that gives something of articles is asked", () => {
  const routes = routesOf(app)
    .filter((route) => route.startsWith("GET "))
    .map((route) => route.slice(4))
    .filter((path) => !OTHERS.test(path));
  const raw = routes.filter((path) => RAW.test(path));
  expect(raw.map((path) => neededFor("GET", path))).toEqual(Array(7).fill("read"));
  const others = routes.filter((path) => !RAW.test(path));
  expect(others.toSorted()).toEqual(Object.keys(outputs()).toSorted());
});

test("no output carries more than the rights of a source and the reservations of a page allow", async () => {
  const leaks: string[] = [];
  const shown = { titles: 0, text: 0, picture: 0, credit: 0 };
  for (const url of Object.values(outputs(undefined, now)).flat()) {
    const { statusCode, body } = await app.inject(url);
    expect([url, statusCode]).toEqual([url, 200]);
    const found = FORBIDDEN.exec(body);
    if (found) leaks.push(`${url}: ${found[0]}`);
    if (body.includes("Title of")) shown.titles++;
    if (body.includes("AND THE LAST ONE")) shown.text++;
    if (body.includes("may-be-shown.jpg")) shown.picture++;
    if (body.includes(CREDIT)) shown.credit++;
  }
  expect(leaks).toEqual([]);
  // That they carry what they may shows that something was asked for at all.
  expect(shown.titles).toBeGreaterThan(50);
  expect(Math.min(shown.text, shown.picture, shown.credit)).toBeGreaterThan(10);
});

test("what is under embargo, waits for an editor or is over is at no address of its own", async () => {
  for (const id of Object.keys(HIDDEN)) {
    for (const path of [
      "/article/ID",
      "/de/article/ID",
      "/read/ID",
      "/v1/articles/ID",
      "/v1/articles/ID/revisions",
      "/v1/stories/ID",
    ]) {
      const answer = await app.inject(path.replace("ID", id));
      expect([path, id, answer.statusCode]).toEqual([path, id, 404]);
      expect(answer.body).not.toMatch(FORBIDDEN);
    }
  }
});

test("nor do events, leases and webhooks", async () => {
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  const stream = await openEvents(`${address}/v1/changes`, { accept: "text/event-stream" });
  const events = [await stream.next(), await stream.next(), await stream.next()];
  const operator = await asKey(app, store, "write");
  await operator("POST", "/v1/consumers", { name: "all", from: "start" });
  const { body: leased } = await leaseOf(operator, "all");
  const { got, url } = await receive((response) => response.writeHead(200).end());
  const hook = await subscribe(store, post, url);
  await hook.run();
  const bodies = await Promise.all((await hook.log()).map(actionsOf(hook.deps).body));
  for (const output of [events, leased.items, got, bodies]) {
    expect(output).toHaveLength(3);
    expect(JSON.stringify(output)).toContain("A teaser as long");
    expect(JSON.stringify(output)).toContain("may-be-shown.jpg");
    expect(JSON.stringify(output)).not.toMatch(FORBIDDEN);
  }
});
