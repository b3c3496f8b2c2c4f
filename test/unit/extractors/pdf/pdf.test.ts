import { beforeAll, describe, expect, test } from "vitest";
import { type Drawn, makePdf, setText } from "../../../../demo/pdf.ts";
import { prepare } from "../../../../extractors/language.ts";
import { extractPdf } from "../../../../extractors/pdf/pdf.ts";
import { isPdf } from "../../../../lib/text.ts";
import { growthOf, LINEAR } from "../../../helpers/cpu.ts";
import { lockedPdf, makePdfBomb } from "../../../helpers/pdf.ts";

const now = new Date("2026-11-25T12:00:00Z");
const url = "https://www.harbourton.example/press/heat.pdf";
const read = (bytes: Uint8Array, more = {}) => extractPdf({ bytes, url, now, ...more });

const LEFT =
  "The city has switched on the first part of a heat network that takes its warmth from the sea. Twelve thousand homes along the quay are to be connected before the winter.";
const RIGHT =
  "The network replaces gas boilers in four districts. Engineers laid thirty kilo-metres of pipe beneath streets that were being renewed anyway, which kept the cost low.";

beforeAll(prepare);

describe("a press release", () => {
  const release = (): Drawn[] => [
    { text: "PRESS RELEASE", x: 60, y: 780, size: 18 },
    { text: "Harbour city opens its heat network", x: 60, y: 740, size: 24 },
    { text: "By Ada Lindqvist", x: 60, y: 715 },
    { text: "Harbourton, 14 March 2026", x: 60, y: 700 },
    ...setText(LEFT, 60, 670),
    ...setText(RIGHT, 60, 630),
  ];

  test("gives its fields with the rule of each", async () => {
    const { fields, evidence, page } = await read(makePdf([release()]));
    expect(fields).toMatchObject({
      title: "Harbour city opens its heat network",
      authors: ["Ada Lindqvist"],
      publishedAt: new Date("2026-03-14T00:00:00Z"),
      publishedPrecision: "day",
      language: "en",
    });
    expect(fields.text).toContain(`${LEFT}\n\nThe network replaces`);
    expect(fields.text?.startsWith(LEFT)).toBe(true);
    expect(fields.html).toContain(`<p>${LEFT}</p>`);
    expect(evidence).toMatchObject({
      title: { rule: "pdf largest text" },
      text: { rule: "pdf reading order" },
      publishedAt: { rule: "pdf dateline", confidence: 0.75 },
      authors: { rule: "pdf byline" },
    });
    expect(page).toMatchObject({ kind: "article" });
  });

  test("is believed more where its metadata agree", async () => {
    const info = {
      Title: "Harbour city opens its heat network",
      CreationDate: "D:20260313170000+01'00'",
    };
    const { evidence } = await read(makePdf([release()], { info }));
    expect(evidence.title?.confidence).toBe(0.95);
    expect(evidence.publishedAt?.confidence).toBe(0.9);
  });

  test("takes title, author and date of its metadata where the page names none", async () => {
    const info = {
      Title: "Heat network for the harbour",
      Author: "Jonas Weber",
      CreationDate: "D:20260313170000+01'00'",
    };
    const { fields } = await read(
      makePdf([[...setText(LEFT, 60, 670), ...setText(RIGHT, 60, 600)]], { info }),
    );
    expect(fields).toMatchObject({
      title: "Heat network for the harbour",
      authors: ["Jonas Weber"],
      publishedAt: new Date("2026-03-13T16:00:00Z"),
      publishedPrecision: "instant",
    });
  });

  test("does not take a file's name or a program's for the title", async () => {
    const info = { Title: "Microsoft Word - PM_2026-03.docx" };
    const lines = setText(`Heat network opens. ${LEFT}`, 60, 670);
    expect((await read(makePdf([lines], { info }))).fields.title).not.toContain("Word");
  });
});

