import { expect, test } from "vitest";
import { CAUSES, type Cause, SKIP_REASONS, type SkipReason } from "../../../model/crawl/outcome.ts";
import { adviceOn } from "../../../sources/advice.ts";

const LINK = {
  _id: "0a1b",
  foundUrl: "https://agency.example/news/tram",
  sourceId: "agency",
  host: "agency.example:443",
  detail: null,
};
const reasons = Object.keys(SKIP_REASONS) as SkipReason[];
const onPage = (detail: string | null) => adviceOn("not-article", { ...LINK, detail });

test("Every reason why a link is left out has advice; only a page with text is sent to selectors", () => {
  for (const reason of reasons)
    expect([reason, adviceOn(reason, LINK)]).toEqual([reason, expect.stringMatching(/\w{4}/)]);
  const select = reasons.filter((reason) => adviceOn(reason, LINK).includes("select"));
  expect(select).toEqual(["not-article"]);
});

test.each([
  "home",
  "error",
  "login",
  "paywall",
  "consent",
  "captcha",
  "video",
  "gallery",
  "app-shell",
  "listing",
  "the PDF holds no text, only pictures",
  "redirects to the home page https://agency.example/",
  "the page was returned without the source's login",
])("A page without an article that is `%s` is never to be helped by a selector", (detail) => {
  expect(onPage(detail)).not.toMatch(/sources select/);
});

test("A page whose text wasn't found is read with a selector", () => {
  expect([onPage("no title or text"), onPage("article")]).toEqual([
    expect.stringContaining("newsgather sources select agency text"),
    expect.stringContaining("newsgather sources select agency text"),
  ]);
  expect(onPage("app-shell")).toContain("render: browser");
  expect(onPage("the page was returned without the source's login")).toContain(
    '"login" in the source agency',
  );
});

test("Every cause for which a link is given up says what to look at, and how to try again", () => {
  const causes = Object.keys(CAUSES) as Cause[];
  const words = causes.map((cause) => adviceOn(cause, LINK));
  expect(words.filter((one) => !one.endsWith("newsgather dead-letters replay 0a1b"))).toEqual([]);
  expect(new Set(words).size).toBe(causes.length);
});
