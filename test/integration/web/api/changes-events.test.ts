import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changesCursor } from "../../../../articles/stream/cursor.ts";
import { toItem } from "../../../../model/articles/article.ts";
import type { Change } from "../../../../model/publish/change.ts";
import type { Filter } from "../../../../model/publish/filter.ts";
import { streamEvents } from "../../../../web/api/changes.ts";
import type { Head } from "../../../../web/server/snapshot.ts";
import { makeArticle } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";

let database: TestDatabase;
let streams = 0;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const change = (seq: number, topic: string): Change => {
  const [articleId, item] = [`a${seq}`, toItem(makeArticle(`a${seq}`, { topics: [topic] }))];
  return { seq, articleId, version: 1, kind: "created", before: null, item, at: new Date(0) };
};
const cursor = (seq: number) => changesCursor({ seq, epoch: 1 });

/** Events of a stream that was restored once, until its reader has to wait; with the place where it waits. */
async function read(changes: Change[], after: number, seq: number, filter: Filter = {}) {
  const end = new AbortController();
  let waitsAt: number | null = null;
  const found: string[] = [];
  const store = await database.open(`stream-${++streams}`);
  await store.collections.changes.insertMany(changes);
  const context = {
    store,
    head: () =>
      Promise.resolve({
        seq,
        restores: [{ epoch: 1, seq: 0 }],
        sources: new Map(),
      } as unknown as Head),
    watch: {
      beyond: (place: number) => {
        waitsAt = place;
        end.abort();
        return Promise.resolve();
      },
      closing: new AbortController().signal,
    },
  };
  const source = streamEvents(context, { after, filter, signal: end.signal });
  for await (const event of source) {
    found.push(event);
    if (found.length > 20) throw new Error("it never waits");
  }
  return { found, waitsAt };
}

describe("a reader of events", () => {
  test("is given the cursor behind each change, of the restore it belongs to", async () => {
    const { found } = await read([change(1, "ai"), change(2, "ai")], 0, 2);
    expect(found.slice(1).map((event) => event.split("\n")[0])).toEqual([
      `id: ${cursor(1)}`,
      `id: ${cursor(2)}`,
    ]);
  });

  test("is moved past what its filter leaves out", async () => {
    const changes = [change(1, "ai"), change(2, "water"), change(3, "water")];
    const { found } = await read(changes, 0, 3, { topic: ["ai"] });
    expect(found.slice(2)).toEqual([`id: ${cursor(3)}\n\n`]);
  });

  test("waits behind the last change that was read, not the last one that is for him", async () => {
    const changes = [change(1, "ai"), change(2, "water")];
    expect((await read(changes, 0, 2, { topic: ["ai"] })).waitsAt).toBe(2);
  });

  test("is stopped where changes behind him are no longer kept", async () => {
    await expect(read([change(5, "ai"), change(6, "ai")], 1, 6)).rejects.toMatchObject({
      status: 410,
      code: "cursor-expired",
    });
  });
});
