import { expect, test } from "vitest";
import { createLinksInProgress } from "../../../../workers/turn/buffers.ts";

test("links whose worker was lost before are tried one at a time, and a slow one holds up the next for 10 s at most", () => {
  let now = 0;
  const inHand = createLinksInProgress("w", () => now);
  const end = inHand.suspect();
  expect(inHand.suspect()).toBeNull();
  end?.();
  const slow = inHand.suspect();
  expect(slow).not.toBeNull();
  now = 9_000;
  expect(inHand.suspect()).toBeNull();
  now = 10_000;
  expect(inHand.suspect()).not.toBeNull();
  // The slow one ends, and the one after it is still there.
  slow?.();
  expect(inHand.suspect()).toBeNull();
});
