import { describe, expect, test } from "vitest";
import { urlKey } from "../../../discover/canonical-url.ts";
import { type Arrival, identify, keysOf } from "../../../workers/identity.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const A = "https://city.example/a";
const B = "https://city.example/b";
const AMP = "https://city.example/amp/a";

function arrivalOf(foundUrl: string, given: Partial<Arrival> = {}): Arrival {
  return {
    link: { _id: urlKey(foundUrl), foundUrl, articleId: null },
    hops: [],
    finalUrl: foundUrl,
    address: foundUrl,
    ampUrl: null,
    ...given,
  };
}

describe("identify", () => {
  test("a new page becomes an article named after its link, with every address it has", () => {
    const hops = [{ url: A, status: 301, location: B }];
    const arrival = arrivalOf(A, { hops, finalUrl: B, address: B, ampUrl: AMP });
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
      [urlKey(A), "first"],
      [urlKey(B), "second"],
    ]);
    const [identity] = identify([arrivalOf(A, { address: B })], owners, NOW);
    expect(identity).toEqual({ articleId: "first", aliases: [] });
  });

  test("the publisher's canonical address decides before the one that redirects led to", () => {
    const owners = new Map([
      [urlKey(A), "canonical"],
      [urlKey(B), "final"],
    ]);
    const arrival = arrivalOf(AMP, { address: A, finalUrl: B });
    const [identity] = identify([arrival], owners, NOW);
    expect(identity).toMatchObject({ articleId: "canonical" });
    expect(identity?.aliases).toMatchObject([{ url: AMP, kind: "variant" }]);
  });

  test("two addresses of one article that arrive together are one, in either order", () => {
    const pages = [arrivalOf(AMP, { address: A }), arrivalOf(A, { ampUrl: AMP })];
    for (const arrivals of [pages, pages.toReversed()]) {
      const ids = identify(arrivals, new Map(), NOW).map(({ articleId }) => articleId);
      expect(new Set(ids).size).toBe(1);
    }
  });

  test("tracking parameters make no other article", () => {
    const owners = new Map([[urlKey(A), "a"]]);
    const [identity] = identify([arrivalOf(`${A}?utm_source=feed`)], owners, NOW);
    expect(identity?.articleId).toBe("a");
  });
});
