import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { urlKey } from "../../../discover/canonical-url.ts";
import { drive } from "../../helpers/line.ts";
import { openStage, type Stage } from "../../helpers/scene.ts";
import { articlePage, type Page } from "../../helpers/site.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(import.meta.filename);
});
afterEach(() => stage.clear());
afterAll(() => stage?.close());

const moved =
  (to: string): Page =>
  (_, response) =>
    void response.writeHead(301, { location: to }).end();

describe("redirects", () => {
  test("a hop is a turn of its own, and both addresses lead to the article", async () => {
    const { store, site, line, link } = await stage.open("hop", ["/old"]);
    site.pages["/old"] = moved("/new");
    site.pages["/new"] = articlePage("Moved");
    await drive(line, site.host);
    expect(site.asked).toEqual(["/robots.txt", "/old", "/new"]);
    const id = urlKey(site.at("/old"));
    expect(await link("/old")).toMatchObject({ state: "done", articleId: id, attempts: 1 });
    const aliases = await store.collections.aliases.find({ articleId: id }).toArray();
    expect(aliases.map(({ _id }) => _id).toSorted()).toEqual(
      [id, urlKey(site.at("/new"))].toSorted(),
    );
    const captures = await store.collections.captures.find({ linkId: id }).toArray();
    expect(captures.map(({ status, hops }) => [status, hops.length])).toEqual([
      [301, 0],
      [200, 1],
    ]);
  });

  test("to another host it waits for that host's turn, under that host's robots.txt", async () => {
    const { store, site, line, link, openOther } = await stage.open("away", ["/old", "/shut"], {
      source: { allowHosts: ["two.example"] },
    });
    const two = await openOther("two.example");
    two.pages["/robots.txt"] = "User-agent: *\nDisallow: /shut";
    two.pages["/new"] = articlePage("Moved away");
    site.pages["/old"] = moved(two.at("/new"));
    site.pages["/shut"] = moved(two.at("/shut"));
    await drive(line, site.host);
    expect(two.asked).toEqual([]);
    expect(await link("/old")).toMatchObject({ state: "due", host: two.host });
    const woken = await store.collections.hosts.findOne({ _id: two.host });
    expect(woken?.nextTurnAt.http).toBeInstanceOf(Date);
    await drive(line, two.host);
    expect(two.asked).toEqual(["/robots.txt", "/new"]);
    expect(await link("/old")).toMatchObject({ state: "done", outcome: "new" });
    expect(await link("/shut")).toMatchObject({ state: "skipped", reason: "robots" });
  });

  test("to a stranger it is not followed", async () => {
    const { site, line, link } = await stage.open("stranger", ["/old"]);
    site.pages["/old"] = moved("http://elsewhere.example/x");
    await drive(line, site.host);
    expect(await link("/old")).toMatchObject({ state: "skipped", reason: "off-site" });
  });

  test("to an article that another link has, it is one more address of it", async () => {
    const { store, site, line, link } = await stage.open("known", ["/article", "/short"]);
    site.pages["/short"] = moved("/article");
    await drive(line, site.host);
    const articleId = urlKey(site.at("/article"));
    expect(await link("/short")).toMatchObject({
      state: "skipped",
      reason: "duplicate",
      articleId,
    });
    const alias = await store.collections.aliases.findOne({ _id: urlKey(site.at("/short")) });
    expect(alias).toMatchObject({ articleId, kind: "redirect" });
    expect(site.asked.filter((path) => path === "/article")).toHaveLength(1);
  });
});
