import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MINUTE_MS } from "../../../../lib/time.ts";
import type { StatisticsTable } from "../../../../model/publish/statistics.ts";
import { rebuildStatistics } from "../../../../store/statistics/count.ts";
import { makeArticle, publishArticles } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { join, login, newKey, openGated } from "../../../helpers/gated.ts";
import { BROWSER, PORTAL_NOW } from "../../../helpers/portal.ts";

let database: TestDatabase;
let app: FastifyInstance;
let headers: { authorization: string };
let cookie: string;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  const store = await database.open("statistics");
  // Two a day from the wire, seen a minute later; the town tells every second again, ten minutes after it.
  const articles = Array.from({ length: 6 }, (_, n) => {
    const sortAt = new Date(PORTAL_NOW.getTime() - (n >> 1) * 86_400_000 - n * MINUTE_MS);
    const firstSeenAt = new Date(sortAt.getTime() + MINUTE_MS);
    const overrides = { sortAt, firstSeenAt, country: n < 2 ? "FR" : "DE" };
    const servedAt = new Date(firstSeenAt.getTime() + 2000);
    const wire = makeArticle(`w-${n}`, { ...overrides, servedAt, sourceId: "wire", origin: null });
    const origin = { sourceId: "wire", after: 600 };
    const copy = { ...overrides, sourceId: "=town", duplicateOf: wire._id, origin };
    return n % 2 === 0 ? [wire] : [wire, makeArticle(`t-${n}`, copy)];
  });
  await publishArticles(store, "created", articles.flat());
  await rebuildStatistics(store, { timezone: "UTC", now: () => PORTAL_NOW });
  await join(store, "ann", "analyst");
  app = await openGated(store, { now: () => PORTAL_NOW });
  headers = { authorization: `Bearer ${await newKey(store, "read")}` };
  ({ cookie } = await login(app, "ann"));
});
afterAll(async () => {
  await app?.close();
  await database.close();
});

interface StatisticsAnswer extends Omit<StatisticsTable, "rows"> {
  from: string;
  to: string;
  items: StatisticsTable["rows"];
}

const ask = async (path: string) => {
  const answer = await app.inject({ url: `/v1/statistics/${path}`, headers });
  expect([path, answer.statusCode]).toEqual([path, 200]);
  return answer.json<StatisticsAnswer>();
};

test("Figures are those of the last thirty days unless others are requested", async () => {
  expect(await ask("volume")).toMatchObject({ from: "2026-10-27", to: "2026-11-25" });
});

test("Volume counts the articles of each day by their state", async () => {
  expect((await ask("volume")).items).toEqual(
    ["2026-11-23", "2026-11-24", "2026-11-25"].map((day) => {
      return { day, articles: 3, listed: 2, copies: 1, unlisted: 0, retracted: 0 };
    }),
  );
});

test("Volume by source counts only the days that are requested", async () => {
  expect((await ask("volume?rows=source&from=2026-11-24")).items).toMatchObject([
    { source: "wire", listed: 4 },
    { source: "=town", copies: 2 },
  ]);
});

test("Coverage gives each country its share of the articles", async () => {
  expect((await ask("countries")).items).toEqual([
    { country: "DE", articles: 4, share: 0.6667 },
    { country: "FR", articles: 2, share: 0.3333 },
  ]);
});

test("Coverage by day may be limited to the countries with most articles", async () => {
  expect((await ask("countries?rows=day&top=1")).items).toEqual([
    { day: "2026-11-23", country: "DE", articles: 2 },
    { day: "2026-11-24", country: "DE", articles: 2 },
  ]);
});

test("Latency is the time from publication to seeing and serving an article", async () => {
  const [wire] = (await ask("latency")).items;
  expect(wire).toMatchObject({ source: "wire", seen: 6, served: 6, seen_older: 0 });
  expect(Math.abs(Number(wire?.["seen_half"]) - 60)).toBeLessThan(6);
  expect(Math.abs(Number(wire?.["served_most"]) - 2)).toBeLessThan(0.2);
});

test("A flow says who copies whom and how long after", async () => {
  const [flow, ...others] = (await ask("flows")).items;
  expect(others).toEqual([]);
  expect(flow).toMatchObject({ origin: "wire", copier: "=town", articles: 3 });
  expect(Math.abs(Number(flow?.["after_half"]) - 600)).toBeLessThan(60);
});

test("CSV is a file whose cells no spreadsheet takes for a formula", async () => {
  const url = "/v1/statistics/volume?rows=source&format=csv";
  const { headers: exportHeaders, body } = await app.inject({ url, headers });
  expect(exportHeaders["content-disposition"]).toContain(
    "volume-by-source-2026-10-27-2026-11-25.csv",
  );
  expect(body.split("\r\n").slice(1)).toEqual(["wire,6,6,0,0,0", "'=town,3,0,3,0,0", ""]);
});

test.each([
  ["volume?rows=total", 400],
  ["volume?from=2026-11-25&to=2026-11-24", 400],
  ["volume?from=2020-01-01", 400],
  ["nothing", 400],
])("%s is refused", async (path, status) => {
  const { statusCode, body } = await app.inject({ url: `/v1/statistics/${path}`, headers });
  expect(statusCode).toBe(status);
  expect(body).toContain("detail");
});

test("statistics need a key or a login", async () => {
  for (const url of ["/v1/statistics", "/v1/statistics/volume", "/admin/statistics"]) {
    const { statusCode } = await app.inject({ url, headers: { accept: "application/json" } });
    expect([url, statusCode]).toEqual([url, 401]);
  }
});

describe("the page of statistics", () => {
  const page = async (query: string) => {
    const url = `/admin/statistics?${query}`;
    const { statusCode, body } = await app.inject({ url, headers: { ...BROWSER, cookie } });
    expect([url, statusCode]).toEqual([url, 200]);
    return body;
  };
  let volume: string;
  beforeAll(async () => {
    volume = await page("");
  });

  test("The chart of the volume is a table with a row for each day", () => {
    expect(volume).toMatch(/data-kind="bars" data-unit="count"/);
    expect(volume.match(/<th scope="row"><time datetime="2026-1/g)).toHaveLength(30);
    expect(volume).toMatch(
      /<time datetime="2026-11-23">2026-11-23<\/time><\/th><td class="n" data-value="2">2</,
    );
  });

  test.each([
    "newsgather statistics volume --rows day --from 2026-10-27 --to 2026-11-25",
    "/v1/statistics/volume?rows=day&amp;from=2026-10-27&amp;to=2026-11-25",
    "db.statistics.aggregate",
  ])("The page shows that %s gives the same statistics", (query) => {
    expect(volume).toContain(query);
  });

  test("The page has neither an inline script nor an inline style", () => {
    expect(volume).not.toMatch(/<script(?![^>]* src=)|style="/);
  });

  test("A flow is shown from its origin to its copier", async () => {
    expect(await page("name=flows&rows=day")).toContain("wire → =town");
  });

  test("Latency is a chart of lines", async () => {
    const latency = await page("name=latency&rows=day");
    expect(latency).toContain('data-kind="lines" data-unit="seconds"');
    expect(latency).toMatch(/data-value="[\d.]+">1\.9 s</);
  });

  test("A time in which nothing was counted says so", async () => {
    const nothing = await page("name=topics&from=2026-01-01&to=2026-01-02");
    expect(nothing).toContain("Nothing was counted");
  });
});
