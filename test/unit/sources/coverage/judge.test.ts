import { describe, expect, it, test } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../../lib/time.ts";
import type { AnnouncedArticle, Coverage } from "../../../../model/sources/coverage.ts";
import { newCoverage } from "../../../../model/sources/coverage.ts";
import {
  backfilled,
  countAnnouncements,
  dueBackfills,
  gapReasonText,
  judge,
  type Known,
  type Verdict,
} from "../../../../sources/coverage/judge.ts";
import type { PublicationState } from "../../../../store/articles/articles.ts";

const NOW = new Date("2026-11-28T12:00:00Z");
const WITHIN = 30 * MINUTE_MS;
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const announcedAt = ago(HOUR_MS);

const article = (fields: Partial<PublicationState>): PublicationState => ({
  _id: "a",
  status: "published",
  completeness: "full",
  unlisted: null,
  servedAt: null,
  firstSeenAt: announcedAt,
  publishedAt: null,
  ...fields,
});
const link = (fields: Partial<NonNullable<Known["link"]>>): NonNullable<Known["link"]> => ({
  state: "skipped",
  reason: null,
  detail: null,
  attempts: 1,
  hints: {},
  ...fields,
});
const verdictOn = (known: Partial<Known>) =>
  judge({ announcedAt }, { link: null, article: null, ...known }, WITHIN);

describe("An announced article", () => {
  it("is in time when readers found it within the objective's time", () => {
    const servedAt = new Date(announcedAt.getTime() + WITHIN);
    expect(verdictOn({ article: article({ servedAt }) }).state).toBe("inTime");
  });

  it("is late when readers found it a moment after that", () => {
    const servedAt = new Date(announcedAt.getTime() + WITHIN + 1);
    expect(verdictOn({ article: article({ servedAt }) }).state).toBe("late");
  });

  it("is covered by what was announced of it where its page can't be had", () => {
    const dead = link({ state: "dead-letter", reason: "timeout" });
    const announced = article({ completeness: "announced", servedAt: announcedAt });
    const verdict = verdictOn({ link: dead, article: announced });
    expect(verdict).toEqual({ state: "inTime", completeness: "announced" });
  });

  it("is in time when another source had brought it before", () => {
    expect(verdictOn({ article: article({ servedAt: ago(DAY_MS) }) }).state).toBe("inTime");
  });

  it.each([
    ["unlisted", { reason: "embargo", detail: "", at: NOW }, "embargo"],
    ["retracted", null, "withdrawn"],
  ] as const)("that is %s is left out on purpose", (status, unlisted, reason) => {
    const verdict = verdictOn({ article: article({ status, unlisted }) });
    expect(verdict).toEqual({ state: "excluded", reason });
  });

  it.each(["robots", "gone", "too-old", "filtered"] as const)(
    "whose page is left out as %s is left out on purpose",
    (reason) => {
      expect(verdictOn({ link: link({ reason }) })).toEqual({ state: "excluded", reason });
    },
  );

  it("whose page holds no article is left out, unless its entry has a title and a date", () => {
    const empty = link({ reason: "not-article" });
    expect(verdictOn({ link: empty }).state).toBe("excluded");
    const promised = { ...empty, hints: { title: "A title", publishedAt: NOW } };
    expect(verdictOn({ link: promised }).state).toBe("missing");
  });

  it.each([
    [link({ state: "due", attempts: 0 }), "waiting", "waits to be fetched"],
    [
      link({ state: "dead-letter", reason: "timeout", attempts: 5 }),
      "timeout",
      "given up (attempts: 5): timeout",
    ],
    [
      link({ reason: "blocked", detail: "403" }),
      "blocked",
      "the site refused the request or showed a challenge (403)",
    ],
    [link({ state: "done" }), "no-article", "fetched, but no article was found on the page"],
    [null, "not-announced", "no entry point of the source listed the URL"],
  ] as const)("is missing with its reason (%#)", (known, reason, why) => {
    expect(verdictOn({ link: known })).toEqual({ state: "missing", reason, why });
  });
});

test.each([
  ["waiting", "waits to be fetched, or to be tried again"],
  ["timeout", "its host doesn't answer in time"],
  ["blocked", "the site refused the request or showed a challenge"],
  ["no-article", "fetched, but no article was found on the page"],
  ["not-announced", "no entry point of the source listed the URL"],
] as const)("The reason %s has words", (reason, words) => {
  expect(gapReasonText(reason)).toBe(words);
});

const blank = newCoverage("a", {
  since: ago(40 * DAY_MS),
  nextProbeAt: NOW,
  objective: { share: 0.99, within: WITHIN },
  now: NOW,
});
const announce = (key: string, fields: Partial<AnnouncedArticle> = {}): AnnouncedArticle => ({
  key,
  url: `https://a.example/${key}`,
  title: null,
  announcedAt,
  namedBy: [],
  ...fields,
});
const IN_TIME: Verdict = { state: "inTime", completeness: "full" };
const LATE: Verdict = { state: "late", completeness: "full" };
const BLOCKED: Verdict = { state: "missing", reason: "blocked", why: "refused" };
const count = (
  before: Coverage,
  all: [AnnouncedArticle, Verdict][],
  gaps: [string, Verdict][] = [],
) =>
  countAnnouncements(
    before,
    all.map(([announcement, verdict]) => ({ announcement, verdict })),
    new Map(gaps),
    NOW,
  );

