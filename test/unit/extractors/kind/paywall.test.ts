import { beforeAll, describe, expect, test } from "vitest";
import { extract } from "../../../../extractors/extract.ts";
import { prepare } from "../../../../extractors/language.ts";
import { labelledPages } from "../../../helpers/labelled-pages.ts";

const now = new Date("2025-06-01T00:00:00Z");
const url = "https://ledger.example/harbour/quay";
beforeAll(prepare);

test.each(labelledPages("kinds/paywall.html"))(
  "Of $url the first lines are read, and not the offer below them",
  (page) => {
    const { page: said, fields } = extract({ ...page, now });
    expect({ paywall: said.paywall, text: fields.text }).toEqual(page.truth);
  },
);

const FREE = "<p>Eleven warehouses on the western quay changed hands last year.</p>";
const PAID = Array.from(
  { length: 12 },
  (_, n) =>
    `<p>Contract ${n} names the same firm, whose owners live abroad, and the clerk who signed it has left the town hall since the spring.</p>`,
).join("");
const parts =
  '"hasPart":{"@type":"WebPageElement","isAccessibleForFree":"False","cssSelector":".rest"}';
const pageOf = (ld: string, body: string) =>
  `<html lang="en"><head><title>The quiet buyer</title><meta name="description" content="Who buys the quay."><meta property="og:type" content="article"><script type="application/ld+json">{"@type":"NewsArticle","headline":"The quiet buyer"${ld}}</script></head><body><article><h1>The quiet buyer</h1>${body}</article></body></html>`;
const read = (ld: string, body: string, hasPaid = false) =>
  extract({ html: pageOf(ld, body), url, now, hasPaid });

describe("a page whose JSON-LD says which part isn't free", () => {
  const ld = `,"isAccessibleForFree":false,${parts}`;

  test("is read without that part, though it came", () => {
    const { fields, page } = read(ld, `${FREE}<div class="rest">${PAID}</div>`);
    expect(page.paywall).toBe("json-ld hasPart .rest");
    expect(fields.text).toBe("Eleven warehouses on the western quay changed hands last year.");
  });

  test("is read whole with an account of the operator", () => {
    const { fields, page } = read(ld, `${FREE}<div class="rest">${PAID}</div>`, true);
    expect(page.paywall).toBeUndefined();
    expect(fields.text).toContain("Contract 11");
  });

  test("is read as its teaser where nothing is free", () => {
    const { fields, page } = read(ld, `<div class="rest">${PAID}</div>`);
    expect(page.paywall).toBe("json-ld hasPart .rest");
    expect(fields.text).toBe("Who buys the quay.");
  });
});

test("A long text that isn't said to be free in parts is whole", () => {
  const long = FREE + PAID + PAID;
  expect(read(',"isAccessibleForFree":false', long).page.paywall).toBeUndefined();
  expect(read("", long).page.paywall).toBeUndefined();
});

describe("A text", () => {
  const wordsOf = (count: number) =>
    `<p>${Array.from({ length: count }, () => "quay").join(" ")}.</p>`;
  const offer = "<div><p>Subscribe to keep reading the Ledger.</p></div>";

  test.each([
    [299, "isAccessibleForFree: false"],
    [300, undefined],
  ])("of %i words on a page that isn't free is %o", (count, paywall) => {
    expect(read(',"isAccessibleForFree":false', wordsOf(count)).page.paywall).toBe(paywall);
  });

  test.each([
    [119, "the page offers the rest to subscribers"],
    [120, undefined],
  ])("of %i words above an offer is %o", (count, paywall) => {
    expect(read("", wordsOf(count) + offer).page.paywall).toBe(paywall);
  });
});

test("A page that says that it is free is whole, whatever it offers", () => {
  const offer = '<div class="paywall"><p>Subscribe to keep reading the Ledger.</p></div>';
  expect(read(',"isAccessibleForFree":true', FREE + offer).page.paywall).toBeUndefined();
});