describe("reading order", () => {
  const left = setText(LEFT, 60, 650, 40);
  const right = setText(RIGHT, 320, 650, 40);
  const title = { text: "Harbour city opens its heat network", x: 60, y: 720, size: 22 };
  const whole = `${LEFT}\n\n${RIGHT.replace("kilo-metres", "kilo-metres")}`;

  test("two columns are read one after the other, even when drawn line by line", async () => {
    const rows = left.flatMap((line, at) => [line, ...(right[at] ? [right[at]] : [])]);
    for (const lines of [rows, [...left, ...right], [...right, ...left]]) {
      const { fields } = await read(makePdf([[title, ...lines]]));
      expect(fields.text?.replaceAll("\n\n", " ")).toBe(whole.replaceAll("\n\n", " "));
    }
  });

  test("a heading across the columns splits them", async () => {
    const below = setText(
      "Residents pay a fixed price for ten years, the mayor said on Friday at the quay.",
      60,
      500,
      40,
    );
    const beside = setText(
      "They can leave the contract when they move, she added, and nobody has to join it.",
      320,
      500,
      40,
    );
    const across = {
      text: "What it costs those who live there, and what they get for it",
      x: 60,
      y: 530,
      size: 16,
    };
    const { fields } = await read(
      makePdf([[title, ...left, ...right, across, ...below, ...beside]]),
    );
    const text = fields.text ?? "";
    const places = [
      "The city has",
      "The network replaces",
      "What it costs",
      "Residents pay",
      "They can leave",
    ];
    expect(places.map((part) => text.indexOf(part))).toEqual(
      places.map((part) => text.indexOf(part)).toSorted((a, b) => a - b),
    );
    expect(text).toContain("What it costs");
  });

  test("a table of short cells stays row by row", async () => {
    const rows = ["Quay|1,200|done", "Port|3,400|2027", "Old town|900|2028", "Hill|77|open"];
    const cells = rows.flatMap((row, at) =>
      row.split("|").map((text, column) => ({ text, x: 60 + 90 * column, y: 500 - 16 * at })),
    );
    const { fields } = await read(makePdf([[title, ...setText(LEFT, 60, 650), ...cells]]));
    expect(fields.text).toMatch(/Quay\s+1,200\s+done\s+Port/);
  });

  test("words cut at a line's end are whole, running heads and page numbers are gone", async () => {
    const pages = [1, 2, 3].map((number): Drawn[] => [
      { text: "City of Harbourton", x: 60, y: 810, size: 8 },
      ...(number === 1 ? [title] : []),
      { text: `It is part ${number} of the communi-`, x: 60, y: 600 },
      { text: "cation about heat in the port town.", x: 60, y: 587 },
      ...setText(LEFT, 60, 540),
      { text: `Page ${number} of 3`, x: 280, y: 30, size: 8 },
    ]);
    const { fields } = await read(makePdf(pages));
    expect(fields.text).toContain("part 2 of the communication about heat");
    expect(fields.text).not.toMatch(/City of Harbourton|Page \d/);
  });
});

describe("what can't be read", () => {
  test.each([
    ["encrypted", lockedPdf([[]]), "encrypted"],
    ["broken", Buffer.from(`%PDF-1.4\n${"no objects here ".repeat(50)}`), "broken"],
    ["cut", makePdf([setText(LEFT, 60, 600)]).subarray(0, 60), "broken"],
    ["made of pictures", makePdf([[]]), "only pictures"],
  ])("a file that is %s says so", async (_, bytes, problem) => {
    const { fields, page } = await read(bytes);
    expect(page.kind).toBe("error");
    expect(page.problem).toContain(problem);
    expect(fields.text).toBeNull();
  });

  test("only the first pages of a long one count", async () => {
    const pages = Array.from({ length: 900 }, (_, at) => setText(`Part ${at}. ${LEFT}`, 60, 600));
    const { fields } = await read(makePdf(pages));
    expect(fields.text).toContain("Part 39.");
    expect(fields.text).not.toContain("Part 40.");
  });

  test("a long one takes time in proportion to its pages", async () => {
    const long = (n: number) =>
      makePdf(Array.from({ length: n }, (_, at) => setText(`Part ${at}. ${LEFT}`, 60, 600)));
    expect(await growthOf(300, long, (bytes) => read(bytes))).toBeLessThan(LINEAR);
  });

  const scattered = (at: number) => ({
    text: "word",
    x: (at * 37) % 560,
    y: (at * 91) % 800,
    size: 4,
  });
  const inColumns = (at: number) => ({
    text: at % 3 === 2 ? "x".repeat(90) : "words in columns ",
    x: [10, 300, 10][at % 3] ?? 0,
    y: 830 - at * 0.28,
    size: 1.4,
  });

  test.each([
    ["scattered words", 10_000, scattered],
    ["words in columns with words across them", 2900, inColumns],
  ])("a page of %s takes time in proportion to their number", async (_, words, draw) => {
    const page = (n: number) => makePdf([Array.from({ length: n }, (__, at) => draw(at))]);
    expect(await growthOf(words, page, (bytes) => read(bytes))).toBeLessThan(LINEAR);
  });

  test("a bomb of packed blanks takes time in proportion to what it holds", async () => {
    expect(
      await growthOf(
        24_000_000,
        (n) => makePdfBomb(n, 1),
        (bytes) => read(bytes),
      ),
    ).toBeLessThan(LINEAR);
  });

  test("a page that is packed twice is read", async () => {
    const { page } = await read(makePdfBomb(1000, 2));
    expect(page.problem).toBe("the PDF holds no text, only pictures");
  });

  test("a bomb within a bomb says so", async () => {
    const { page } = await read(makePdfBomb(100_000_000, 2));
    expect(page.problem).toBe("a part of the PDF unpacks to more than 64 MB");
    expect(Uint8Array.name).toBe("Uint8Array");
    expect(new Uint8Array(2 ** 26 + 1)).toHaveLength(2 ** 26 + 1);
  });

  test("a PDF is told by its mark", () => {
    expect(isPdf(makePdf([[]]))).toBe(true);
    expect(isPdf(Buffer.from("<p>%PD</p>"))).toBe(false);
  });
});
