import { describe, expect, test } from "vitest";
import {
  type Arrival,
  identify,
  isAlternateVersion,
  keysOf,
  type Owner,
  variantsOf,
} from "../../../../articles/ingest/decide.ts";
import { urlKey } from "../../../../crawler/links/url.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const A = "https://city.example/a";
const B = "https://city.example/b";
const AMP = "https://city.example/amp/a";
const amp = [{ url: AMP, kind: "amp" as const }];
const of = (articleId: string): Owner => ({ articleId, kind: "self" });

function arrivalOf(foundUrl: string, overrides: Partial<Arrival> = {}): Arrival {
  return {
    link: { _id: urlKey(foundUrl), foundUrl, articleId: null },
    hops: [],
    finalUrl: foundUrl,
    articleUrl: foundUrl,
    variants: [],
    ...overrides,
  };
}

describe("identify", () => {
  test("a new page becomes an article named after its link, with every articleUrl it has", () => {
    const hops = [{ url: A, status: 301, location: B }];
    const arrival = arrivalOf(A, { hops, finalUrl: B, articleUrl: B, variants: amp });
    const [identity] = identify([arrival], new Map(), NOW);
    expect(identity?.articleId).toBe(urlKey(A));
    expect(identity?.aliases.map(({ url, kind }) => [url, kind])).toEqual([
      [A, "self"],
      [B, "canonical"],
      [AMP, "amp"],
    ]);
    expect(keysOf(arrival).toSorted()).toEqual([A, B, AMP].map(urlKey).toSorted());
  });

  test("what a link was before it stays, whatever the page says now", () => {
    const owners = new Map([
      [urlKey(A), of("first")],
      [urlKey(B), of("second")],
    ]);
    const [identity] = identify([arrivalOf(A, { articleUrl: B })], owners, NOW);
    expect(identity).toEqual({ articleId: "first", aliases: [] });
  });

  test("the publisher's canonical articleUrl decides before the one that redirects led to", () => {
    const owners = new Map([
      [urlKey(A), of("canonical")],
      [urlKey(B), of("final")],
    ]);
    const arrival = arrivalOf(AMP, { articleUrl: A, finalUrl: B });
    const [identity] = identify([arrival], owners, NOW);
    expect(identity).toMatchObject({ articleId: "canonical" });
    expect(identity?.aliases).toMatchObject([{ url: AMP, kind: "variant" }]);
  });

  test("two addresses of one article that arrive together are one, in either order", () => {
    const pages = [arrivalOf(AMP, { articleUrl: A }), arrivalOf(A, { variants: amp })];
    for (const arrivals of [pages, pages.toReversed()]) {
      const ids = identify(arrivals, new Map(), NOW).map(({ articleId }) => articleId);
      expect(new Set(ids).size).toBe(1);
    }
  });

  test("tracking parameters make no other article", () => {
    const owners = new Map([[urlKey(A), of("a")]]);
    const [identity] = identify([arrivalOf(`${A}?utm_source=feed`)], owners, NOW);
    expect(identity?.articleId).toBe("a");
  });
});

describe("print and mobile versions", () => {
  test.each([
    "https://city.example/a?print=1",
    "https://city.example/print/a",
    "https://m.city.example/a",
    "https://mobile.city.example/a",
    "https://www.city.example/a?utm_source=m",
  ])("%s is the article that it names as canonical, whichever comes first", (url) => {
    const pages = [arrivalOf(url, { articleUrl: A }), arrivalOf(A)];
    for (const arrivals of [pages, pages.toReversed()]) {
      const ids = identify(arrivals, new Map(), NOW).map(({ articleId }) => articleId);
      expect(new Set(ids).size).toBe(1);
    }
  });

  test.each(["print", "mobile"] as const)(
    "a %s version that the article names is known when it comes without a word",
    (kind) => {
      const variants = [{ url: B, kind }];
      const ids = identify([arrivalOf(A, { variants }), arrivalOf(B)], new Map(), NOW);
      expect(ids.map(({ articleId }) => articleId)).toEqual([urlKey(A), urlKey(A)]);
      expect(ids[0]?.aliases).toContainEqual(expect.objectContaining({ url: B, kind }));
    },
  );

  test.each(["amp", "print", "mobile"] as const)(
    "a %s version that comes first, without a word, is the article of the page that names it",
    (kind) => {
      const owners = new Map<string, Owner>();
      const [began] = identify([arrivalOf(B)], owners, NOW);
      const [told] = identify([arrivalOf(A, { variants: [{ url: B, kind }] })], owners, NOW);
      expect(told).toMatchObject({
        articleId: began?.articleId,
        version: { _id: urlKey(B), kind },
      });
      expect([A, B].map((url) => isAlternateVersion(owners.get(urlKey(url))))).toEqual([
        false,
        true,
      ]);
      // What a site names as the version of each of its pages is one article's.
      const other = arrivalOf(`${A}/other`, { variants: [{ url: B, kind }] });
      expect(identify([other], owners, NOW)[0]).toMatchObject({ articleId: other.link._id });
    },
  );

  test("another site's addresses can't be claimed", () => {
    const theirs = "https://elsewhere.example/a";
    const page = { kind: "article" as const, confidence: 1 };
    const withVariant = {
      ...page,
      ampUrl: theirs,
      variants: [{ url: theirs, kind: "print" as const }],
    };
    expect(variantsOf({ page: withVariant, evidence: {} }, A)).toEqual([]);
    expect(variantsOf({ page: { ...page, ampUrl: AMP }, evidence: {} }, A)).toEqual(amp);
  });
});
