import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { gzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Parser } from "../../../../articles/reading/parser.ts";
import { marked } from "../../../../extractors/selectors/propose.ts";
import { HOUR_MS } from "../../../../lib/time.ts";
import type { Proposal, Trial } from "../../../../model/sources/selector-picker.ts";
import { addCaptures } from "../../../../store/crawl/captures.ts";
import { getSource } from "../../../../store/sources/sources.ts";
import type { Store } from "../../../../store/store.ts";
import { NO_SITES } from "../../../helpers/admin.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { join, openGated } from "../../../helpers/gated.ts";
import { makeLink } from "../../../helpers/links.ts";
import { sharedParser } from "../../../helpers/parser.ts";
import { makePreview } from "../../../helpers/previews.ts";
import { makeCapture } from "../../../helpers/reading.ts";
import { makeSessionsLast, type Session, startSession } from "../../../helpers/session.ts";
import { textOf } from "../../../helpers/site.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
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
/** An operator's session. */
let oscar: Session;
const previewed: unknown[] = [];

beforeAll(async () => {
  parser = sharedParser();
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("point");
  sourcesDir = await mkdtemp(path(tmpdir(), "sources-"));
  const preview = (what: unknown) => Promise.resolve(`p-${previewed.push(what) + 1}`);
  const sites = { ...NO_SITES, preview };
  await join(store, "oscar", "operator");
  const openParser = () => Promise.resolve(parser);
  app = await openGated(store, { sites, openParser, sourcesDir, now: () => NOW });
  oscar = await startSession(app, "oscar");
  await makeSessionsLast(store);
});
afterAll(async () => {
  await app.close();
  await Promise.all([parser.close(), database.close()]);
  await rm(sourcesDir, { recursive: true });
});

const use = (fields: Record<string, string>) =>
  oscar.send("/admin/selector-picker", fields, "/admin/add");
type Answer = Awaited<ReturnType<Session["get"]>>;

/** An article's page; its heading has the class of its time. */
function article(n: number, heading: string): string {
  const text = textOf(`article ${n}`)
    .split("\n\n")
    .map((one) => `<p>${one}</p>`)
    .join("");
  return `<!doctype html><html lang="en"><head><title>Town</title><script>steal()</script></head><body><h1>Town of Example</h1>
<div class="story"><h1 class="${heading}">Article number ${n}</h1><div class="dated">${n + 1} November 2026</div><div class="copy">${text}</div></div></body></html>`;
}

