import { describe, expect, test } from "vitest";
import {
  isSame,
  judgeNotModified,
  judgeValidators,
  validatorsFor,
} from "../../../../crawler/http/response.ts";
import type { Link } from "../../../../model/crawl/link.ts";
import { makeLink } from "../../../helpers/links.ts";

const etag = (name: string) => ({ etag: `"${name}"` });
const linkOf = (overrides: Partial<Link> = {}) =>
  makeLink("feed", { kind: "feed", validators: etag("a"), ...overrides });
const audits = (passed: number, doubted = false) => ({ passed, doubted });
const judge = (link: Link, got: object, changed: boolean, trusted = true) =>
  judgeValidators(link, { got, changed, trusted });

describe("validators", () => {
  test("go out while they are believed, but for hops and audits", () => {
    expect(validatorsFor(linkOf(), true)).toEqual(etag("a"));
    expect(validatorsFor(linkOf(), false)).toEqual({});
    const hops = [{ url: "https://a.example/", status: 301, location: "https://b.example/" }];
    expect(validatorsFor(linkOf({ hops }), true)).toEqual({});
  });

  test.each([
    ["feed", undefined, 3],
    ["feed", audits(2), 10],
    ["article", undefined, 3],
    ["article", audits(2), 3],
  ] as const)(
    "of a %s after audits %j are left out from %i 304s in a row on",
    (kind, passed, want) => {
      const sent = (notModified: number) =>
        validatorsFor(linkOf({ kind, notModified, ...(passed && { audits: passed }) }), true);
      expect([want - 1, want, want + 1].map((count) => Object.keys(sent(count)).length)).toEqual([
        1, 0, 0,
      ]);
    },
  );

  test.each([
    [etag("a"), etag("a"), true],
    [etag("a"), etag("b"), false],
    [{ ...etag("a"), lastModified: "x" }, { ...etag("b"), lastModified: "x" }, false],
    [{ lastModified: "x" }, { ...etag("b"), lastModified: "x" }, true],
    [{}, {}, false],
    [{ lastModified: "x" }, {}, false],
  ])("%j and %j are the same: %s", (one, other, want) => {
    expect(isSame(one, other)).toBe(want);
  });
});

describe("a page that came", () => {
  test("with the same validators and other content proves them wrong", () => {
    const { proof, set } = judge(linkOf({ audits: audits(5) }), etag("a"), true);
    expect(proof).toBe('ETag "a" belongs to two different contents');
    expect(set.audits).toEqual(audits(0));
    const dated = { lastModified: "Thu, 01 Jan 2026 00:00:00 GMT" };
    expect(judge(linkOf({ validators: dated }), dated, true).proof).toContain("Last-Modified Thu");
  });

  test("by an audit, as it was, speaks for the server; by another request it tells nothing", () => {
    expect(judge(linkOf({ notModified: 3 }), etag("a"), false).set.audits).toEqual(audits(1));
    expect(judge(linkOf({ notModified: 2 }), etag("b"), true)).toEqual({
      set: { validators: etag("b"), audits: audits(0) },
      proof: null,
    });
  });

  test("by an audit, changed, with others: the old ones are tried once more", () => {
    const { set, proof } = judge(linkOf({ notModified: 3 }), etag("b"), true);
    expect([set, proof]).toEqual([{ validators: etag("a"), audits: audits(0, true) }, null]);
    const doubted = linkOf({ ...set, notModified: 0 });
    expect(validatorsFor(doubted, true)).toEqual(etag("a"));
    expect(judgeNotModified(doubted)?.proof).toContain(
      'answered 304 to ETag "a", although an audit found other content',
    );
    expect(judgeNotModified(linkOf())).toBeNull();
    // An honest server answers with the page, and is believed.
    expect(judge(doubted, etag("b"), false)).toEqual({
      set: { validators: etag("b"), audits: audits(0) },
      proof: null,
    });
  });
});
