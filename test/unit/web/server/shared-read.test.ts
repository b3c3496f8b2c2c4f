import { expect, test, vi } from "vitest";
import { shared } from "../../../../web/server/snapshot.ts";

/** A store of one number whose reads end when they are released. */
function slowStore() {
  const store = { value: 1, reads: 0, releases: [] as (() => void)[] };
  const read = async () => {
    const { value } = store;
    store.reads++;
    await new Promise<void>((resolve) => store.releases.push(resolve));
    return value;
  };
  const begun = () => vi.waitUntil(() => store.releases.length > 0);
  const release = async () => (await vi.waitUntil(() => store.releases.shift()))();
  return { store, begun, release, read: shared(read) };
}

test("a caller never gets a read that began before the call", async () => {
  const { store, begun, release, read } = slowStore();
  const before = read();
  await begun();
  store.value = 2;
  const after = read();
  await release();
  expect(await before).toBe(1);
  await release();
  expect(await after).toBe(2);
});

test("callers that come while a read is at work share the next one", async () => {
  const { store, begun, release, read } = slowStore();
  const first = read();
  await begun();
  const others = [read(), read(), read()];
  await release();
  await first;
  await release();
  await Promise.all(others);
  expect(store.reads).toBe(2);
});

test("a read that fails harms only those who shared it", async () => {
  const failures: (() => void)[] = [];
  let reads = 0;
  const read = shared(() => {
    reads++;
    if (reads > 1) return Promise.resolve(reads);
    return new Promise<number>((_, reject) => {
      failures.push(() => reject(new Error("the store is away")));
    });
  });
  const first = Promise.allSettled([read(), read()]);
  const fail = await vi.waitUntil(() => failures.shift());
  const meanwhile = read();
  fail();
  expect((await first).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await meanwhile).toBe(2);
});