describe("a selector for a preview", () => {
  const url = "/admin/selector-picker?preview=p-1";
  const trialUrl = `${url}&field=publishedAt&step=try&selector=div.dated`;
  let page: Answer;
  let framed: Answer;
  beforeAll(async () => {
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
    page = await oscar.get(url);
    framed = await oscar.get("/admin/selector-picker/page?preview=p-1&n=0");
  });

  test("The page to point at elements runs its own script alone", () => {
    expect(page.headers["content-security-policy"]).toContain("script-src 'self'");
  });

  test("The page to point at elements shows an article's page in a sandbox", () => {
    expect(page.body).toMatch(/<iframe data-point sandbox="allow-same-origin"/);
  });

  test("The best selector is already chosen", () => {
    expect(page.body).toMatch(/type="radio" name="selector"[^>]*value="h1.head" checked/);
  });

  test("The article's page has its elements marked", () => {
    expect(framed.body).toBe(marked(article(1, "head")));
  });

  test("The article's page can run and load nothing", () => {
    expect(framed.headers["content-security-policy"]).toBe(
      "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    );
  });

  test("A click on an element proposes a selector for it", async () => {
    const [, at = ""] = /data-newsgather="(\d+)" class="dated"/.exec(framed.body) ?? [];
    const clicked = `${url}&field=publishedAt&at=${at}`;
    const { proposals } = await oscar.json<{ proposals: Proposal[] }>(clicked);
    expect(proposals[0]).toMatchObject({ selector: "div.dated", found: 3, pages: 3, distinct: 3 });
    expect(proposals[0]?.value).toMatch(/^2026-11-02/);
  });

  test("A selector is tried on all pages of the preview", async () => {
    const { trial } = await oscar.json<{ trial: Trial }>(trialUrl);
    expect(trial.after).toMatchObject({ filled: 3, distinct: 3 });
  });

  test("A selector that was tried can be used for a new preview", async () => {
    expect(await oscar.page(trialUrl)).toContain("Use the selector and preview again");
  });

  test("A selector that is used leads to a new preview", async () => {
    const used = await use({ preview: "p-1", field: "publishedAt", selector: "div.dated" });
    expect([used.statusCode, used.headers.location]).toEqual([303, "/admin/preview?id=p-2"]);
    const [{ yaml }] = previewed as [{ yaml: string }];
    expect(yaml).toMatch(/^# our town[^]*title: h1.old[^]*publishedAt: div.dated/);
  });

  test("A selector that isn't valid CSS is refused", async () => {
    const wrong = await use({ preview: "p-1", field: "publishedAt", selector: "div[[" });
    expect(wrong.statusCode).toBe(400);
  });
});

describe("a selector for a source whose pages were redesigned", () => {
  const times = [0, 1, 2, 3, 4, 5].map((n) => new Date(NOW.getTime() - (6 - n) * HOUR_MS));
  const redesign = times[3] ?? NOW;
  const title = { source: "town", field: "title" };
  const why = { reason: "they were redesigned" };
  let proposals: Proposal[];
  /** What the new selector finds before and after it is used. */
  const trials: Trial[] = [];
  let withoutReason: Answer;
  let findsNone: Answer;
  let used: Answer;
  beforeAll(async () => {
    await writeFile(path(sourcesDir, "town.yaml"), YAML);
    await store.collections.sources.insertOne(
      makeSource("town", { select: [{ title: "h1.old", remove: [] }] }),
    );
    await Promise.all(times.map((fetchedAt, n) => storePage(n, fetchedAt)));
    ({ proposals } = await oscar.json<{ proposals: Proposal[] }>(
      "/admin/selector-picker?source=town&field=title",
    ));
    const tryIt = async () => {
      const url = "/admin/selector-picker?source=town&field=title&step=try&selector=h1.new";
      trials.push((await oscar.json<{ trial: Trial }>(url)).trial);
    };
    await tryIt();
    withoutReason = await use({ ...title, selector: "h1.new" });
    findsNone = await use({ ...title, selector: "h1.none", ...why });
    used = await use({ ...title, selector: "h1.new", ...why });
    await tryIt();
  });

  /** Stores an archived page, and the title that its feed names. */
  async function storePage(n: number, fetchedAt: Date): Promise<void> {
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

  test("A proposal says on how many archived pages it agrees with the feed", () => {
    expect(proposals[0]).toMatchObject({ pages: 6, found: 3, distinct: 3, agrees: 3, hinted: 6 });
  });

  test("A trial compares the selector with the present one on archived pages", () => {
    expect(trials[0]).toMatchObject({ before: { agrees: 3 }, after: { agrees: 3 }, hinted: 6 });
  });

  test("A trial finds when the pages were redesigned", () => {
    expect(trials[0]?.from).toBe(redesign.toISOString());
  });

  test("A selector of a source is changed only for a reason", () => {
    expect(withoutReason.statusCode).toBe(400);
  });

  test("A selector that finds nothing on archived pages is refused", () => {
    expect([findsNone.statusCode, findsNone.body]).toEqual([
      400,
      expect.stringContaining("finds title on none of 6 archived pages"),
    ]);
  });

  test("A changed selector leads to the versions of the source", () => {
    expect([used.statusCode, used.headers.location]).toEqual([303, "/admin/versions?source=town"]);
  });

  test("A changed selector is added to the source's file", async () => {
    const file = await readFile(path(sourcesDir, "town.yaml"), "utf8");
    expect(file).toMatch(/title: h1.old[^]*title: h1.new/);
  });

  test("A changed selector holds from the redesign on", async () => {
    expect(await getSource(store, "town")).toMatchObject({
      version: 2,
      select: [{ title: "h1.old" }, { title: "h1.new", validFrom: redesign }],
    });
  });

  test("Old and new selector together fit all archived pages", () => {
    expect(trials[1]?.before).toMatchObject({ agrees: 6 });
  });
});
