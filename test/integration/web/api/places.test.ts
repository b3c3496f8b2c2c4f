import { textContent } from "domutils";
import type { FastifyInstance } from "fastify";
import { parseDocument } from "htmlparser2";
import { afterAll, beforeAll, expect, test } from "vitest";
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

test("a place's articles are read once", async () => {
  const readsOf = async (url: string) => {
    counted.reset();
    expect((await read(url)).statusCode).toBe(200);
    return counted.commands().filter((command) => command === "find articles").length;
  };
  // As lists by something else are.
  expect(await readsOf("/region/CN-GD/Guangzhou")).toBe(await readsOf("/source/cities"));
});
