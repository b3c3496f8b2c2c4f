import { expect, test } from "vitest";
import { AnswerCache } from "../../../publish/cache.ts";

const answer = (body: string) => async () => ({ body, type: "text/plain" });

test("the least recently used answer leaves when there are too many characters", async () => {
  const cache = new AnswerCache({ entries: 10, chars: 10 });
  await cache.get("a", answer("aaaa"));
  await cache.get("b", answer("bbbb"));
  await cache.get("a", answer("unused"));
  await cache.get("c", answer("cccc"));
  expect(cache.size).toBe(8);
  expect((await cache.get("a", answer("new"))).body).toBe("aaaa");
  expect((await cache.get("b", answer("new"))).body).toBe("new");
});

test("an answer larger than the cache is given but not kept", async () => {
  const cache = new AnswerCache({ entries: 10, chars: 3 });
  expect((await cache.get("a", answer("aaaa"))).body).toBe("aaaa");
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
  const both = await Promise.allSettled([cache.get("a", build), cache.get("a", build)]);
  expect(both.map((result) => result.status)).toEqual(["rejected", "rejected"]);
  expect((await cache.get("a", build)).body).toBe("b");
  expect(builds).toBe(2);
});
