import { expect, test } from "vitest";
import { backoffDelay, RETRY_POLICY, retryOrGiveUp } from "../../../config/retry-policy.ts";
import { GiveUp, RetryLater } from "../../../model/crawl/outcome.ts";

test("a wait grows from attempt to attempt up to its bound; chance decides on a part of it", () => {
  const { backoff } = RETRY_POLICY.delivery;
  expect([1, 2, 3].map((attempts) => backoffDelay(backoff, attempts, 0))).toEqual([
    2500, 5000, 10_000,
  ]);
  expect(backoffDelay(backoff, 1, 1)).toBe(5000);
  expect(backoffDelay(backoff, 500, 1)).toBe(3_600_000);
});

test("a link waits longer where its cause says so, as long as its server asks, and four attempts at most", () => {
  const state = { attempts: 1, random: 1 };
  expect(retryOrGiveUp("reset", "x", state)).toMatchObject({ delay: 10_000 });
  expect(retryOrGiveUp("dns", "x", state)).toMatchObject({ delay: 30_000 });
  const verdict = retryOrGiveUp("too-many-requests", "x", state, { delay: 77_000 });
  expect(verdict).toBeInstanceOf(RetryLater);
  expect(verdict).toMatchObject({ delay: 77_000 });
  expect(retryOrGiveUp("reset", "x", { ...state, attempts: 4 })).toBeInstanceOf(GiveUp);
});

test("a server that names no time to wait doesn't shorten the wait", () => {
  const state = { attempts: 1, random: 1 };
  const verdict = retryOrGiveUp("too-many-requests", "x", state, { delay: 0 });
  expect(verdict).toMatchObject({ delay: 60_000 });
});
