import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { sequence } from "../../../articles/stream/sequencer.ts";
import { whyOf } from "../../../sources/why.ts";
import { announce } from "../../../workers/announce/announce.ts";
import { tick } from "../../../workers/schedule/tick.ts";
import {
  articlePage,
  type FeedItem,
  feedOf,
  holdPage,
  moved,
  type Page,
  textOf,
} from "../../helpers/site.ts";
import { type Services, startServices } from "../../helpers/watched-site.ts";
import { watchSource } from "../../helpers/watched-source.ts";
import { takeTurns } from "../../helpers/worker.ts";

let services: Services;

beforeAll(async () => {
  services = await startServices("announce", { oneStore: true });
});
afterAll(() => services.close());

interface Entry {
  path: string;
  title?: string;
  more?: string;
}

const itemOf = (
  at: (path: string) => string,
  { path, title = `The council decides on ${path.slice(1)} in Tallinn`, more = "" }: Entry,
): FeedItem => ({
  url: new URL(path, at("/")).href,
  title,
  more: `<description>What the publisher says of ${path}.</description>${more}`,
});

/** A source with a feed of entries, whose pages are given. */
async function announced(name: string, entries: Entry[], source: object = {}) {
  const watched = await watchSource(services, name, ({ site }) => ({
    feeds: [site.at("/feed")],
    home: site.at("/"),
    ...source,
  }));
  const { site, store, worker } = watched;
  const { deps } = worker;
  const setFeed = (all: Entry[]) =>
    void (site.pages["/feed"] = feedOf(all.map((entry) => itemOf(site.at, entry))));
  setFeed(entries);
  site.pages["/robots.txt"] = "User-agent: *\nDisallow: /members/\n";
  const articles = async () => {
    const found = await store.collections.articles.find().toArray();
    return Object.fromEntries(
      found.map(
        ({
          url,
          status,
          completeness,
          incompleteReason,
          title,
          teaser,
          text,
          revision,
          version,
        }) => [
          new URL(url).pathname,
          {
            status,
            completeness,
            why: incompleteReason ?? null,
            title,
            teaser,
            text,
            revision,
            version,
          },
        ],
      ),
    );
  };
  const changes = async () => {
    await sequence(store, deps.now());
    const found = await store.collections.changes.find().sort({ seq: 1 }).toArray();
    return found.map(({ kind, item }) => `${kind} ${new URL(item.url).pathname}`);
  };
  const why = (path: string) =>
    whyOf({ store, product: "Newsgather", now: deps.now }, site.at(path));
  return { ...watched, setFeed, articles, changes, why, publish: () => announce(deps) };
}

const status =
  (code: number, body = "no"): Page =>
  (_, response) =>
    void response.writeHead(code, { "content-type": "text/html" }).end(body);
const VIDEO = `<html lang="en"><head><title>The ferry leaves</title><meta property="og:type" content="video.other"></head><body><main><h1>The ferry leaves</h1><video src="/f.mp4"></video><p>Watch it leave.</p></main></body></html>`;
const PAYWALL = `<html lang="en"><head><title>Who owns the quay</title><meta property="og:type" content="article"><script type="application/ld+json">{"@type":"NewsArticle","headline":"Who owns the quay","isAccessibleForFree":false}</script></head><body><article><h1>Who owns the quay</h1><p>Eleven warehouses changed hands last year, and nobody in the town hall had heard of the buyer.</p><div class="paywall"><p>Subscribe to continue reading</p></div></article></body></html>`;

type Scene = Awaited<ReturnType<typeof announced>>;

/** A feed of six items, of which one page comes whole. */
async function openSix(name: string): Promise<Scene> {
  const paths = ["/open", "/paid", "/closed", "/film", "/members/x", "/gone"];
  const scene = await announced(
    name,
    paths.map((path) => ({ path })),
  );
  Object.assign(scene.site.pages, {
    "/open": articlePage("The open one", textOf("open")),
    "/paid": PAYWALL,
    "/closed": status(403),
    "/film": VIDEO,
    "/gone": status(410),
  });
  await scene.runOnce();
  await scene.publish();
  return scene;
}

