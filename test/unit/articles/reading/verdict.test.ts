import { describe, expect, test } from "vitest";
import { judgePage, reservationsOf } from "../../../../articles/reading/verdict.ts";
import type { PageKind } from "../../../../model/articles/extraction.ts";
import { makeReading } from "../../../helpers/reading.ts";

const http = { lane: "http", render: "auto", mayFill: true } as const;
const { extracted } = makeReading("https://city.example/a");

function pageOf(kind: PageKind) {
  const { extraction } = extracted;
  const article = kind === "article" ? extracted.article : null;
  return { extraction: { ...extraction, page: { ...extraction.page, kind } }, article };
}

describe("judgePage", () => {
  test("an article is one, unless its publisher reserved it", () => {
    expect(judgePage(pageOf("article"), ["noarchive"], http).kind).toBe("article");
    expect(judgePage(pageOf("article"), ["noindex", "tdm"], http)).toEqual({
      kind: "skipped",
      why: { skipped: "reserved", detail: "noindex, tdm" },
    });
  });

  test("a script app's shell needs the browser once, and only where a source leaves it open", () => {
    const shell = pageOf("app-shell");
    expect(judgePage(shell, [], http)).toEqual({ kind: "needs-browser" });
    for (const how of [
      { lane: "browser", render: "auto", mayFill: true },
      { lane: "http", render: "http", mayFill: true },
    ] as const) {
      expect(judgePage(shell, [], how)).toMatchObject({ why: { skipped: "not-article" } });
    }
  });

  test("a page whose text scripts may bring needs the browser, whatever is on it", () => {
    const { extraction } = pageOf("gallery");
    const page = { ...extraction.page, unfilled: true } as const;
    const gallery = { extraction: { ...extraction, page }, article: null };
    const why = { skipped: "not-article", detail: "gallery" };
    expect(judgePage(gallery, [], http)).toEqual({ kind: "needs-browser" });
    expect(judgePage(gallery, [], { ...http, lane: "browser" })).toMatchObject({ why });
    expect(judgePage(gallery, [], { ...http, mayFill: false })).toMatchObject({ why });
  });

  test("a page that its publisher reserved is not rendered", () => {
    const { extraction } = pageOf("gallery");
    const page = { ...extraction.page, unfilled: true } as const;
    const gallery = { extraction: { ...extraction, page }, article: null };
    expect(judgePage(gallery, ["noindex"], http)).toMatchObject({ why: { skipped: "reserved" } });
  });

  test.each([
    ["consent", "consent"],
    ["captcha", "blocked"],
    ["listing", "not-article"],
    ["error", "not-article"],
    ["login", "not-article"],
  ] as const)("a %s page is left out as %s", (kind, skipped) => {
    expect(judgePage(pageOf(kind), [], http)).toMatchObject({ kind: "skipped", why: { skipped } });
  });

  test("a page without title or text says so", () => {
    const why = { skipped: "not-article", detail: "no title or text" };
    expect(judgePage({ ...pageOf("article"), article: null }, [], http)).toMatchObject({ why });
  });
});

describe("reservationsOf", () => {
  const of = (headers: Record<string, string>, markup: string[] = []) =>
    reservationsOf({ headers }, markup, "Newsgather");
  const tagged = (value: string) => of({ "x-robots-tag": value });

  test("X-Robots-Tag for all robots counts, in any letters and company", () => {
    expect(tagged("noindex")).toEqual(["noindex"]);
    expect(tagged("NoIndex, NOARCHIVE")).toEqual(["noindex", "noarchive"]);
    expect(tagged("none")).toEqual(["noindex", "noarchive"]);
    expect(tagged("max-snippet: 20, noindex")).toEqual(["noindex"]);
    expect(tagged("unavailable_after: 25 Jun 2030 15:00:00 GMT")).toEqual([]);
    expect(tagged("index, follow, max-image-preview:large")).toEqual([]);
  });

  test("lines and parts for another robot don't count, those for us do", () => {
    expect(tagged("googlebot: noindex")).toEqual([]);
    expect(tagged("googlebot-news: noindex\nnoarchive")).toEqual(["noarchive"]);
    expect(tagged("googlebot: nofollow, noindex")).toEqual([]);
    expect(tagged("newsgather: noindex")).toEqual(["noindex"]);
    expect(tagged("googlebot: noindex, newsgather: noarchive")).toEqual(["noarchive"]);
  });

  test("what a directive's value happens to contain is no directive", () => {
    expect(tagged("max-image-preview: none")).toEqual([]);
    expect(tagged("noindexifembedded")).toEqual([]);
  });

  test("noai in X-Robots-Tag reserves mining, whatever the header on mining says", () => {
    expect(of({ "x-robots-tag": "noai", "tdm-reservation": "0" })).toEqual(["tdm"]);
  });

  test("a TDM reservation counts among blanks", () => {
    expect(of({ "tdm-reservation": " 1 " })).toEqual(["tdm"]);
  });

  test("TDM reservation and markup are added, each once", () => {
    expect(of({ "tdm-reservation": "1", "x-robots-tag": "noindex" }, ["noindex"])).toEqual([
      "noindex",
      "tdm",
    ]);
    expect(of({ "tdm-reservation": "0" })).toEqual([]);
  });

  test("on mining the markup goes before the header, and that before the host's tdmrep.json", () => {
    const said = (markup: string[], header: string | null, byHost: boolean) => {
      const headers = header === null ? {} : { "tdm-reservation": header };
      return reservationsOf({ headers }, markup, "Newsgather", byHost).join();
    };
    expect([said([], null, true), said([], null, false)]).toEqual(["tdm", ""]);
    expect([said([], "0", true), said([], "1", false)]).toEqual(["", "tdm"]);
    expect([said(["no-tdm"], "1", true), said(["tdm"], "0", false)]).toEqual(["", "tdm"]);
  });
});
