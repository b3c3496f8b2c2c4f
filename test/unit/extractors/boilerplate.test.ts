import { describe, expect, test } from "vitest";
import {
  afterLesson,
  BOILERPLATE_LIMITS,
  dropBoilerplate,
  finishBoilerplate,
  type Keyed,
  keyedParagraphs,
  learnBoilerplate,
  MAX_COMPARED_ARTICLES,
} from "../../../extractors/boilerplate.ts";
import type { Boilerplate } from "../../../model/sources/learned.ts";
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
    return teach(known, `a${known.recent.length}-${at}`, paragraphs);
  }, from);
}

function teach(known: Known, article: string, paragraphs: Keyed[], without: string[] = []): Known {
  const lesson = learnBoilerplate(known, { article, paragraphs, without }, now);
  return lesson ? afterLesson(known, lesson) : known;
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
    expect(learn(versions).recent.map(({ isVersion = false }) => isVersion)).toEqual([
      false,
      ...Array.from({ length: 5 }, () => true),
    ]);
  });

  test("the same article again teaches nothing", () => {
    const paragraphs = keyedParagraphs({ text: texts(1, COOKIES)[0] ?? "", teaser: null });
    const known = teach({ recent: [], known: [] }, "a", paragraphs);
    expect(teach(known, "a", paragraphs)).toBe(known);
  });

  test("articles further back than the window don't count, and nothing grows beyond its bound", () => {
    const between = texts(MAX_COMPARED_ARTICLES, "", "between").map((text) => text.trim());
    expect(learn([...texts(2, COOKIES), ...between, ...texts(1, COOKIES, "late")]).known).toEqual(
      [],
    );
    expect(finishBoilerplate(learn(between), now).recent).toHaveLength(MAX_COMPARED_ARTICLES);
    const many = Array.from({ length: BOILERPLATE_LIMITS.paragraphs + 20 }, (_, at) => {
      return { key: `k${at}`, text: "", articles: [], at: now };
    });
    const full = learn(texts(3, COOKIES), { recent: [], known: many });
    expect(full.known).toHaveLength(BOILERPLATE_LIMITS.paragraphs);
    expect(full.known.at(-1)?.text).toBe(COOKIES.slice(0, 120));
  });

  test("in scripts without spaces as well", () => {
    const notice =
      "本网站使用浏览器缓存技术来改善您的访问体验并向您展示您可能感兴趣的广告内容，继续浏览即表示您同意我们的隐私政策。";
    expect(learn(texts(3, notice)).known).toHaveLength(1);
  });
});

describe("settling", () => {
  const phrase = "A spokesperson did not answer our questions.";
  const articles = Array.from({ length: 40 }, (_, at) => {
    const extra = [at % 3 === 0 ? COOKIES : "", at % 4 === 0 ? PROMO : "", at < 8 ? phrase : ""];
    const text = [textOf(`n ${at}`), ...extra.filter(Boolean)].join("\n\n");
    return { id: `a${at}`, paragraphs: keyedParagraphs({ text, teaser: null }) };
  });
  /** What is known once articles were read in an order, each with what was known then. */
  const readIn = (order: typeof articles) =>
    order.reduce<Known>(
      (known, { id, paragraphs }) => {
        const keys = keysOf(known);
        const without = paragraphs.flatMap(({ key }) => (keys.has(key) ? key : []));
        return teach(known, id, paragraphs, without);
      },
      { recent: [], known: [] },
    );
  const sorted = (keys: Iterable<string>) => [...keys].toSorted();
  const forth = readIn(articles);
  const back = readIn(articles.toReversed());

  test("comes to the same for the same articles, in whatever order they were read", () => {
    expect(sorted(keysOf(forth))).not.toEqual(sorted(keysOf(back)));
    const [one, two] = [forth, back].map((known) => finishBoilerplate(known, now));
    expect(one?.known).toEqual(two?.known.map((each) => ({ ...each, text: expect.any(String) })));
    expect(one?.recent).toEqual(two?.recent);
  });

  test("names the articles that were read when something else was known", () => {
    const { reread, recent } = finishBoilerplate(forth, now);
    const before = new Map(forth.recent.map(({ article, without }) => [article, without]));
    const differing = recent.filter(({ article, without }) => before.get(article) !== without);
    expect(reread).toContain("a0");
    expect(sorted(reread)).toEqual(sorted(differing.map(({ article }) => article)));
  });

  test("names none once it is settled", () => {
    const finished = finishBoilerplate(forth, now);
    expect(finishBoilerplate(finished, now).reread).toEqual([]);
  });

  test("names earlier articles that share what a later one brought", () => {
    const two = finishBoilerplate(learn(texts(2, COOKIES)), now);
    const third = keyedParagraphs({ text: texts(3, COOKIES)[2] ?? "", teaser: null });
    const { reread } = finishBoilerplate(teach(two, "third", third), now);
    expect(reread).toHaveLength(3);
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
