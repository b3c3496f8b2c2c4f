import { expect, test } from "vitest";
import { RETRY_POLICY, retryOrGiveUp } from "../../../../config/retry-policy.ts";
import {
  AFTER_SUCCESS,
  afterFailure,
  type Breaker,
} from "../../../../crawler/politeness/breaker.ts";
import { GiveUp, RetryLater } from "../../../../model/crawl/outcome.ts";

const now = new Date("2026-03-02T12:00:00Z");
const minutes = (state: Breaker | null) =>
  state?.openUntil ? (state.openUntil.getTime() - now.getTime()) / 60_000 : 0;

test("a breaker opens at the fifth failure in a row, for longer each time", () => {
  let state: Breaker = AFTER_SUCCESS;
  const open: number[] = [];
  for (let count = 0; count < 8; count++) {
    state = afterFailure(state, new RetryLater("timeout", "slow"), now) ?? state;
    open.push(minutes(state));
  }
  expect(open).toEqual([0, 0, 0, 0, 1, 2, 4, 8]);
  expect(state.openReason).toBe("slow");
  const worst = afterFailure({ ...state, failures: 500 }, new GiveUp("dns", "gone"), now);
  expect(minutes(worst)).toBe(360);
});

test.each([1, RETRY_POLICY.link.maxAttempts])(
  "429 at attempt %i opens at once for as long as was asked",
  (attempts) => {
    const state = { attempts, random: 0 };
    const failure = retryOrGiveUp("too-many-requests", "429", state, { delay: 120_000 });
    expect(minutes(afterFailure(AFTER_SUCCESS, failure, now))).toBe(2);
  },
);

test("a longer opening stands", () => {
  const state = afterFailure(
    { failures: 7, openUntil: new Date(now.getTime() + 3_600_000), openReason: "429" },
    new RetryLater("connect", "refused"),
    now,
  );
  expect(state).toMatchObject({ failures: 8, openReason: "429" });
  expect(minutes(state)).toBe(60);
});

test("what a single page or we ourselves did is not the host's", () => {
  for (const cause of ["bad-response", "redirect-loop", "browser", "parse", "store"] as const) {
    expect(afterFailure(AFTER_SUCCESS, new RetryLater(cause, "x"), now)).toBeNull();
  }
});
