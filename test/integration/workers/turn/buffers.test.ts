import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { dueHosts, wakeHosts } from "../../../../store/crawl/hosts.ts";
import { createLinkBuffer } from "../../../../workers/turn/buffers.ts";
import { endingAtWrite, ProcessEnded, withFaults } from "../../../helpers/faults.ts";
import { type Services, startServices, type WatchedSite } from "../../../helpers/watched-site.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

const inMs = (ms: number) => new Date(Date.now() + ms);

/** A turn of the site's host that is about to end. */
function endingOf({ site }: WatchedSite) {
  const now = new Date();
  return { host: site.host, lane: "http", turn: 0, now, earliest: now } as const;
}

test("a host whose turn ends with its worker has another one within half a minute", async () => {
  const watched = await services.watchSite("ended", ["/a"]);
  const { store } = watched;
  await wakeHosts(store, [{ ...endingOf(watched), at: inMs(-1000) }]);
  const links = createLinkBuffer(endingAtWrite(store, 1).store, { worker: "w" });
  await expect(links.end(endingOf(watched))).rejects.toThrow(ProcessEnded);
  expect(await dueHosts(store, "http", inMs(30_000), 10)).toHaveLength(1);
});

test("what wakes a host while its turn ends isn't forgotten", async () => {
  const watched = await services.watchSite("woken", []);
  const { store } = watched;
  const at = inMs(-500);
  const { hosts } = store.collections;
  let writes = 0;
  const racing = withFaults(hosts, {
    bulkWrite:
      () =>
      async (...args) => {
        const result = await hosts.bulkWrite(...args);
        if (writes++ === 0) await wakeHosts(store, [{ ...endingOf(watched), at }]);
        return result;
      },
  });
  const view = { ...store, collections: { ...store.collections, hosts: racing } };
  await createLinkBuffer(view, { worker: "w" }).end(endingOf(watched));
  const host = await store.collections.hosts.findOne({ _id: watched.site.host });
  expect(host?.nextTurnAt).toEqual({ http: at });
});

test("a host with nothing left has no turn", async () => {
  const watched = await services.watchSite("idle", []);
  const { store } = watched;
  await wakeHosts(store, [{ ...endingOf(watched), at: inMs(-1000) }]);
  await createLinkBuffer(store, { worker: "w" }).end(endingOf(watched));
  const host = await store.collections.hosts.findOne({ _id: watched.site.host });
  expect(host?.nextTurnAt).toEqual({});
});
