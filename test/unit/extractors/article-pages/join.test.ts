import { beforeAll, describe, expect, test } from "vitest";
import { joinArticlePages } from "../../../../extractors/article-pages/find.ts";
import { extract } from "../../../../extractors/extract.ts";
import { prepare } from "../../../../extractors/language.ts";

const now = new Date("2025-06-01T00:00:00Z");
const URL_1 = "https://ledger.example/stories/a-winter-on-the-last-ferry";
const LEAD =
  "For one winter we went along on the last ferry, day and night, with a camera and a thermos.";
const P = [
  "The ferry carried eight hundred cars a day. The captain knew most of them by their horns.",
  "On the second morning the fog had not lifted. Ashby saw nothing at all, which he filmed.",
  "The last trip was full. Nobody had a car with them; they had come to stand on the deck.",
] as const;

beforeAll(prepare);

/** Page `number` of three, with the given paragraphs. */
function articlePage(
  number: number,
  paragraphs: readonly string[],
  title = "A winter on the last ferry",
) {
  const at = (n: number) => (n === 1 ? URL_1 : `${URL_1}?page=${n}`);
  const links = [1, 2, 3].map((n) =>
    n === number ? `<b>${n}</b>` : `<a href="${at(n)}">${n}</a>`,
  );
  const body = paragraphs.map((text) => `<p>${text}</p>`).join("");
  const head = number > 1 ? ` - Page ${number}` : "";
  const html = `<html lang="en"><head><title>${title}${head}</title><meta property="og:type" content="article">
    <meta name="author" content="Moira Kettle ${number}"></head><body><article><h1>${title}</h1>${body}
    <p class="pages">${links.join(" ")}</p></article></body></html>`;
  const extraction = extract({ html, url: at(number), now });
  return { number, url: at(number), captureId: `capture-${number}`, extraction };
}

const [one, two, three] = [
  articlePage(1, [LEAD, P[0]]),
  articlePage(2, [LEAD, P[1]]),
  articlePage(3, [P[2]]),
];
const states = (joined: ReturnType<typeof joinArticlePages>) =>
  joined.evidence.text?.articlePages?.map(({ number, state, captureId }) => [
    number,
    state,
    captureId,
  ]);

describe("an article over several pages is one", () => {
  test("with its text in order, nothing twice, and everything else of page one", () => {
    const joined = joinArticlePages(one.extraction, [three, two]);
    expect(joined.fields.text?.split("\n\n")).toEqual([LEAD, ...P]);
    expect(joined.fields.html).toBe([LEAD, ...P].map((text) => `<p>${text}</p>`).join("\n"));
    expect(joined.fields.authors).toEqual(one.extraction.fields.authors);
    expect(joined.fields.wordCount).toBe(72);
    expect(states(joined)).toEqual([
      [2, "joined", "capture-2"],
      [3, "joined", "capture-3"],
    ]);
  });

  test("that stands with what there is, and says what is not", () => {
    const joined = joinArticlePages(one.extraction, [three]);
    expect(joined.fields.text?.split("\n\n")).toEqual([LEAD, P[0], P[2]]);
    expect(states(joined)).toEqual([
      [2, "not read", null],
      [3, "joined", "capture-3"],
    ]);
  });

  test("without a page that says nothing else, and without another article", () => {
    const same = { ...two, extraction: articlePage(2, [LEAD, P[0]]).extraction };
    const bare = `${URL_1}/3`;
    const [crane] = [articlePage(1, P, "The crane")];
    const other = { ...three, url: bare, extraction: crane.extraction };
    const joined = joinArticlePages(one.extraction, [same, other]);
    expect(joined.fields.text).toBe(one.extraction.fields.text);
    expect(states(joined)).toEqual([
      [2, "repeats", "capture-2"],
      [3, "other article", "capture-3"],
    ]);
  });

  test("and one on a single page stays as it is", () => {
    const alone = extract({
      html: `<h1>The crane</h1><p>${P.join("</p><p>")}</p>`,
      url: URL_1,
      now,
    });
    expect(joinArticlePages(alone, [two])).toBe(alone);
    expect(joinArticlePages(two.extraction, [three])).toBe(two.extraction);
  });
});

test("A page with which the article would be too long is left out, and its state says so", () => {
  const text = Array.from({ length: 80_000 }, (_, n) => `Paragraph ${n}`).join("\n\n");
  const { fields, ...rest } = two.extraction;
  const long = { ...two, extraction: { ...rest, fields: { ...fields, text } } };
  const joined = joinArticlePages(one.extraction, [long, three]);
  expect(joined.fields.text?.split("\n\n")).toEqual([LEAD, P[0], P[2]]);
  expect(states(joined)).toEqual([
    [2, "too long", "capture-2"],
    [3, "joined", "capture-3"],
  ]);
});
