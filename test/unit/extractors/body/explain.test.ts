import { expect, it } from "vitest";
import { extract } from "../../../../extractors/extract.ts";

const PARAGRAPHS = [
  "The council of Wexmouth decided on Tuesday to keep all three libraries open, by nineteen votes to twelve.",
  "The debate took seven hours. Several speakers said that the branch at the harbour is the only warm place there.",
  "Opening hours stay as they are until the end of next year, when the council will look at the figures again.",
];
const SHOWN = PARAGRAPHS.map((text) => `<p>${text}</p>`).join("");
const now = new Date("2026-01-01");

function evidenceOf(body: string, head = "") {
  const html = `<html><head><title>Libraries stay open</title>${head}</head><body><h1>Libraries stay open</h1>${body}</body></html>`;
  return extract({ html, url: "https://ledger.example/n/1", now }).evidence.text;
}

const stating = (text: string) =>
  `<script type="application/ld+json">${JSON.stringify({ "@type": "NewsArticle", headline: "Libraries stay open", articleBody: text })}</script>`;

it("names each body that a page could have, what it holds, and how far it is the taken one", () => {
  const extra = `<p>${PARAGRAPHS[0]?.replace("Tuesday", "Monday")}</p>`;
  const evidence = evidenceOf(
    `<div class=box><div class="article-body">${SHOWN}</div>${extra}</div>`,
    stating(PARAGRAPHS.slice(0, 2).join("\n")),
  );
  expect(evidence).toMatchObject({
    rule: "named container",
    because: expect.stringMatching(
      /names the element as the body, and it holds 7\d % of the prose/,
    ),
  });
  expect(evidence?.candidates?.map(({ rule, seen }) => [rule, seen])).toEqual([
    ["densest container", "div.box"],
    ["named container", "div.article-body"],
    ["json-ld articleBody", PARAGRAPHS.join("\n").slice(0, 80)],
  ]);
  const [densest, second, stated] = evidence?.candidates ?? [];
  expect(densest?.prose).toBeGreaterThan(second?.prose ?? Infinity);
  expect(densest?.agreement).toBeCloseTo(0.75, 1);
  expect(second?.agreement).toBe(1);
  expect(stated?.agreement).toBeCloseTo(0.66, 1);
});

it("says so when no element is named as a body, or the page's own mark decides", () => {
  expect(evidenceOf(`<div>${SHOWN}</div>`)?.because).toMatch(/^no element that is marked or named/);
  expect(evidenceOf(`<div itemprop=articleBody>${SHOWN}</div>`)?.because).toMatch(
    /marks the element as the body/,
  );
});

it("tells how little is visible where a text for machines is taken", () => {
  const evidence = evidenceOf(
    "<div><p>Loading, one moment.</p></div>",
    stating(PARAGRAPHS.join("\n")),
  );
  expect(evidence).toMatchObject({ rule: "json-ld articleBody" });
  expect(evidence?.because).toMatch(
    /^only \d+ characters are visible, and the embedded text has 3\d\d$/,
  );
});
