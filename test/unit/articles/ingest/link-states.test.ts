import { describe, expect, test } from "vitest";
import {
  failedSet,
  redirectedSet,
  toBrowserSet,
  verdictOn,
} from "../../../../articles/ingest/links.ts";
import { GiveUp, RetryLater } from "../../../../model/crawl/outcome.ts";
import { makeLink } from "../../../helpers/links.ts";

const now = new Date("2026-11-25T12:00:00Z");
const first = { attempts: 1, random: 0.5 };
const waitOf = (set: ReturnType<typeof failedSet>) => (set.dueAt?.getTime() ?? 0) - now.getTime();

describe("a failed link", () => {
  test.each(["timeout", "too-many-requests", "server-error"] as const)(
    "waits exactly as long as was decided on its %s",
    (cause) => {
      const set = failedSet(new RetryLater(cause, "as the server asked", { delay: 77_000 }), now);
      expect(waitOf(set)).toBe(77_000);
      expect(set).toMatchObject({ state: "due", reason: cause, detail: "as the server asked" });
    },
  );

  test("that is given up is dead", () => {
    const set = failedSet(new GiveUp("tls", "bad certificate"), now);
    expect(set).toEqual({
      state: "dead-letter",
      dueAt: null,
      reason: "tls",
      detail: "bad certificate",
    });
  });
});

describe("an error instead of an answer", () => {
  test("waits longer with each try, and is given up after the fourth", () => {
    const error = new RetryLater("reset", "the connection broke");
    const verdicts = [1, 2, 3, 4].map((attempts) => verdictOn(error, { attempts, random: 0.5 }));
    const waits = verdicts.slice(0, 3).map((verdict) => waitOf(failedSet(verdict, now)));
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits[0]).toBeGreaterThan(1000);
    expect(verdicts[3]).toBeInstanceOf(GiveUp);
    expect(verdicts[3]).toMatchObject({ reason: "reset" });
    expect(verdicts[3]?.message).toContain("the connection broke");
  });

  test("that can't pass is given up at once", () => {
    const error = new GiveUp("parse", "took over 5000 ms");
    expect(verdictOn(error, first)).toBe(error);
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
