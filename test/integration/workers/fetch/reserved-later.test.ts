import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { updateVisibility } from "../../../../articles/editorial/visibility-changes.ts";
import { sequence } from "../../../../articles/stream/sequencer.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import { articlePage, type Page, textOf } from "../../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

const TEXT = textOf("trams");
const page = (head = "", text = TEXT) => articlePage("Trams run later at night", text, head);
const withHeaders =
  (headers: Record<string, string>, html = page()): Page =>
  (_, response) =>
    void response.writeHead(200, { "content-type": "text/html", ...headers }).end(html);

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

/** A site whose one article was published. */
async function publishOne(name: string, given: Page = page()) {
  const watched = await services.watchSite(name, ["/a"]);
  watched.site.pages["/a"] = given;
  await takeTurns(watched.worker, watched.site.host);
  const { articles, links } = watched.store.collections;
  const article = () => articles.findOne({ _id: urlKey(watched.site.at("/a")) });
  expect(await article()).toMatchObject({ status: "published" });
  return {
    ...watched,
    article,
    async fetchAgain(next: Page) {
      watched.site.pages["/a"] = next;
      await links.updateMany({}, { $set: { state: "due", dueAt: new Date(), attempts: 0 } });
      await takeTurns(watched.worker, watched.site.host);
      return article();
    },
  };
}

async function lastChange({ store }: WatchedSite) {
  await sequence(store, new Date(Date.now() + 60_000));
  const [last] = await store.collections.changes.find().sort({ seq: -1 }).limit(1).toArray();
  return last;
}

describe("a published article", () => {
  test("is kept from readers once its page says noindex, and is back once that is lifted", async () => {
    const watched = await publishOne("noindex");
    const hidden = await watched.fetchAgain(page('<meta name="robots" content="noindex">'));
    expect(hidden).toMatchObject({
      status: "unlisted",
      unlisted: { reason: "reserved", detail: "noindex (meta)" },
      reservations: ["noindex"],
    });
    expect((await lastChange(watched))?.item).toMatchObject({ status: "unlisted" });
    expect(await watched.fetchAgain(page())).toMatchObject({
      status: "published",
      unlisted: null,
      reservations: [],
      rights: [],
    });
    expect((await lastChange(watched))?.item).toMatchObject({ status: "published" });
  });

  test.each([
    ["a page whose text is the same", withHeaders({ "x-robots-tag": "max-snippet:30" })],
    ["a header", withHeaders({ "content-usage": "train-ai=n" })],
  ])("takes over a signal that alone has changed: %s", async (name, next) => {
    const { fetchAgain } = await publishOne(name);
    expect((await fetchAgain(next))?.rights).toHaveLength(1);
  });

  test("is as it was where the same is said at another time", async () => {
    const said = withHeaders({ "content-usage": "train-ai=n" });
    const { article, fetchAgain } = await publishOne("same", said);
    const before = await article();
    expect((await fetchAgain(said))?.version).toBe(before?.version);
  });

  test("has headline and link alone where its text is reserved now and no teaser is given", async () => {
    const watched = await publishOne("tdm");
    const { revision = 0 } = (await watched.article()) ?? {};
    const reserved = await watched.fetchAgain(withHeaders({ "tdm-reservation": "1" }));
    expect(reserved).toMatchObject({
      status: "published",
      title: "Trams run later at night",
      teaser: null,
      text: "",
      html: null,
      reservations: ["tdm"],
      revision: revision + 1,
    });
    expect(JSON.stringify(reserved?.evidence)).not.toContain(TEXT.slice(0, 30));
    expect(await watched.fetchAgain(page())).toMatchObject({ text: TEXT, reservations: [] });
  });

  test("stays where an error page that says noindex comes in its place", async () => {
    const { fetchAgain } = await publishOne("error");
    const missing =
      '<html><head><title>Page not found</title><meta name="robots" content="noindex"></head><body><h1>404 Page not found</h1></body></html>';
    expect(await fetchAgain(missing)).toMatchObject({ status: "published" });
  });

  test("is withdrawn at the time that unavailable_after names", async () => {
    const at = new Date(Date.now() + 3_600_000);
    const said = withHeaders({ "x-robots-tag": `unavailable_after: ${at.toUTCString()}` });
    const { store, article } = await publishOne("unavailable", said);
    const visibilityChangesAt = (await article())?.visibilityChangesAt;
    expect(Math.abs(Number(visibilityChangesAt) - Number(at))).toBeLessThan(1000);
    expect(await updateVisibility({ store, now: () => new Date(Number(at) - 2000) })).toBe(0);
    expect(await updateVisibility({ store, now: () => new Date(Number(at) + 1000) })).toBe(1);
    expect(await article()).toMatchObject({ status: "unlisted", unlisted: { reason: "reserved" } });
  });
});
