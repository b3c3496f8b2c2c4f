import { textContent } from "domutils";
import type { FastifyInstance } from "fastify";
import { parseDocument } from "htmlparser2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SECOND_MS } from "../../../../lib/time.ts";
import { makeArticle, makeSource, publishArticles } from "../../../helpers/articles.ts";
import { countCommands } from "../../../helpers/commands.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { all, links } from "../../../helpers/document.ts";
import { BROWSER, makePortal } from "../../../helpers/portal.ts";

let database: TestDatabase;
let app: FastifyInstance;
let counted: Awaited<ReturnType<typeof countCommands>>;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  const store = await database.open("places");
  await store.collections.sources.insertOne(makeSource("cities"));
  const guangdong = { country: "CN", region: "Guangdong", regionCode: "CN-GD" };
  await publishArticles(store, "created", [
    makeArticle("shenzhen", { ...guangdong, city: "Shenzhen" }),
    makeArticle("canton", { ...guangdong, city: "Guangzhou" }),
    makeArticle("berlin", { region: "Berlin", regionCode: "DE-BE", city: "Berlin" }),
    makeArticle("unknown", { region: null, city: null }),
  ]);
  const america = { country: "US", sourceId: "america" };
  const wyoming = { ...america, region: "Wyoming", regionCode: "US-WY" };
  await publishArticles(store, "created", [makeArticle("cheyenne", wyoming)]);
  // More than are read for one page.
  const california = { ...america, region: "California", regionCode: "US-CA" };
  const fresno = { ...california, city: "Fresno", sortAt: new Date("2026-11-20T09:00:00Z") };
  await publishArticles(store, "created", [makeArticle("fresno", fresno)]);
  const from = Date.parse("2026-11-25T09:00:00Z");
  await store.collections.articles.insertMany(
    Array.from({ length: 4100 }, (_, n) =>
      makeArticle(`california-${n}`, { ...california, sortAt: new Date(from + n * SECOND_MS) }),
    ),
  );
  counted = await countCommands(store);
  app = await makePortal(counted.store, { now: () => new Date() });
});
afterAll(async () => {
  await app.close();
  await counted.close();
  await database.close();
});

async function read(url: string) {
  const { statusCode, body } = await app.inject({ url, headers: BROWSER });
  const document = parseDocument(body);
  const [title] = all(document, "h1").map((tag) => textContent(tag));
  const ids = [...new Set(body.match(/Title of \w+/g))].map((text) => text.slice(9)).toSorted();
  return { statusCode, title, ids, links: [...links(document).values()] };
}

test("an article leads to the lists of its region and its city", async () => {
  const placesOf = async (id: string) =>
    (await read(`/article/${id}`)).links.filter((href) => href.includes("/region/"));
  expect(await placesOf("shenzhen")).toEqual(["/region/CN-GD", "/region/CN-GD/Shenzhen"]);
  expect(await placesOf("unknown")).toEqual([]);
});

test.each([
  ["/region/CN-GD", "Guangdong, China", ["canton", "shenzhen"]],
  ["/region/CN-GD/Shenzhen", "Shenzhen, Guangdong, China", ["shenzhen"]],
  ["/region/DE-BE/Berlin", "Berlin, Germany", ["berlin"]],
  ["/de/region/DE-BE", "Berlin, Deutschland", ["berlin"]],
])("%s is called %s and has its articles alone", async (url, title, ids) => {
  expect(await read(url)).toMatchObject({ statusCode: 200, title, ids });
});

test.each(["/region/CN-XX", "/region/CN-GD/Atlantis", "/region/x"])(
  "%s, of which there is no article, is a 404",
  async (url) => {
    expect((await read(url)).statusCode).toBe(404);
  },
);

test("a region is shown although a larger region of its country has many newer articles", async () => {
  expect(await read("/region/US-WY")).toMatchObject({
    statusCode: 200,
    title: "Wyoming, United States",
    ids: ["cheyenne"],
  });
});

test("a city is shown although its region has many newer articles", async () => {
  expect(await read("/region/US-CA/Fresno")).toMatchObject({ statusCode: 200, ids: ["fresno"] });
});

test("a place's articles are read once", async () => {
  const readsOf = async (url: string) => {
    counted.reset();
    expect((await read(url)).statusCode).toBe(200);
    return counted.commands().filter((command) => command === "find articles").length;
  };
  // As lists by something else are.
  expect(await readsOf("/region/CN-GD/Guangzhou")).toBe(await readsOf("/source/cities"));
});
