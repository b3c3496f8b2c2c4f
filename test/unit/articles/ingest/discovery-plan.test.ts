import { describe, expect, test } from "vitest";
import { type Origin, planDiscovery } from "../../../../articles/ingest/links.ts";
import { LIMITS } from "../../../../config/limits.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import type { Discovery, FoundLink, Link } from "../../../../model/crawl/link.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { makeLink } from "../../../helpers/links.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const ago = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
const addressOf = (name: string) => `https://city.example/${name}`;

const found = (name: string, overrides: Partial<FoundLink> = {}): FoundLink => {
  return { url: addressOf(name), kind: "article", page: 1, hints: {}, ...overrides };
};

function discoveryOf(links: FoundLink[], skipped: Discovery["skipped"] = []): Discovery {
  return { links, skipped, problems: [], ttl: null, hub: null };
}

function originOf(overrides: Partial<Origin> = {}, known: Link[] = []): Origin {
  return {
    link: makeLink("feed", { kind: "feed" }),
    announcer: { captureId: "capture", seenAt: NOW, kind: "feed" },
    source: makeSource("cities"),
    run: { _id: "run", first: false },
    known: new Map(known.map((link) => [link._id, { ...link, runId: "before" }])),
    taken: 0,
    laneOf: () => "http",
    delayOf: () => 0,
    trapOf: () => null,
    trusts: () => true,
    now: NOW,
    ...overrides,
  };
}

const knownArticle = (name: string, overrides: Partial<Link> = {}) =>
  makeLink(urlKey(addressOf(name)), {
    state: "done",
    dueAt: null,
    sourceId: "cities",
    ...overrides,
  });
const namesOf = (links: { url: string }[]) => links.map(({ url }) => url.slice(21));
const againOf = (links: FoundLink[], known: Link[], overrides: Partial<Origin> = {}) =>
  planDiscovery(discoveryOf(links), originOf(overrides, known)).again.map(({ id }) => id);

describe("new links", () => {
  test("are due in the order given, with what the entry point said of them", () => {
    const hints = { title: "Portal opened" };
    const plan = planDiscovery(
      discoveryOf([found("b", { hints }), found("a")]),
      originOf({ laneOf: (url) => (url.endsWith("a") ? "browser" : "http") }),
    );
    expect(namesOf(plan.due)).toEqual(["b", "a"]);
    const [b, a] = plan.due;
    expect(b?.dueAt?.getTime()).toBeLessThan(a?.dueAt?.getTime() ?? 0);
    expect(b).toMatchObject({ hints, runId: "run", parentId: "feed", lane: "http", attempts: 0 });
    expect(a).toMatchObject({ lane: "browser", _id: urlKey(addressOf("a")) });
  });

  test("that were left out are kept with their reason, but never over a link that is there", () => {
    const skipped = [
      { url: addressOf("out"), reason: "filtered", detail: "exclude /out" },
      { url: addressOf("known"), reason: "filtered", detail: null },
      { url: "mailto:a@city.example", reason: "bad-url", detail: null },
      { url: "not a url", reason: "bad-url", detail: null },
    ] as const;
    const plan = planDiscovery(
      discoveryOf([], [...skipped]),
      originOf({}, [knownArticle("known")]),
    );
    expect(namesOf(plan.left.slice(0, 1))).toEqual(["out"]);
    expect(plan.left[0]).toMatchObject({ state: "skipped", reason: "filtered", dueAt: null });
    expect(plan.left.map(({ url }) => url)).not.toContain(addressOf("known"));
  });

  test("over the bound of a run wait for the next one, and the run says so", () => {
    const links = [found("a"), found("b"), found("c")];
    const plan = planDiscovery(discoveryOf(links), originOf({ taken: LIMITS.linksPerRun - 1 }));
    expect(namesOf(plan.due)).toEqual(["a"]);
    expect(plan.left).toEqual([]);
    expect(plan.problems).toEqual(["links over the limit of a run: 2; they wait for the next run"]);
    const full = planDiscovery(discoveryOf(links), originOf({ taken: LIMITS.linksPerRun + 9 }));
    expect(full.due).toEqual([]);
  });

  test("of a trap are left out but for the first, and the run says how many and why", () => {
    const links = ["calendar/1", "a", "calendar/2", "calendar/3"].map((name) => found(name));
    const trapOf = (url: string) => (url.includes("calendar") ? "it is a calendar" : null);
    const plan = planDiscovery(discoveryOf(links), originOf({ trapOf }));
    expect(namesOf(plan.due)).toEqual(["calendar/1", "a"]);
    expect(plan).toMatchObject({ over: 2, problems: ["links not followed: 2 (it is a calendar)"] });
  });

  test("are as many fewer at a host as its Crawl-delay is longer than the bound, one at least", () => {
    const links = Array.from({ length: LIMITS.linksPerRun }, (_, index) => found(`${index}`));
    const dueAt = (delay: number) =>
      planDiscovery(discoveryOf(links), originOf({ delayOf: () => delay })).due.length;
    expect([1, 2, 5].map((times) => dueAt(times * LIMITS.crawlDelay))).toEqual([
      LIMITS.linksPerRun,
      LIMITS.linksPerRun / 2,
      LIMITS.linksPerRun / 5,
    ]);
    expect(dueAt(30 * 86_400_000)).toBe(1);
    const mixed = planDiscovery(
      discoveryOf([found("slow/a"), found("slow/b"), found("c")]),
      originOf({ delayOf: (url) => (url.includes("slow") ? 1e9 : 0) }),
    );
    expect(namesOf(mixed.due)).toEqual(["slow/a", "c"]);
    expect(mixed.over).toBe(1);
  });
});

