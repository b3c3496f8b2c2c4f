import { describe, expect, test } from "vitest";
import { refusalBy, robotsCopy, robotsDelay } from "../../../../crawler/robots/robots.ts";
import { HOUR_MS } from "../../../../lib/time.ts";

const start = new Date("2026-03-02T12:00:00Z");
const after = (hours: number) => new Date(start.getTime() + hours * HOUR_MS);
const text = "User-agent: newsgather\nDisallow: /private\nCrawl-delay: 300";
const ok = robotsCopy({ status: 200, text }, null, start);
const judge = (copy: typeof ok, path: string) =>
  refusalBy(copy, "Newsgather", `https://news.example${path}`);

describe("answers to robots.txt", () => {
  test("2xx gives rules for a day", () => {
    expect(ok).toMatchObject({ state: "ok", status: 200, expiresAt: after(24), text });
    expect(judge(ok, "/private/a")).toMatchObject({ skipped: "robots" });
    expect(judge(ok, "/public")).toBeNull();
  });

  test.each([301, 400, 401, 403, 404, 410])("%i allows all", (status) => {
    const copy = robotsCopy({ status, text: "User-agent: *\nDisallow: /" }, ok, start);
    expect(copy).toMatchObject({ state: "none", text: "" });
    expect(judge(copy, "/private/a")).toBeNull();
  });

  test.each([429, 500, 503])("%i forbids all when nothing was known", (status) => {
    const copy = robotsCopy({ status, text: "" }, null, start);
    expect(copy).toMatchObject({ state: "unreachable", expiresAt: after(1 / 6) });
    expect(judge(copy, "/public")).toMatchObject({
      skipped: "robots-unreachable",
      detail: `robots.txt answered ${status}`,
    });
  });

  test("the last good copy counts for a day beyond its own", () => {
    const soon = robotsCopy({ failed: "ECONNREFUSED" }, ok, after(47));
    expect(judge(soon, "/private/a")).toMatchObject({ skipped: "robots" });
    expect(judge(soon, "/public")).toBeNull();
    expect(robotsDelay(soon, "Newsgather")).toBe(300_000);
    const late = robotsCopy({ failed: "ECONNREFUSED" }, soon, after(49));
    expect(judge(late, "/public")).toEqual({
      skipped: "robots-unreachable",
      detail: "ECONNREFUSED",
    });
    expect(robotsDelay(late, "Newsgather")).toBe(0);
  });

  test.each([
    ["refuses", { status: 503, text: "" }, [10, 20, 40, 80, 160, 320, 360, 360]],
    ["is silent", { failed: "ECONNRESET" }, [0.25, 0.5, 1, 2, 4, 8, 16, 32]],
  ])("a robots.txt that %s is asked again later each time", (_, answer, expected) => {
    const minutes: number[] = [];
    let copy = ok;
    for (let turn = 0; turn < 8; turn++) {
      copy = robotsCopy(answer, copy, copy.expiresAt);
      minutes.push((copy.expiresAt.getTime() - copy.fetchedAt.getTime()) / 60_000);
    }
    expect(minutes).toEqual(expected);
    expect(robotsCopy({ status: 200, text }, copy, copy.expiresAt)).toMatchObject({ state: "ok" });
  });

  test("a robots.txt that stays silent is asked again every six hours in the end", () => {
    let copy = ok;
    for (let turn = 0; turn < 20; turn++) {
      copy = robotsCopy({ failed: "ECONNRESET" }, copy, copy.expiresAt);
    }
    expect(copy.expiresAt.getTime() - copy.fetchedAt.getTime()).toBe(6 * HOUR_MS);
  });
});

test("a URL is judged percent-encoded", () => {
  const copy = robotsCopy(
    { status: 200, text: "User-agent: *\nDisallow: /k%C3%B6ln" },
    null,
    start,
  );
  expect(judge(copy, "/köln/a")).toMatchObject({ skipped: "robots" });
});

test("a Crawl-delay is kept up to a month, whatever it asks for", () => {
  const copyOf = (delay: string) =>
    robotsCopy({ status: 200, text: `User-agent: *\nCrawl-delay: ${delay}` }, null, new Date());
  const delayOf = (delay: string) => robotsDelay(copyOf(delay), "Newsgather");
  expect(["0.5", "86400", "99999999999999999999"].map(delayOf)).toEqual([
    500,
    86_400_000,
    30 * 86_400_000,
  ]);
  expect(["-5", "soon", "", "NaN"].map(delayOf)).toEqual([0, 0, 0, 0]);
});