describe("Counting announcements", () => {
  it("counts each on the day of its announcement", () => {
    const { days } = count(blank, [
      [announce("one"), IN_TIME],
      [announce("two", { announcedAt: ago(DAY_MS) }), LATE],
    ]);
    expect(days.map(({ day, inTime, late }) => [day, inTime, late])).toEqual([
      ["2026-11-27", 0, 1],
      ["2026-11-28", 1, 0],
    ]);
  });

  it("lists what is missing, with who named it", () => {
    const { gaps, total } = count(blank, [[announce("one", { namedBy: ["feed"] }), BLOCKED]]);
    expect(total.missing).toBe(1);
    expect(gaps).toMatchObject([{ key: "one", reason: "blocked", namedBy: ["feed"] }]);
  });

  it("counts a gap that readers find now as late", () => {
    const before = count(blank, [[announce("one"), BLOCKED]]);
    const { gaps, total } = count(before, [], [["one", LATE]]);
    expect([gaps, total.missing, total.late]).toEqual([[], 0, 1]);
  });

  it("counts what is a gap already once", () => {
    const before = count(blank, [[announce("one"), BLOCKED]]);
    expect(count(before, [[announce("one"), BLOCKED]]).total.missing).toBe(1);
  });

  it("forgets days and gaps after 28 days", () => {
    const old = announce("one", { announcedAt: ago(28 * DAY_MS) });
    const { days, gaps, total } = count(blank, [[old, BLOCKED]]);
    expect([days, gaps, total.missing]).toEqual([[], [], 0]);
  });

  it("still judges the gaps that the list of 1,000 has no room for", () => {
    const many = Array.from({ length: 1200 }, (_, n) =>
      announce(`${n}`, { announcedAt: ago(HOUR_MS + n) }),
    );
    const before = count(
      blank,
      many.map((one) => [one, BLOCKED]),
    );
    expect([before.gaps.length, before.total.missing]).toEqual([1000, 1200]);
    const after = count(
      before,
      [],
      many.map(({ key }) => [key, LATE]),
    );
    expect([after.gaps.length, after.total.missing, after.total.late]).toEqual([0, 0, 1200]);
  });

  it("lists a gap as soon as there is room, and counts it once", () => {
    const many = Array.from({ length: 1001 }, (_, n) =>
      announce(`${n}`, { announcedAt: ago(HOUR_MS + n) }),
    );
    const before = count(
      blank,
      many.map((one) => [one, BLOCKED]),
    );
    expect(before.gaps.map(({ key }) => key)).not.toContain("1000");
    const last = announce("1000", { announcedAt: NOW });
    const { gaps, total } = count(before, [[last, BLOCKED]], [["0", LATE]]);
    expect(gaps.at(-1)).toMatchObject({ key: "1000", announcedAt: ago(HOUR_MS + 1000) });
    expect([gaps.length, total.missing, total.late]).toEqual([1000, 1000, 1]);
  });

  it("counts yesterday and today as recent", () => {
    const { recent } = count(blank, [
      [announce("one", { announcedAt: ago(DAY_MS) }), LATE],
      [announce("two", { announcedAt: ago(2 * DAY_MS) }), LATE],
    ]);
    expect(recent.late).toBe(1);
  });
});

describe("A gap", () => {
  const [gap] = count(blank, [[announce("one"), BLOCKED]]).gaps;
  if (!gap) throw new Error("there is no gap");
  const later = (ms: number) => new Date(NOW.getTime() + ms);

  it("is fetched again an hour later", () => {
    expect(dueBackfills([gap], later(HOUR_MS - 1))).toEqual([]);
    expect(dueBackfills([gap], later(HOUR_MS))).toEqual([gap]);
  });

  it("that no entry point has named is fetched at once", () => {
    const unknown: Verdict = { state: "missing", reason: "not-announced", why: "" };
    const { gaps } = count(blank, [[announce("one"), unknown]]);
    expect(dueBackfills(gaps, NOW)).toHaveLength(1);
  });

  it("is fetched again three times", () => {
    let now = NOW;
    let tries = 0;
    for (let one = gap; one.backfillAt; tries++) {
      now = one.backfillAt;
      one = { ...backfilled(one, now), reason: "blocked" };
    }
    expect([tries, now.getTime() - NOW.getTime()]).toEqual([3, HOUR_MS + 6 * HOUR_MS + DAY_MS]);
  });

  it("that waits to be fetched isn't asked for twice", () => {
    expect(dueBackfills([{ ...gap, reason: "waiting" }], later(DAY_MS))).toEqual([]);
  });

  it("is one of at most ten that are fetched at once", () => {
    const many = Array.from({ length: 30 }, (_, n) => ({ ...gap, key: `${n}` }));
    expect(dueBackfills(many, later(DAY_MS))).toHaveLength(10);
  });
});
