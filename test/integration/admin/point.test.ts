import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { gzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { marked } from "../../../extractors/point/mark.ts";
import type { Proposal, Trial } from "../../../model/pointing.ts";
import { addCaptures } from "../../../store/captures.ts";
import { getSource } from "../../../store/sources.ts";
import type { Store } from "../../../store/store.ts";
import { createParser, type Parser } from "../../../workers/extract/parser.ts";
import { makeSource } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { codeIn, FORM, join, login, openGated } from "../../helpers/gated.ts";
import { makeLink } from "../../helpers/links.ts";
import { BROWSER } from "../../helpers/portal.ts";
import { makePreview } from "../../helpers/previews.ts";
import { makeCapture } from "../../helpers/reading.ts";
import { textOf } from "../../helpers/site.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const HOUR = 3_600_000;
const YAML = `# our town
id: town
name: Town
feeds: [https://town.example/rss]
select: [{ title: h1.old }]
`;

let parser: Parser;
let database: TestDatabase;
let store: Store;
let sourcesDir: string;
let app: FastifyInstance;
let cookie: string;
const previewed: unknown[] = [];

beforeAll(async () => {
  parser = createParser(1, []);
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("point");
  sourcesDir = await mkdtemp(path(tmpdir(), "sources-"));
  const refuse = () => Promise.reject(new Error("not asked here"));
  const preview = (what: unknown) => Promise.resolve(`p-${previewed.push(what) + 1}`);
  const desk = { preview, activate: refuse, findMoved: refuse, recall: refuse };
  await join(store, "oscar", "operator");
  const parserAt = () => Promise.resolve({ parser });
  app = await openGated(store, { desk, parserAt, sourcesDir, now: () => NOW });
  ({ cookie } = await login(app, "oscar"));
});
afterAll(async () => {
  await app.close();
  await Promise.all([parser.close(), database.close()]);
  await rm(sourcesDir, { recursive: true });
});

const page = async (url: string) => app.inject({ url, headers: { ...BROWSER, cookie } });
const twin = async <T>(url: string) =>
  (await app.inject({ url, headers: { accept: "application/json", cookie } })).json<T>();
const send = async (fields: Record<string, string>) => {
  const { body } = await page("/admin/add");
  const payload = new URLSearchParams({ _csrf: codeIn(body), ...fields }).toString();
  return app.inject({
    method: "POST",
    url: "/admin/point",
    headers: { ...FORM, cookie },
    payload,
  });
};

/** An article's page; its heading has the class of its time. */
function article(n: number, heading: string): string {
  const text = textOf(`article ${n}`)
    .split("\n\n")
    .map((one) => `<p>${one}</p>`)
    .join("");
  return `<!doctype html><html lang="en"><head><title>Town</title><script>steal()</script></head><body><h1>Town of Example</h1>
<div class="story"><h1 class="${heading}">Article number ${n}</h1><div class="dated">${n + 1} November 2026</div><div class="copy">${text}</div></div></body></html>`;
}

test("in a preview: a click gives a selector, it is tried on the other pages and previewed anew", async () => {
  const pages = [1, 2, 3].map((n) => ({
    url: `https://town.example/${n}`,
    kind: "article" as const,
    finalUrl: null,
    status: 200,
    headers: { "content-type": "text/html" },
    body: gzipSync(article(n, "head")),
    why: null,
  }));
  await store.collections.previews.insertOne(makePreview("p-1", NOW, { yaml: YAML, pages }));
  const shown = await page("/admin/point?preview=p-1");
  expect(shown.headers["content-security-policy"]).toContain("script-src 'self'");
  expect(shown.body).toMatch(/<iframe data-point sandbox="allow-same-origin"/);
  expect(shown.body).toMatch(/type="radio" name="selector"[^>]*value="h1.head" checked/);

  const framed = await page("/admin/point/page?preview=p-1&n=0");
  expect(framed.body).toBe(marked(article(1, "head")));
  expect(framed.headers["content-security-policy"]).toBe(
    "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
  );

  const [, at = ""] = /data-newsgather="(\d+)" class="dated"/.exec(framed.body) ?? [];
  const date = `/admin/point?preview=p-1&field=publishedAt&at=${at}`;
  const { proposals } = await twin<{ proposals: Proposal[] }>(date);
  expect(proposals[0]).toMatchObject({ selector: "div.dated", found: 3, pages: 3, distinct: 3 });
  expect(proposals[0]?.value).toMatch(/^2026-11-02/);

  const asked = "/admin/point?preview=p-1&field=publishedAt&step=try&selector=div.dated";
  const { trial } = await twin<{ trial: Trial }>(asked);
  expect(trial.after).toMatchObject({ filled: 3, distinct: 3 });
  expect((await page(asked)).body).toContain("Use it and preview again");

  const used = await send({ preview: "p-1", field: "publishedAt", selector: "div.dated" });
  expect([used.statusCode, used.headers.location]).toEqual([303, "/admin/preview?id=p-2"]);
  const [{ yaml }] = previewed as [{ yaml: string }];
  expect(yaml).toMatch(/^# our town[^]*title: h1.old[^]*publishedAt: div.dated/);
  const wrong = await send({ preview: "p-1", field: "publishedAt", selector: "div[[" });
  expect(wrong.statusCode).toBe(400);
});

test("of a source: a new selector is tried on archived pages, and holds from the redesign on", async () => {
  await writeFile(path(sourcesDir, "town.yaml"), YAML);
  await store.collections.sources.insertOne(
    makeSource("town", { select: [{ title: "h1.old", remove: [] }] }),
  );
  const times = [0, 1, 2, 3, 4, 5].map((n) => new Date(NOW.getTime() - (6 - n) * HOUR));
  const redesign = times[3] ?? NOW;
  for (const [n, fetchedAt] of times.entries()) {
    const bytes = gzipSync(article(n, fetchedAt < redesign ? "old" : "new"));
    const url = `https://town.example/${n}`;
    const known = {
      _id: `c-${n}`,
      linkId: `l-${n}`,
      sourceId: "town",
      bodyId: `b-${n}`,
      fetchedAt,
    };
    const headers = { "content-type": "text/html; charset=utf-8" };
    await addCaptures(
      store,
      [{ ...makeCapture(url), ...known, headers }],
      [{ _id: `b-${n}`, bytes, encoding: "gzip", size: bytes.length, storedAt: fetchedAt }],
    );
    await store.collections.links.insertOne(
      makeLink(`l-${n}`, { foundUrl: url, hints: { title: `Article number ${n}` } }),
    );
  }
  const { proposals } = await twin<{ proposals: Proposal[] }>(
    "/admin/point?source=town&field=title",
  );
  expect(proposals[0]).toMatchObject({ pages: 6, found: 3, distinct: 3, agrees: 3, told: 6 });
  const asked = "/admin/point?source=town&field=title&step=try&selector=h1.new";
  const { trial } = await twin<{ trial: Trial }>(asked);
  expect(trial).toMatchObject({ before: { agrees: 3 }, after: { agrees: 3 }, told: 6 });
  expect(trial.from).toBe(redesign.toISOString());

  expect((await send({ source: "town", field: "title", selector: "h1.new" })).statusCode).toBe(400);
  const why = { reason: "they were redesigned" };
  const none = await send({ source: "town", field: "title", selector: "h1.none", ...why });
  expect([none.statusCode, none.body]).toEqual([
    400,
    expect.stringContaining("gives title on none of 6 archived pages"),
  ]);
  const used = await send({ source: "town", field: "title", selector: "h1.new", ...why });
  expect([used.statusCode, used.headers.location]).toEqual([303, "/admin/versions?source=town"]);
  const file = await readFile(path(sourcesDir, "town.yaml"), "utf8");
  expect(file).toMatch(/title: h1.old[^]*title: h1.new/);
  expect(await getSource(store, "town")).toMatchObject({
    version: 2,
    select: [{ title: "h1.old" }, { title: "h1.new", validFrom: redesign }],
  });
  const both = await twin<{ trial: Trial }>(asked);
  expect(both.trial.before).toMatchObject({ agrees: 6 });
});
