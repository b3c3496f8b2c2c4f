import { expect, test } from "vitest";
import { AnswerCache } from "../../../publish/cache.ts";

const answer = (body: string) => async () => ({ body, type: "text/plain" });
const at = (ms: number, tag = "1") => ({ tag, changedAt: new Date(0), now: new Date(ms) });
const stand = at(0);
const bodyOf = async (kept: Promise<{ answer: { body: string } }>) => (await kept).answer.body;

test("the least recently used answer leaves when there are too many characters", async () => {
  const cache = new AnswerCache({ entries: 10, chars: 10 });
  await cache.get("a", stand, answer("aaaa"));
  await cache.get("b", stand, answer("bbbb"));
  await cache.get("a", stand, answer("unused"));
  await cache.get("c", stand, answer("cccc"));
  expect(cache.size).toBe(8);
  expect(await bodyOf(cache.get("a", stand, answer("new")))).toBe("aaaa");
  expect(await bodyOf(cache.get("b", stand, answer("new")))).toBe("new");
});

test("an answer larger than the cache is given but not kept", async () => {
  const cache = new AnswerCache({ entries: 10, chars: 3 });
  expect(await bodyOf(cache.get("a", stand, answer("aaaa")))).toBe("aaaa");
  expect(cache.size).toBe(0);
});

test("callers at the same time share one build; a failed one is not kept", async () => {
  const cache = new AnswerCache({ entries: 10, chars: 100 });
  let builds = 0;
  const build = async () => {
    builds++;
    if (builds === 1) throw new Error("first fails");
    return { body: "b", type: "t" };
  };
  const both = [cache.get("a", stand, build), cache.get("a", stand, build)];
  const settled = await Promise.allSettled(both);
  expect(settled.map((result) => result.status)).toEqual(["rejected", "rejected"]);
  expect(await bodyOf(cache.get("a", stand, build))).toBe("b");
  expect(builds).toBe(2);
});

test("what took an answer's place takes its room, and a build that was overtaken isn't kept", async () => {
  const cache = new AnswerCache({ entries: 10, chars: 100 });
  await cache.get("a", at(0), answer("a1"));
  let finish = () => {};
  const slow = cache.get("a", at(1, "2"), async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return { body: "a2", type: "t" };
  });
  expect(await bodyOf(cache.get("a", at(2, "3"), answer("a3")))).toBe("a3");
  finish();
  expect(await bodyOf(slow)).toBe("a2");
  expect(await bodyOf(cache.get("a", at(3, "3"), answer("unused")))).toBe("a3");
  expect(cache.size).toBe(2);
});

test("the patient get what was the newest a moment ago, however long it was the newest, and no longer", async () => {
  const cache = new AnswerCache({ entries: 10, chars: 100 });
  const ask = (ms: number, tag: string, body: string) =>
    bodyOf(cache.get("a", at(ms, tag), answer(body), 1000));
  expect(await ask(0, "1", "one")).toBe("one");
  // A minute later it is the newest still.
  cache.seen("a", at(60_000, "1"));
  let builds = 0;
  const slow = async () => {
    builds++;
    await new Promise((resolve) => setImmediate(resolve));
    return { body: "two", type: "t" };
  };
  const late = [60_900, 60_999].map((ms) => bodyOf(cache.get("a", at(ms, "2"), slow, 1000)));
  expect(await Promise.all(late)).toEqual(["one", "one"]);
  expect(builds).toBe(1);
  await expect.poll(() => ask(60_999, "2", "unused")).toBe("two");
  // Nobody asked while it was superseded: it may be as old as that.
  expect(await ask(61_999, "3", "three")).toBe("three");
  expect(await bodyOf(cache.get("a", at(61_999, "4"), answer("four")))).toBe("four");
});

test("a successor that can't be made is told to whoever has to wait for it", async () => {
  const cache = new AnswerCache({ entries: 10, chars: 100 });
  await cache.get("a", at(0), answer("a1"));
  const gone = async () => {
    throw new Error("taken back");
  };
  expect(await bodyOf(cache.get("a", at(500, "2"), gone, 1000))).toBe("a1");
  await expect(cache.get("a", at(1000, "2"), gone, 1000)).rejects.toThrow("taken back");
});
