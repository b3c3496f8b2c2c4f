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

const ldImage = (image: unknown, ...others: unknown[]) => {
  const article = { "@type": "NewsArticle", headline: "Harbour opens", image };
  const graph = { "@graph": [article, ...others] };
  return imageOf(`<script type="application/ld+json">${JSON.stringify(graph)}</script>`);
};
const reference = { "@id": `${url}#primaryimage` };

test("a picture that JSON-LD refers to has the URL that is stated elsewhere in it", () => {
  const picture = { ...reference, "@type": "ImageObject", contentUrl: "/img/boats.jpg" };
  expect(ldImage(reference, picture)).toBe("https://gazette.example/img/boats.jpg");
});

test("the id of a picture in JSON-LD is no URL of it", () => {
  expect(ldImage(reference)).toBeNull();
});
