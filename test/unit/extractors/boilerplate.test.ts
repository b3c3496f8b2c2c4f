import { describe, expect, test } from "vitest";
import { dropBoilerplate } from "../../../extractors/boilerplate/drop.ts";
import {
  afterLesson,
  KEPT,
  learnBoilerplate,
  WINDOW,
} from "../../../extractors/boilerplate/learn.ts";
import { keyedParagraphs } from "../../../extractors/boilerplate/paragraphs.ts";
import type { Boilerplate } from "../../../model/boilerplate.ts";
import { makeReading } from "../../helpers/reading.ts";
import { textOf } from "../../helpers/site.ts";

const COOKIES =
  "We and our partners use cookies to improve your visit, to measure our reach and to show you advertising that fits your interests.";
const PROMO = "Subscribe now and read the first month for free!";
const now = new Date("2026-11-25T12:00:00Z");

type Known = Pick<Boilerplate, "recent" | "known">;

/** What is known after articles with these texts, in order. */
function learn(texts: string[], from: Known = { recent: [], known: [] }): Known {
  return texts.reduce((known, text, at) => {
    const paragraphs = keyedParagraphs({ text, teaser: null });
    const lesson = learnBoilerplate(known, `a${known.recent.length}-${at}`, paragraphs, now);
    return lesson ? afterLesson(known, lesson) : known;
  }, from);
}

const texts = (count: number, extra: string, name = "report") =>
  Array.from({ length: count }, (_, at) => `${textOf(`${name} ${at}`)}\n\n${extra}`);
const keysOf = ({ known }: Known) => new Set(known.map(({ key }) => key));

describe("learning", () => {
  test("a long paragraph of three different articles is boilerplate, of two it is not", () => {
    expect(learn(texts(2, COOKIES)).known).toEqual([]);
    const { known } = learn(texts(3, COOKIES));
    expect(known).toMatchObject([{ text: COOKIES.slice(0, 120), at: now }]);
    expect(known[0]?.articles).toHaveLength(3);
  });

  test("spelling, case and white space don't matter, words do", () => {
    const variants = [
      COOKIES,
      COOKIES.toUpperCase(),
      COOKIES.replaceAll(" ", "  ").replace(",", ""),
    ];
    expect(learn(variants.map((one, at) => `${textOf(`x ${at}`)}\n\n${one}`)).known).toHaveLength(
      1,
    );
    const other = [COOKIES, COOKIES.replace("reach", "success"), `${COOKIES} Really.`];
    expect(learn(other.map((one, at) => `${textOf(`x ${at}`)}\n\n${one}`)).known).toEqual([]);
  });

  test("a short promo needs five articles and a place at their edge", () => {
    expect(learn(texts(4, PROMO)).known).toEqual([]);
    expect(learn(texts(5, PROMO)).known).toHaveLength(1);
    const long = Array.from({ length: 9 }, (_, at) => {
      const parts = [0, 1, 2, 3].map((part) => textOf(`story ${at} part ${part}`));
      return [...parts.slice(0, 2), PROMO, ...parts.slice(2)].join("\n\n");
    });
    expect(learn(long).known).toEqual([]);
  });

  test("a short phrase that honest articles repeat is never learnt", () => {
    const phrase = "The mayor said no.";
    expect(learn(texts(30, phrase)).known).toEqual([]);
  });

  test("a phrase that ends an article now and then is never learnt", () => {
    const phrase = "A spokesperson did not answer our questions.";
    const mixed = Array.from({ length: 50 }, (_, at) => {
      return at % 5 === 0 ? `${textOf(`n ${at}`)}\n\n${phrase}` : textOf(`n ${at}`);
    });
    expect(learn([...texts(10, "", "other").map((text) => text.trim()), ...mixed]).known).toEqual(
      [],
    );
  });

  test("versions of one story teach nothing: their text would be gone", () => {
    const text = textOf("one story");
    const versions = Array.from({ length: 6 }, (_, at) => `${text}\n\nUpdate number ${at} of it.`);
    expect(learn(versions).known).toEqual([]);
    expect(learn(versions).recent).toHaveLength(1);
  });

  test("the same article again teaches nothing", () => {
    const paragraphs = keyedParagraphs({ text: texts(1, COOKIES)[0] ?? "", teaser: null });
    const first = learnBoilerplate({ recent: [], known: [] }, "a", paragraphs, now);
    const known = first && afterLesson({ recent: [], known: [] }, first);
    expect(known && learnBoilerplate(known, "a", paragraphs, now)).toBeNull();
  });

  test("articles further back than the window don't count, and nothing grows beyond its bound", () => {
    const between = texts(WINDOW, "", "between").map((text) => text.trim());
    expect(learn([...texts(2, COOKIES), ...between, ...texts(1, COOKIES, "late")]).known).toEqual(
      [],
    );
    expect(learn(between).recent).toHaveLength(WINDOW);
    const many = Array.from({ length: KEPT + 20 }, (_, at) => {
      return { key: `k${at}`, text: "", articles: [], at: now };
    });
    const full = learn(texts(3, COOKIES), { recent: [], known: many });
    expect(full.known).toHaveLength(KEPT);
    expect(full.known.at(-1)?.text).toBe(COOKIES.slice(0, 120));
  });

  test("in scripts without spaces as well", () => {
    const notice =
      "本网站使用浏览器缓存技术来改善您的访问体验并向您展示您可能感兴趣的广告内容，继续浏览即表示您同意我们的隐私政策。";
    expect(learn(texts(3, notice)).known).toHaveLength(1);
  });
});

describe("dropping", () => {
  const known = keysOf(learn(texts(3, COOKIES)));
  const extractionOf = (fields: Parameters<typeof makeReading>[1]) =>
    makeReading("https://city.example/a", fields).extracted.extraction;
  const own = textOf("fresh");

  test("takes it out of text, HTML and word count, and names it in the evidence", () => {
    const html = `<p>${own}</p>\n<p>${COOKIES.replace("cookies", '<a href="https://x.example/">cookies</a>')}</p>`;
    const text = `${own}\n\n${COOKIES}`;
    const { fields, evidence } = dropBoilerplate(extractionOf({ fields: { text, html } }), known);
    expect(fields).toMatchObject({ text: own, html: `<p>${own}</p>` });
    expect(fields.wordCount).toBeLessThan(180);
    expect(evidence.text?.removed).toEqual([
      { rule: "learnt boilerplate", seen: COOKIES.slice(0, 80) },
    ]);
  });

  test("leaves an article without it as it is", () => {
    const extraction = extractionOf({ fields: { text: own } });
    expect(dropBoilerplate(extraction, known)).toBe(extraction);
    expect(dropBoilerplate(extraction, new Set())).toBe(extraction);
  });

  test("leaves a text that would be next to nothing", () => {
    const extraction = extractionOf({ fields: { text: `Read on.\n\n${COOKIES}` } });
    expect(dropBoilerplate(extraction, known).fields.text).toBe(extraction.fields.text);
  });

  test("a teaser that every page has gives way to the first paragraphs", () => {
    const extraction = extractionOf({ fields: { text: own, teaser: COOKIES } });
    const { fields, evidence } = dropBoilerplate(extraction, known);
    expect(fields.teaser).toContain("The fresh");
    expect(evidence.teaser).toMatchObject({ rule: "first paragraphs" });
    expect(evidence.teaser?.removed?.[0]?.seen).toBe(COOKIES.slice(0, 80));
  });
});