describe("a feed of six items, of which one page comes whole", () => {
  let scene: Scene;
  afterAll(() => services.closeSites());
  beforeAll(async () => {
    scene = await openSix("six");
  });

  test("gives five articles, each with how much of it there is and why not more", async () => {
    expect(await scene.articles()).toMatchObject({
      "/open": { status: "published", completeness: "full", why: null },
      "/paid": { status: "published", completeness: "partial", why: "paywall" },
      "/closed": { status: "published", completeness: "announced", why: "blocked" },
      "/film": { status: "published", completeness: "announced", why: "not-article" },
      "/members/x": { status: "published", completeness: "announced", why: "robots" },
    });
    expect(await scene.store.collections.articles.countDocuments()).toBe(5);
  });

  test("tells readers of each once", async () => {
    expect((await scene.changes()).toSorted()).toEqual(
      ["/closed", "/film", "/members/x", "/open", "/paid"].map((path) => `created ${path}`),
    );
  });

  test("has the words of the feed where no page came", async () => {
    const { "/closed": closed } = await scene.articles();
    expect(closed).toMatchObject({
      title: "The council decides on closed in Tallinn",
      teaser: "What the publisher says of /closed.",
    });
  });

  test("never asks for what robots.txt forbids", () => {
    expect(scene.site.requests).not.toContain("/members/x");
  });

  test("says why of each", async () => {
    expect(await scene.why("/gone")).toMatchObject({
      listed: false,
      answer: expect.stringContaining("404 or 410") as string,
    });
    expect(await scene.why("/closed")).toMatchObject({
      listed: true,
      answer: expect.stringContaining("announced: the site refused the request") as string,
    });
  });
});

describe("a feed of six items that was published", () => {
  afterEach(() => services.closeSites());

  test("changes nothing when it is published once more", async () => {
    const scene = await openSix("twice");
    const before = await scene.articles();
    const changes = await scene.changes();
    const { links } = scene.store.collections;
    const announcement = { announcement: { $type: "object" } } as const;
    const { modifiedCount } = await links.updateMany(announcement, {
      $set: { announceAt: new Date() },
    });
    expect(modifiedCount).toBe(4);
    expect(await scene.publish()).toBe(modifiedCount);
    expect(await scene.articles()).toEqual(before);
    expect(await scene.changes()).toEqual(changes);
  });

  test("completes an article in place once its page comes", async () => {
    const scene = await openSix("completed");
    scene.site.pages["/closed"] = articlePage("The closed one", textOf("closed"));
    scene.worker.advance(30 * 60_000);
    await revisit(scene);
    const { "/closed": closed } = await scene.articles();
    expect(closed).toMatchObject({
      completeness: "full",
      why: null,
      revision: 2,
      title: "The closed one",
    });
    expect(await scene.changes()).toContain("updated /closed");
    expect((await scene.changes()).filter((line) => line.endsWith("/closed"))).toHaveLength(2);
  });

  test("publishes what was gone once a later attempt finds it", async () => {
    const scene = await openSix("found");
    expect(await scene.articles()).not.toHaveProperty("/gone");
    scene.site.pages["/gone"] = articlePage("It is there", textOf("gone"));
    scene.worker.advance(2 * 3_600_000);
    await revisit(scene);
    expect((await scene.articles())["/gone"]).toMatchObject({ completeness: "full" });
  });
});

/** Makes what is to be fetched again due, and fetches it. */
async function revisit({ worker, site }: Scene) {
  await tick(worker.deps);
  await takeTurns(worker, site.host);
}

