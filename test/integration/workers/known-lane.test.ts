import { afterAll, beforeAll, expect, test } from "vitest";
import { getHost } from "../../../store/crawl/hosts.ts";
import { pageType } from "../../../workers/render/render-lane.ts";
import { createLinkBuffer } from "../../../workers/turn/buffers.ts";
import { countCommands } from "../../helpers/commands.ts";
import { articlePage } from "../../helpers/site.ts";
import { type Services, startServices } from "../../helpers/watched-site.ts";
import { takeTurns } from "../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterAll(() => services?.close());

test("links of pages that turned out to need the browser wait for it, and nothing is asked over HTTP", async () => {
  const known = Array.from({ length: 10 }, (_, n) => `/news/${n}`);
  const watched = await services.watchSite("known", [...known, "/plain"], {
    source: { render: "auto" },
  });
  const { store, site, worker, link } = watched;
  const counted = await countCommands(store);
  worker.deps.store = counted.store;
  worker.deps.links = createLinkBuffer(counted.store, { worker: "w" });
  site.pages["/plain"] = articlePage("A page that HTTP can give");
  const render = {
    [pageType("cities", site.at("/news/1"))]: {
      lane: "browser" as const,
      at: new Date(),
      checks: 0,
    },
  };
  await store.collections.hosts.updateOne({ _id: site.host }, { $set: { render } });
  await takeTurns(worker, site.host);
  await counted.close();
  expect(site.requests.filter((path) => !path.endsWith(".txt"))).toEqual(["/plain"]);
  for (const path of known) {
    expect(await link(path)).toMatchObject({ lane: "browser", state: "due", attempts: 0 });
  }
  expect(await link("/plain")).toMatchObject({ lane: "http", state: "done", outcome: "new" });
  expect((await getHost(store, site.host))?.nextTurnAt).toHaveProperty("browser");
  const { render: renders } = await worker.deps.producer.counts();
  expect(renders).toMatchObject({ waiting: 1 });
  // All are claimed and left to the browser together, before what HTTP can give.
  expect(counted.commands().filter((command) => command === "update links").length).toBeLessThan(5);
});
