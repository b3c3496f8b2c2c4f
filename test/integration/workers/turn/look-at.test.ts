import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { GiveUp } from "../../../../model/failure.ts";
import { drive } from "../../../helpers/line.ts";
import { openStage, type Stage } from "../../../helpers/scene.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(import.meta.filename);
});
afterEach(() => stage.clear());
afterAll(() => stage?.close());

describe("a server that names a time", () => {
  test.each([408, 425, 500])("by %i is asked again at that time", async (status) => {
    const { site, line, link } = await stage.open(`after-${status}`, ["/a"]);
    site.pages["/a"] = (_, response) =>
      void response.writeHead(status, { "retry-after": "900" }).end("later");
    await drive(line, site.host);
    const { state, dueAt, doneAt } = (await link("/a")) ?? {};
    expect(state).toBe("due");
    expect(Number(dueAt) - Number(doneAt)).toBeGreaterThan(899_000);
    expect(Number(dueAt) - Number(doneAt)).toBeLessThanOrEqual(900_000);
  });
});

test("a page that can't be parsed is given up with its capture as evidence, and blamed on no host", async () => {
  const { store, site, line, link } = await stage.open("unreadable", ["/a"]);
  const { parser } = line.deps;
  line.deps.parser = {
    ...parser,
    extract: () => Promise.reject(new GiveUp("parse", "took over 5000 ms")),
  };
  await drive(line, site.host);
  const dead = await link("/a");
  expect(dead).toMatchObject({ state: "dead", reason: "parse", detail: "took over 5000 ms" });
  const capture = await store.collections.captures.findOne({ _id: dead?.captureId ?? "" });
  const told = { reason: "parse", detail: "took over 5000 ms" };
  expect(capture).toMatchObject({ status: 200, linkId: dead?._id, ...told });
  expect(await store.collections.bodies.countDocuments({ _id: capture?.bodyId ?? "" })).toBe(1);
  expect(await store.collections.hosts.findOne({ _id: site.host })).toMatchObject({ failures: 0 });
});
