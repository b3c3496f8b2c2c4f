import { expect, test } from "vitest";
import { extract } from "../../../../extractors/extract.ts";

const now = new Date("2025-06-01");
const url = "https://gazette.example/news/boats";

function imageOf(head: string): string | null {
  const html = `<head>${head}</head><h1>Harbour opens to all boats</h1><p>The harbour office counted 4,100 boats this spring.</p>`;
  return extract({ html, url, now }).fields.image?.url ?? null;
}

const shared = (path: string) => imageOf(`<meta property="og:image" content="${path}">`);

test("the folder of Drupal's files makes no picture a default", () => {
  expect(shared("/sites/default/files/boats.jpg")).toMatch(/boats\.jpg$/);
});

test("a default picture is none of the article's", () => {
  expect(shared("/img/default.jpg")).toBeNull();
  expect(shared("/sites/default/files/default-share.png")).toBeNull();
});
