import { describe, expect, test } from "vitest";
import { GiveUp, RetryLater } from "../../../model/failure.ts";
import { failedSet, redirectedSet, toBrowserSet } from "../../../workers/settle.ts";
import { makeLink } from "../../helpers/links.ts";

const now = new Date("2026-11-25T12:00:00Z");
const clock = { now, random: 0.5 };
const waitOf = (set: ReturnType<typeof failedSet>) => (set.dueAt?.getTime() ?? 0) - now.getTime();

describe("a failed link", () => {
  test("is due again later, each time later, and dead after its fourth try", () => {
    const failure = new RetryLater("reset", "the connection broke", 1);
    const sets = [1, 2, 3, 4].map((attempts) =>
      failedSet(failure, makeLink("a", { attempts }), clock),
    );
    expect(sets.map(({ state }) => state)).toEqual(["due", "due", "due", "dead"]);
    const waits = sets.slice(0, 3).map(waitOf);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits[0]).toBeGreaterThan(1000);
    expect(sets[3]).toMatchObject({ dueAt: null, reason: "reset" });
    expect(sets[3]?.detail).toContain("the connection broke");
  });

  test("waits exactly as long as the server asks, where it may ask", () => {
    const link = makeLink("a", { attempts: 1 });
    expect(waitOf(failedSet(new RetryLater("too-many-requests", "429", 77_000), link, clock))).toBe(
      77_000,
    );
    expect(waitOf(failedSet(new RetryLater("server-error", "503", 5_000), link, clock))).toBe(
      5_000,
    );
  });

  test("that is given up is dead at its first try", () => {
    const set = failedSet(
      new GiveUp("tls", "bad certificate"),
      makeLink("a", { attempts: 1 }),
      clock,
    );
    expect(set).toEqual({ state: "dead", dueAt: null, reason: "tls", detail: "bad certificate" });
  });
});

test("a redirect gives the link to the other host as a first try, with all hops so far", () => {
  const hops = [{ url: "http://a.example/1", status: 301, location: "http://a.example/2" }];
  const hop = { url: "http://a.example/2", status: 302, location: "https://b.example:8443/3" };
  expect(redirectedSet(hop, makeLink("a", { hops, attempts: 3 }), now)).toEqual({
    url: "https://b.example:8443/3",
    host: "b.example:8443",
    hops: [...hops, hop],
    state: "due",
    dueAt: now,
    attempts: 0,
  });
});

test("a link that needs the browser is due there at once", () => {
  expect(toBrowserSet(now)).toEqual({ state: "due", dueAt: now, lane: "browser", attempts: 0 });
});