describe("a first run", () => {
  const first = { run: { _id: "run", first: true } };

  test("takes the newest within its budget; the rest is too old", () => {
    const source = makeSource("cities", { firstRun: { articles: 2, days: 30 } });
    const links = [
      found("old", { hints: { publishedAt: ago(40) } }),
      found("third", { hints: { publishedAt: ago(3) } }),
      found("first", { hints: { publishedAt: ago(1) } }),
      found("second", { hints: { publishedAt: ago(2) } }),
    ];
    const plan = planDiscovery(discoveryOf(links), originOf({ ...first, source }));
    expect(namesOf(plan.due)).toEqual(["first", "second"]);
    expect(namesOf(plan.left).toSorted()).toEqual(["old", "third"]);
    expect(plan.left.every(({ reason }) => reason === "too-old")).toBe(true);
    // By which a backfill tells how old each one is.
    const dates = plan.left.map(({ hints }) => hints.publishedAt?.getTime());
    expect(new Set(dates)).toEqual(new Set([ago(40).getTime(), ago(3).getTime()]));
    const taken = planDiscovery(discoveryOf(links), originOf({ ...first, source, taken: 1 }));
    expect(namesOf(taken.due)).toEqual(["first"]);
  });

  test("a later run takes what is new however old it is", () => {
    const links = [found("old", { hints: { publishedAt: ago(400) } })];
    expect(planDiscovery(discoveryOf(links), originOf()).due).toHaveLength(1);
  });
});

describe("known articles", () => {
  const published = { publishedAt: ago(2), title: "Portal" };

  test.each([
    ["a later modification", { modifiedAt: ago(1) }, 1],
    ["another title", { title: "Portal (corrected)" }, 1],
    ["the same as before", { ...published }, 0],
    ["an earlier modification", { modifiedAt: ago(3) }, 0],
    ["nothing", {}, 0],
  ])("are looked at again when the entry point says %s", (_what, hints, times) => {
    const known = knownArticle("a", { hints: published });
    expect(againOf([found("a", { hints })], [known])).toHaveLength(times);
  });

  test("that wait already, were left out, or belong to another source are left alone", () => {
    const hints = { modifiedAt: ago(1) };
    for (const overrides of [
      { state: "due" },
      { state: "skipped" },
      { state: "dead-letter" },
      { sourceId: "other" },
    ] as const) {
      expect(againOf([found("a", { hints })], [knownArticle("a", overrides)])).toEqual([]);
    }
  });
});

describe("pages of a list", () => {
  const list = makeLink(urlKey(addressOf("list")), { kind: "listing", sourceId: "cities" });
  const next = found("list?page=2", { kind: "listing", page: 2 });

  test("are followed while they bring something new", () => {
    const plan = planDiscovery(discoveryOf([found("a"), next]), originOf({ link: list }));
    expect(namesOf(plan.due)).toEqual(["list?page=2", "a"]);
    expect(plan.due[0]).toMatchObject({ kind: "listing", page: 2, lane: list.lane });
  });

  test("stop at known articles, also where the next page is known", () => {
    const known = [knownArticle("a")];
    const links = [found("a"), next];
    expect(planDiscovery(discoveryOf(links), originOf({ link: list }, known)).due).toEqual([]);
    const page = knownArticle("list?page=2", { kind: "listing" });
    expect(againOf(links, [...known, page], { link: list })).toEqual([]);
    expect(againOf([found("new"), next], [...known, page], { link: list })).toEqual([page._id]);
  });

  test("are followed where the run's feed has just named all that this one names", () => {
    const source = makeSource("cities", { feeds: ["https://cities.example/rss"] });
    const feed = urlKey("https://cities.example/rss");
    const planOf = (overrides: Partial<Link>, ...others: Link[]) => {
      const known = [knownArticle("a", { runId: "run", parentId: feed, ...overrides }), ...others];
      const links = [found("a"), ...others.map(() => found("b")), next];
      return namesOf(
        planDiscovery(discoveryOf(links), {
          ...originOf({ link: list, source }),
          known: new Map(known.map((link) => [link._id, link])),
        }).due,
      );
    };
    expect(planOf({})).toEqual(["list?page=2"]);
    expect(planOf({ runId: "before" })).toEqual([]);
    // A list that repeats its last page for ever brings nothing new.
    expect(planOf({ parentId: urlKey(addressOf("list")) })).toEqual([]);
    expect(planOf({}, knownArticle("b", { runId: "before", parentId: feed }))).toEqual([]);
  });

  test("a list that leads to itself is not looked at again", () => {
    const self = { ...found("list", { kind: "listing" }) };
    const links = [found("new"), self];
    expect(againOf(links, [{ ...list, state: "done" }], { link: list })).toEqual([]);
  });
});

describe("sitemaps of an index", () => {
  const index = makeLink("index", { kind: "sitemap" });
  const part = (modifiedAt?: Date) =>
    found("part.xml", { kind: "sitemap", page: 2, hints: modifiedAt ? { modifiedAt } : {} });

  test("are read again when they changed, or don't say", () => {
    const known = knownArticle("part.xml", { kind: "sitemap", hints: { modifiedAt: ago(2) } });
    expect(againOf([part(ago(1))], [known], { link: index })).toEqual([known._id]);
    expect(againOf([part(ago(2))], [known], { link: index })).toEqual([]);
    expect(againOf([part()], [known], { link: index })).toEqual([known._id]);
  });
});
