import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { GiveUp } from "../../../model/crawl/outcome.ts";
import { type Services, startServices } from "../../helpers/watched-site.ts";
import { takeTurns } from "../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

describe("a server that names a time", () => {
  test.each([408, 425, 500])("by %i is asked again at that time", async (status) => {
    const { site, worker, link } = await services.watchSite(`after-${status}`, ["/a"]);
    site.pages["/a"] = (_, response) =>
      void response.writeHead(status, { "retry-after": "900" }).end("later");
    await takeTurns(worker, site.host);
    const { state, dueAt, doneAt } = (await link("/a")) ?? {};
    expect(state).toBe("due");
    expect(Number(dueAt) - Number(doneAt)).toBeGreaterThan(840_000);
    expect(Number(dueAt) - Number(doneAt)).toBeLessThanOrEqual(900_000);
  });
});

test("a page that can't be parsed is given up with its capture as evidence, and blamed on no host", async () => {
  const { store, site, worker, link } = await services.watchSite("unreadable", ["/a"]);
  const { parser } = worker.deps;
  worker.deps.parser = {
    ...parser,
    extract: () => Promise.reject(new GiveUp("parse", "took over 5000 ms")),
  };
  await takeTurns(worker, site.host);
  const deadLetter = await link("/a");
  expect(deadLetter).toMatchObject({
    state: "dead-letter",
    reason: "parse",
    detail: "took over 5000 ms",
  });
  const capture = await store.collections.captures.findOne({ _id: deadLetter?.captureId ?? "" });
  const failure = { reason: "parse", detail: "took over 5000 ms" };
  expect(capture).toMatchObject({ status: 200, linkId: deadLetter?._id, ...failure });
  expect(await store.collections.bodies.countDocuments({ _id: capture?.bodyId ?? "" })).toBe(1);
  expect(await store.collections.hosts.findOne({ _id: site.host })).toMatchObject({ failures: 0 });
});
