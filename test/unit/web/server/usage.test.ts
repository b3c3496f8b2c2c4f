import { describe, expect, test } from "vitest";
import { pageSignals } from "../../../../crawler/rights/page-signals.ts";
import { robotsUsage } from "../../../../crawler/rights/robots-usage.ts";
import { imageTerms, judgeUse, termsOf, USES } from "../../../../model/usage-rights.ts";
import { usageHeaders, usageLines } from "../../../../web/server/usage.ts";
import { seenAt, signalsOf, TABLE } from "../../../helpers/usage-table.ts";

const rows = Object.values(TABLE).flat();
const page = { url: "https://portal.example/", product: "AnotherBot", seenAt };
const read = (headers: Record<string, string>) => pageSignals({ ...page, headers });

describe("what another robot reads in our headers", () => {
  test.each(rows)("%s: nothing that its publisher reserves is allowed", (_, sources) => {
    const said = signalsOf(sources);
    const passedOn = read(usageHeaders([termsOf(said)]));
    // What we pass on is no more than an excerpt: of the full text nothing has to be said.
    for (const use of USES.filter((each) => each !== "full-text")) {
      const wanted = judgeUse(said, use, seenAt);
      const found = judgeUse(passedOn, use, seenAt);
      const isPassedOn = wanted.allowed && found.allowed;
      expect([use, found.allowed && !wanted.allowed]).toEqual([use, false]);
      expect([use, isPassedOn && found.maxCharacters]).toEqual([
        use,
        isPassedOn && wanted.maxCharacters,
      ]);
    }
  });

  test.each(rows)("%s: what is said of pictures is the same", (_, sources) => {
    const said = signalsOf(sources);
    expect(imageTerms(read(usageHeaders([termsOf(said)])))).toEqual(imageTerms(said));
  });

  test.each(rows)("%s: what is said of search and models is the same", (_, sources) => {
    const said = signalsOf(sources);
    const passedOn = read(usageHeaders([termsOf(said)]));
    const isMined = !judgeUse(said, "analysis", seenAt).allowed;
    for (const use of ["search", "ai-input", "ai-train"] as const) {
      // A reservation of mining is one of all that models do.
      const wanted = judgeUse(said, use, seenAt).preference;
      const expected = use !== "search" && isMined ? "disallowed" : wanted;
      expect([use, judgeUse(passedOn, use, seenAt).preference]).toEqual([use, expected]);
    }
  });
});

describe("the headers of what several publishers say", () => {
  const terms = (headers: Record<string, string>) => termsOf(read(headers));

  test("reserve what one of them reserves, and allow what all of them allow", () => {
    const all = [
      terms({ "content-signal": "search=yes, ai-input=yes, ai-train=no" }),
      terms({ "content-signal": "search=yes, ai-input=yes, ai-train=yes" }),
    ];
    expect(usageHeaders(all)).toEqual({
      "content-usage": "search=y, ai-use=y, train-ai=n",
      "content-signal": "search=yes, ai-input=yes, ai-train=no",
    });
    expect(usageHeaders([...all, null])).toEqual({
      "content-usage": "train-ai=n",
      "content-signal": "ai-train=no",
    });
  });

  test("limit the excerpt of one article, but of no list, which has no more of it than that", () => {
    const limited = terms({ "x-robots-tag": "max-snippet:20, noarchive" });
    expect(usageHeaders([limited])).toEqual({ "x-robots-tag": "noarchive, max-snippet:20" });
    expect(usageHeaders([limited, null])).toEqual({ "x-robots-tag": "noarchive" });
  });

  test("deny models the whole list where an article has no excerpt", () => {
    const none = terms({ "x-robots-tag": "nosnippet" });
    expect(usageHeaders([none, null])).toEqual({
      "content-usage": "ai-use=n",
      "content-signal": "ai-input=no",
    });
  });

  test("have the end of the only article, but of no list, which outlives its articles", () => {
    const ending = terms({ "x-robots-tag": "unavailable_after: 2100-01-01" });
    const tag = "unavailable_after: 2100-01-01T00:00:00.000Z";
    expect(usageHeaders([ending])).toEqual({ "x-robots-tag": tag });
    expect(usageHeaders([ending, null])).toEqual({});
  });

  test("link to a policy that all of them name, and to none that only one does", () => {
    const policy = { "tdm-reservation": "1", "tdm-policy": "https://city.example/policy.json" };
    const link = '<https://city.example/policy.json>; rel="license"';
    expect(usageHeaders([terms(policy), terms(policy)])).toMatchObject({
      link,
      "tdm-reservation": "1",
    });
    expect(usageHeaders([terms(policy), null])).not.toHaveProperty("link");
  });

  test("are none where nobody says anything", () => {
    expect(usageHeaders([])).toEqual({});
    expect(usageHeaders([null, null])).toEqual({});
  });
});

test("robots.txt reserves for the portal what is reserved of what it passes on", () => {
  const lines = usageLines(["ai-input", "ai-train", "analysis"]);
  expect(lines).toEqual([
    "Content-Signal: ai-input=no, ai-train=no",
    "Content-Usage: ai-use=n, train-ai=n",
  ]);
  const text = ["User-agent: *", "Disallow: /admin", ...lines].join("\n");
  const { statements } = robotsUsage(text, "AnotherBot", page.url);
  expect(statements.flatMap(({ denies = [] }) => denies).toSorted()).toEqual([
    "ai-input",
    "ai-input",
    "ai-train",
    "ai-train",
  ]);
  expect(usageLines([])).toEqual([]);
});

describe("the address of a licence that a page names", () => {
  const linkOf = (license: string) => {
    const declared = {
      robots: [],
      tdmReservation: null,
      tdmPolicy: null,
      licences: [],
      licenceTexts: [],
      license,
      usageInfo: null,
      isAccessibleForFree: null,
    };
    const signals = pageSignals({ ...page, headers: {}, declared });
    return usageHeaders([termsOf(signals)])["link"];
  };

  test("is one that a header can have, in whatever script it is written", () => {
    expect(linkOf("https://сайт.example/условия?имя=б")).toBe(
      '<https://xn--80aswg.example/%D1%83%D1%81%D0%BB%D0%BE%D0%B2%D0%B8%D1%8F?%D0%B8%D0%BC%D1%8F=%D0%B1>; rel="license"',
    );
  });

  test("is left out where it is longer than headers are", () => {
    expect(linkOf(`https://town.example/${"x".repeat(100_000)}`)).toBeUndefined();
  });

  test("adds no link of another kind", () => {
    expect(linkOf('https://town.example/>; rel="canonical", <https://town.example/x')).toBe(
      '<https://town.example/%3E;%20rel=%22canonical%22,%20%3Chttps://town.example/x>; rel="license"',
    );
  });
});
