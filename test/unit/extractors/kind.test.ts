import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { extract, prepare } from "../../../extractors/extract.ts";

// 83 pages written for the project, a file per kind; see docs/extraction.md. The pages of the half
// `held` were written before the rules were tried on the others, and no rule was made for them.
interface Labelled {
  kind: string;
  half: string;
  url: string;
  html: string;
}

const FOLDER = new URL("../../fixtures/extractors/kinds/", import.meta.url);
const readText = (name: string) => readFileSync(new URL(name, FOLDER), "utf8");
const PAGE = /<!-- page half=(\w+) url=(\S+)(?: frame=(\w+))? -->\n/;
const HEAD = /^<!-- head -->(.*)\n/;

/** The pages of one kind's file: a line that describes each, then its markup or what its frame is put around. */
function pagesOf(kind: string): Labelled[] {
  const [, ...parts] = readText(`${kind}.html`).split(PAGE);
  const pages: Labelled[] = [];
  for (let at = 0; at < parts.length; at += 4) {
    const [half = "", url = "", frame, own = ""] = parts.slice(at, at + 4);
    const head = HEAD.exec(own)?.[1] ?? "";
    const body = own.replace(HEAD, "");
    const html = frame
      ? readText(`frame-${frame}.html`)
          .replace("<!-- head -->", () => head)
          .replace("<!-- body -->", () => body)
      : own;
    pages.push({ kind, half, url, html });
  }
  return pages;
}

const KINDS = readdirSync(FOLDER)
  .filter((name) => !name.startsWith("frame-"))
  .map((name) => name.replace(".html", ""));
const PAGES = KINDS.flatMap(pagesOf);
/** Precision and recall that each kind must reach on the pages that were kept aside. */
const FLOOR = 0.8;
const now = new Date("2025-06-01T00:00:00Z");
const found = ({ html, url }: Labelled) => extract({ html, url, now }).page.kind;

beforeAll(prepare);

/** Precision and recall of one kind among labelled pages. */
function scoreOf(kind: string, pages: { kind: string; found: string }[]) {
  const right = pages.filter((page) => page.kind === kind && page.found === kind).length;
  return {
    precision: right / pages.filter((page) => page.found === kind).length,
    recall: right / pages.filter((page) => page.kind === kind).length,
  };
}

describe("the kind of a page", () => {
  it.each(PAGES.filter(({ half }) => half === "dev"))("$url is taken for $kind", (page) => {
    expect(found(page)).toBe(page.kind);
  });

  it("is right as often on the pages that were kept aside", () => {
    const held = PAGES.filter(({ half }) => half === "held");
    const told = held.map((page) => ({ ...page, found: found(page) }));
    const weak = KINDS.map((kind) => ({ kind, ...scoreOf(kind, told) })).filter(
      ({ precision, recall }) => !(precision >= FLOOR && recall >= FLOOR),
    );
    expect(weak).toEqual([]);
    // An article that is taken for something else is lost.
    expect(scoreOf("article", told).recall).toBe(1);
  });
});
