import { beforeAll, describe, expect, test } from "vitest";
import { extract } from "../../../../extractors/extract.ts";
import { prepare } from "../../../../extractors/language/detect.ts";
import { labelledPages } from "../../../helpers/labelled-pages.ts";

const now = new Date("2025-06-01T00:00:00Z");
const url = "https://ledger.example/harbour/quay";
const OFFER =
  /subscri|suscri|abonn|angebot|pound|weiterlesen|réservé|reste|kjøp|会員|残り|ログイン/i;

beforeAll(prepare);

test.each(labelledPages("kinds/paywall.html"))(
  "Of $url the first lines are read, and not the offer below them",
  (page) => {
    const read = extract({ ...page, now });
    expect(read.page.paywall).toMatch(
      /^(?:json-ld hasPart |isAccessibleForFree: false$|it offers the rest |marker )/,
    );
    expect(read.fields.text).not.toBeNull();
    expect(read.fields.text).not.toMatch(OFFER);
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

test("A page that says that it is free is whole, whatever it offers", () => {
  const offer = '<div class="paywall"><p>Subscribe to keep reading the Ledger.</p></div>';
  expect(read(',"isAccessibleForFree":true', FREE + offer).page.paywall).toBeUndefined();
});
