import { expect, test } from "vitest";
import { AnswerCache } from "../../../../web/server/answer.ts";

const answer = (body: string) => async () => ({ body, type: "text/plain", usage: [] });
const at = (ms: number, tag = "1") => ({ tag, changedAt: new Date(0), now: new Date(ms) });
const stand = at(0);
const bodyOf = async (cached: Promise<{ answer: { body: string } }>) => (await cached).answer.body;

test("the least recently used answer leaves when there are too many characters", async () => {
  const cache = new AnswerCache({ entries: 10, chars: 10 });
  await cache.get("a", stand, answer("aaaa"));
  await cache.get("b", stand, answer("bbbb"));
  await cache.get("a", stand, answer("unused"));
  await cache.get("c", stand, answer("cccc"));
  expect(await bodyOf(cache.get("a", stand, answer("new")))).toBe("aaaa");
  expect(await bodyOf(cache.get("b", stand, answer("new")))).toBe("new");
});

test("an answer larger than the cache is given but not kept", async () => {
  const cache = new AnswerCache({ entries: 10, chars: 3 });
  expect(await bodyOf(cache.get("a", stand, answer("aaaa")))).toBe("aaaa");
  expect(cache.find("a")).toBeUndefined();
});

test("callers at the same time share one build; a failed one is not kept", async () => {
  const cache = new AnswerCache({ entries: 10, chars: 100 });
  let builds = 0;
  const build = async () => {
    builds++;
    if (builds === 1) throw new Error("first fails");
    return { body: "b", type: "t", usage: [] };
  };
  const both = [cache.get("a", stand, build), cache.get("a", stand, build)];
  const settled = await Promise.allSettled(both);
  expect(settled.map((result) => result.status)).toEqual(["rejected", "rejected"]);
  expect(await bodyOf(cache.get("a", stand, build))).toBe("b");
  expect(builds).toBe(2);
});

test("what took an answer's place takes its room, and a build that was overtaken isn't kept", async () => {
  const cache = new AnswerCache({ entries: 10, chars: 4 });
  await cache.get("a", at(0), answer("a1"));
  let finish = () => {};
  const slow = cache.get("a", at(1, "2"), async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return { body: "a2", type: "t", usage: [] };
  });
  expect(await bodyOf(cache.get("a", at(2, "3"), answer("a3")))).toBe("a3");
  finish();
  expect(await bodyOf(slow)).toBe("a2");
  expect(await bodyOf(cache.get("a", at(3, "3"), answer("unused")))).toBe("a3");
  await cache.get("b", stand, answer("bb"));
  expect(["a", "b"].map((address) => cache.find(address)?.answer.body)).toEqual(["a3", "bb"]);
});

test("what is kept is the newest for as long as somebody sees that it is", async () => {
  const cache = new AnswerCache({ entries: 10, chars: 100 });
  await cache.get("a", at(0), answer("a1"));
  cache.confirm("a", at(60_000));
  expect(cache.find("a")).toMatchObject({ now: new Date(60_000), answer: { body: "a1" } });
  cache.confirm("a", at(70_000, "2"));
  expect(cache.find("a")?.now).toEqual(new Date(60_000));
  expect(cache.find("b")).toBeUndefined();
});