describe("what a feed announces", () => {
  afterEach(() => services.closeSites());

  test("A page that is slow is announced within a minute and completed later, once", async () => {
    const scene = await announced("slow", [{ path: "/slow" }]);
    const held = holdPage(articlePage("The slow one", textOf("slow")));
    scene.site.pages["/slow"] = held.page;
    const run = scene.runOnce();
    await held.requests;
    expect(await scene.publish()).toBe(0);
    scene.worker.advance(56_000);
    expect(await scene.publish()).toBe(1);
    expect(await scene.articles()).toMatchObject({
      "/slow": { completeness: "announced", why: null },
    });
    held.answer();
    await run;
    expect(await scene.articles()).toMatchObject({
      "/slow": { completeness: "full", title: "The slow one" },
    });
    expect(await scene.changes()).toEqual(["created /slow", "updated /slow"]);
    expect(await scene.publish()).toBe(0);
  });

  test("A page that comes right after its announcement changes it a second later", async () => {
    const scene = await announced("apart", [{ path: "/slow" }]);
    const held = holdPage(articlePage("The slow one", textOf("slow")));
    scene.site.pages["/slow"] = held.page;
    const run = scene.runOnce();
    await held.requests;
    scene.worker.advance(56_000);
    await scene.publish();
    held.answer();
    await run;
    expect(await scene.changes()).toEqual(["created /slow", "updated /slow"]);
    const [created, updated] = await scene.store.collections.changes
      .find()
      .sort({ seq: 1 })
      .toArray();
    expect(Number(updated?.at) - Number(created?.at)).toBeGreaterThanOrEqual(1000);
  });

  test("An item that was published untried is taken back when its page is gone, and returns with it", async () => {
    const scene = await announced("untried", [{ path: "/gone" }]);
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      scene.site.pages["/gone"] = (_, response) => {
        answer = () => void response.writeHead(410).end("gone");
        resolve();
      };
    });
    const run = scene.runOnce();
    await asked;
    scene.worker.advance(56_000);
    await scene.publish();
    expect(await scene.articles()).toMatchObject({ "/gone": { status: "published" } });
    answer();
    await run;
    await scene.publish();
    expect(await scene.articles()).toMatchObject({ "/gone": { status: "retracted" } });
    scene.site.pages["/gone"] = articlePage("It is there", textOf("gone"));
    scene.worker.advance(2 * 3_600_000);
    await revisit(scene);
    expect(await scene.articles()).toMatchObject({
      "/gone": { status: "published", completeness: "full" },
    });
  });

  test("An item whose page is found gone while it is being published is taken back", async () => {
    const scene = await announced("gone-meanwhile", [{ path: "/gone" }]);
    scene.site.pages["/gone"] = status(403);
    await scene.runOnce();
    const { deps } = scene.worker;
    const { commit } = deps;
    deps.commit = {
      ...commit,
      async storeArticles(pages) {
        await commit.storeArticles(pages);
        const gone = { reason: "gone", detail: "status 410", announceAt: null } as const;
        await scene.store.collections.links.updateOne({ kind: "article" }, { $set: gone });
      },
    };
    await scene.publish();
    deps.commit = commit;
    expect(await scene.articles()).toMatchObject({ "/gone": { status: "published" } });
    await scene.publish();
    expect(await scene.articles()).toMatchObject({ "/gone": { status: "retracted" } });
  });

  test("An entry without a title, an advert and another site's link stay out", async () => {
    const scene = await announced("out", [
      { path: "/untitled", title: "" },
      { path: "/advert", title: "Anzeige: Die besten Fähren" },
      { path: "//elsewhere.example/x" },
    ]);
    scene.site.pages["/untitled"] = status(403);
    await scene.runOnce();
    await scene.publish();
    expect(await scene.articles()).toEqual({});
    const links = await scene.store.collections.links.find({ kind: "article" }).toArray();
    expect(new Set(links.map(({ reason }) => reason))).toEqual(
      new Set(["advert", "blocked", "off-site"]),
    );
  });

  test("An entry whose page redirects to the home page stays out", async () => {
    const scene = await announced("home", [{ path: "/lost" }]);
    scene.site.pages["/lost"] = moved(scene.site.at("/"));
    scene.site.pages["/"] = articlePage("The home page", textOf("home"));
    await scene.runOnce();
    await scene.publish();
    expect(await scene.articles()).toEqual({});
    expect(await scene.why("/lost")).toMatchObject({
      todo: expect.stringContaining("as sites do when a page is gone"),
    });
  });

  test("What a page reserves is never published, and withdrawn where it was", async () => {
    const noindex: Page = (_, response) =>
      void response
        .writeHead(200, { "content-type": "text/html", "x-robots-tag": "noindex" })
        .end(articlePage("Mine", textOf("mine")));
    const scene = await announced("reserved", [{ path: "/mine" }, { path: "/later" }]);
    scene.site.pages["/mine"] = noindex;
    scene.site.pages["/later"] = status(403);
    await scene.runOnce();
    await scene.publish();
    expect(Object.keys(await scene.articles())).toEqual(["/later"]);
    scene.site.pages["/later"] = noindex;
    scene.worker.advance(30 * 60_000);
    await revisit(scene);
    await scene.publish();
    expect((await scene.articles())["/later"]).toMatchObject({ status: "unlisted" });
    expect(await scene.changes()).toEqual(["created /later", "updated /later"]);
  });

  test("A source that publishes whole articles alone lists nothing else", async () => {
    const scene = await announced("whole", [{ path: "/paid" }, { path: "/closed" }], {
      publish: "full",
    });
    scene.site.pages["/paid"] = PAYWALL;
    scene.site.pages["/closed"] = status(403);
    await scene.runOnce();
    scene.worker.advance(120_000);
    await scene.publish();
    expect(await scene.articles()).toMatchObject({
      "/paid": { status: "unlisted", completeness: "partial" },
    });
    expect(Object.keys(await scene.articles())).toEqual(["/paid"]);
    expect((await scene.why("/paid")).answer).toContain("incomplete");
  });

  test("A source that publishes at least part of each article lists no bare announcement", async () => {
    const scene = await announced("partial", [{ path: "/paid" }, { path: "/closed" }], {
      publish: "partial",
    });
    scene.site.pages["/paid"] = PAYWALL;
    scene.site.pages["/closed"] = status(403);
    await scene.runOnce();
    scene.worker.advance(120_000);
    await scene.publish();
    expect(await scene.articles()).toMatchObject({
      "/paid": { status: "published", completeness: "partial" },
    });
    expect(Object.keys(await scene.articles())).toEqual(["/paid"]);
  });

  test("The text that a feed carries is that of the article while its page doesn't come", async () => {
    const more =
      "<content:encoded><![CDATA[<p>First paragraph.</p><p>Second <b>one</b>.</p>]]></content:encoded>";
    const scene = await announced("content", [{ path: "/closed", more }]);
    scene.site.pages["/closed"] = status(403);
    await scene.runOnce();
    await scene.publish();
    expect((await scene.articles())["/closed"]?.text).toBe("First paragraph.\n\nSecond one.");
  });

  test.each<[string, Record<string, Page>]>([
    [
      "the site reserves text and data mining",
      {
        "/.well-known/tdmrep.json": (_, response) =>
          void response
            .writeHead(200, { "content-type": "application/json" })
            .end('[{"location":"/*","tdm-reservation":1}]'),
        "/closed": status(403),
      },
    ],
    [
      "the answer in place of the page says noarchive",
      {
        "/closed": (_, response) =>
          void response.writeHead(403, { "x-robots-tag": "noarchive" }).end("no"),
      },
    ],
  ])("Of an item's text the teaser alone is stored where %s", async (_, pages) => {
    const more =
      "<content:encoded><![CDATA[<p>First paragraph.</p><p>Second <b>one</b>.</p>]]></content:encoded>";
    const scene = await announced("kept-back", [{ path: "/closed", more }]);
    Object.assign(scene.site.pages, pages);
    await scene.runOnce();
    await scene.publish();
    const { "/closed": closed } = await scene.articles();
    expect(closed).toMatchObject({ status: "published", completeness: "announced" });
    expect(closed?.teaser).toBe("What the publisher says of /closed.");
    expect(closed?.text).not.toContain("Second");
  });

  test("An item whose page turns out to be a copy joins the other article's story", async () => {
    const scene = await announced("compared", [
      { path: "/first", title: "Tram line 4 reaches the harbour of Tallinn" },
      { path: "/second", title: "Council sums up its week" },
    ]);
    const page = articlePage("Tram line 4 reaches the harbour of Tallinn", textOf("tram"));
    scene.site.pages["/first"] = page;
    scene.site.pages["/second"] = status(403);
    await scene.runOnce();
    await scene.publish();
    const stories = async () => {
      const found = await scene.store.collections.articles.find().sort({ url: 1 }).toArray();
      return found.map(({ storyId, duplicateOf }) => ({ storyId, duplicateOf }));
    };
    const [first, second] = await stories();
    expect(second?.storyId).not.toBe(first?.storyId);
    scene.site.pages["/second"] = page;
    scene.worker.advance(30 * 60_000);
    await revisit(scene);
    const [one, two] = await stories();
    expect(two?.storyId).toBe(one?.storyId);
    // Both came at once: either may be the original.
    expect([one, two].filter((each) => each?.duplicateOf)).toHaveLength(1);
  });

  test("New words of the feed reach an article whose page doesn't come", async () => {
    const scene = await announced("reworded", [{ path: "/closed" }]);
    scene.site.pages["/closed"] = status(403);
    await scene.runOnce();
    await scene.publish();
    scene.setFeed([{ path: "/closed", title: "The council has decided on the quay of Tallinn" }]);
    scene.worker.advance(30 * 60_000);
    await scene.runOnce();
    await scene.publish();
    expect((await scene.articles())["/closed"]).toMatchObject({
      title: "The council has decided on the quay of Tallinn",
      completeness: "announced",
    });
  });
});
