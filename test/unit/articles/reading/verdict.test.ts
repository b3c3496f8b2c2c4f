import { describe, expect, test } from "vitest";
import { judgePage } from "../../../../articles/reading/parse-tasks.ts";
import type { PageKind } from "../../../../model/articles/fields.ts";
import { makeReading } from "../../../helpers/reading.ts";

const http = { lane: "http", render: "auto", mayFill: true, isKnown: false } as const;
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

  test("a stored article is read whatever its page reserves now, if there is anything to read", () => {
    const how = { ...http, isKnown: true };
    expect(judgePage(pageOf("article"), ["noindex"], how).kind).toBe("article");
    expect(judgePage({ ...pageOf("article"), article: null }, ["tdm"], how)).toMatchObject({
      why: { skipped: "reserved" },
    });
    expect(judgePage(pageOf("error"), ["noindex"], how)).toMatchObject({
      why: { skipped: "reserved" },
    });
  });

  test("a script app's shell needs the browser once, and only where a source leaves it open", () => {
    const shell = pageOf("app-shell");
    expect(judgePage(shell, [], http)).toEqual({ kind: "needs-browser" });
    for (const how of [
      { ...http, lane: "browser" },
      { ...http, render: "http" },
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
