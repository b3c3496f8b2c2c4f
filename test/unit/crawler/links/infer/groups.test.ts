import { expect, test } from "vitest";
import { isArticleUrl } from "../../../../../crawler/links/infer/groups.ts";
import { growthOf, LINEAR } from "../../../../helpers/cpu.ts";

test.each([
  "?id=42",
  "?p=1201",
  "?menuNo=200&nttNo=8812",
  "?nttId=8812",
  "?boardSeq=51",
  "?news_id=77",
  "?newsID=77",
  "?tx_ttnews[tt_news]=314",
  "?tx_ttnews%5Btt_news%5D=314",
])("%s is the address of an article", (query) => {
  expect(isArticleUrl(`https://city.example/view.do${query}`)).toBe(true);
});

test.each([
  "?page=2",
  "?pageNo=2",
  "?offset=20",
  "?start=20",
  "?menuNo=200",
  "?Itemid=101",
  "?bbsId=7",
  "?sessionid=a1",
  "?nttNo=",
])("%s isn't the address of an article", (query) => {
  expect(isArticleUrl(`https://city.example/view.do${query}`)).toBe(false);
});

test("a long query is read in time that grows in proportion", async () => {
  const make = (n: number) => `https://city.example/view.do?${"seq".repeat(n)}=${"a".repeat(n)}`;
  expect(await growthOf(1_000_000, make, isArticleUrl)).toBeLessThan(LINEAR);
});
