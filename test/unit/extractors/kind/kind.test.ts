import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { extract } from "../../../../extractors/extract.ts";
import { prepare } from "../../../../extractors/language.ts";
import { type LabelledPage, labelledPages } from "../../../helpers/labelled-pages.ts";

// 83 pages written for the project, a file per kind; see docs/engineers/extraction.md. The pages of the half
// `held-out` were written before the rules were tried on the others, and no rule was made for them.
const FOLDER = new URL("../../../fixtures/extractors/kinds/", import.meta.url);
const KINDS = readdirSync(FOLDER).map((name) => name.replace(".html", ""));
const PAGES = KINDS.flatMap((kind) =>
  labelledPages(`kinds/${kind}.html`).map((page) => ({ ...page, kind })),
);
/** Precision and recall that each kind must reach on the pages that were kept aside. */
const FLOOR = 0.8;
const now = new Date("2025-06-01T00:00:00Z");
const found = ({ html, url }: LabelledPage) => extract({ html, url, now }).page.kind;

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
  it.each(PAGES.filter(({ half }) => half === "tuning"))("$url is taken for $kind", (page) => {
    expect(found(page)).toBe(page.kind);
  });

  it("is right as often on the pages that were kept aside", () => {
    const heldOutPages = PAGES.filter(({ half }) => half === "held-out");
    const judged = heldOutPages.map((page) => ({ ...page, found: found(page) }));
    const weak = KINDS.map((kind) => ({ kind, ...scoreOf(kind, judged) })).filter(
      ({ precision, recall }) => !(precision >= FLOOR && recall >= FLOOR),
    );
    expect(weak).toEqual([]);
    // An article that is taken for something else is lost.
    expect(scoreOf("article", judged).recall).toBe(1);
  });
});
