import { expect, test } from "vitest";
import { createSemaphore } from "../../../../crawler/browser/semaphore.ts";

test("no more places are taken than there are; who waits gets the next one, in the order of asking", async () => {
  const places = createSemaphore(2);
  const log: string[] = [];
  const take = async (name: string) => {
    const leave = await places.acquire();
    log.push(name);
    return leave;
  };
  const [first, second] = await Promise.all([take("a"), take("b")]);
  const waiting = [take("c"), take("d")];
  await Promise.resolve();
  expect(log).toEqual(["a", "b"]);
  second?.();
  second?.();
  const third = await waiting[0];
  expect(log).toEqual(["a", "b", "c"]);
  first?.();
  await waiting[1];
  third?.();
  await take("e");
  expect(log).toEqual(["a", "b", "c", "d", "e"]);
});
