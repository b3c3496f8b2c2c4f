import { beforeAll, describe, expect, test } from "vitest";
import { extract } from "../../../extractors/extract.ts";
import { prepare } from "../../../extractors/language.ts";

const prose =
  "The council opened a data portal on Tuesday, and residents can see what streets cost. ";
const url = "https://city.example/news/1";
const now = new Date("2026-11-25T12:00:00Z");

beforeAll(() => prepare());

/** The fields of a page whose title, description, author and tag are all this text. */
function fieldsOf(text: string, more = "") {
  const html = `<!doctype html><html lang=en><title>${text}</title><meta name="description" content="${text}">
    <meta name="author" content="${text}"><meta property="article:tag" content="${text}">
    <meta property="og:title" content="${text}">${more}
    <article><h1>${text}</h1><p>${prose.repeat(4)}</p><p>${prose.repeat(4)}${text}</p></article>`;
  return extract({ html, url, now }).fields;
}

const HARM = /(?![\t\n])[\p{Cc}\p{Cs}\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffe\uffff]/u;

const OVERRIDES = /(?![\t\n])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

describe("characters that act on what stands around them are gone", () => {
  test.each([
    ["bidi overrides", "Portal \u202egnp.exe\u202c opens \u2066today\u2069"],
    ["controls", "Portal\u0001 opens\u0007 \u001b[31mtoday\u009b"],
    ["word joiners and marks of order", "Por\u2060tal\ufeff op\u00adens\u2063 today"],
    ["tags and halves of pairs", "Portal \u{e0041}\u{e0042} opens\ud800 today\udc00"],
  ])("%s", (_, text) => {
    const fields = fieldsOf(text);
    expect(fields.title).toMatch(/Por ?tal .*opens/);
    for (const value of [fields.title, fields.teaser]) expect(HARM.test(value ?? "")).toBe(false);
    for (const value of [fields.text, fields.html]) expect(OVERRIDES.test(value ?? "")).toBe(false);
    expect(
      [...(fields.authors ?? []), ...(fields.tags ?? [])].some((line) => HARM.test(line)),
    ).toBe(false);
  });

  test("joiners and marks stay where a script needs them", () => {
    expect(fieldsOf("می\u200cخواهم درگاه دادهٔ شهر را").title).toBe(
      "می\u200cخواهم درگاه دادهٔ شهر را",
    );
    expect(fieldsOf("स्वच्छ भारत पोर्टल खुला").title).toBe("स्वच्छ भारत पोर्टल खुला");
    expect(fieldsOf("Portal 👩\u200d💻 opens today").title).toBe("Portal 👩\u200d💻 opens today");
    expect(fieldsOf(`Portal o${"\u0301".repeat(500)}pens today`).title?.length).toBeLessThan(40);
  });
});

test("script in a title is text and nothing else", () => {
  const { title, html } = fieldsOf(
    "Portal &lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=alert(2)&gt;",
  );
  expect(title).toContain("<script>");
  expect(html).not.toMatch(/<script|<img|onerror=(?!alert\(2\)&gt;)/);
});

test("a title, description, author or tag of 1 MB is cut", () => {
  const fields = fieldsOf("Portal opens ".repeat(80_000));
  expect(fields.title?.length).toBeLessThanOrEqual(501);
  expect(fields.teaser?.length ?? 0).toBeLessThanOrEqual(3001);
  for (const line of [...(fields.authors ?? []), ...(fields.tags ?? [])]) {
    expect(line.length).toBeLessThanOrEqual(201);
  }
});

test("one word of 1 MB too, and not within a character", () => {
  expect(fieldsOf("😀".repeat(250_000)).title ?? "").toMatch(/^(😀)*…?$/u);
});

test.each([
  "1970-01-01T00:00:00Z",
  "Thu, 01 Jan 1970 00:00:00 GMT",
  "2099-05-05",
  "9999-12-31T23:59:59Z",
  "0000-00-00",
  "-271821-04-20",
  "275760-09-14T00:00:00Z",
  "2026-13-45",
  "1e400",
  "soon",
])("a date of %s is no date", (date) => {
  const meta = `<meta property="article:published_time" content="${date}"><meta property="article:modified_time" content="${date}">`;
  expect(fieldsOf("Portal opens today", meta)).toMatchObject({
    publishedAt: null,
    modifiedAt: null,
  });
});
