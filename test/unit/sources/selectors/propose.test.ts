import { expect, test } from "vitest";
import type { PointTask } from "../../../../articles/reading/parse-tasks.ts";
import { marked, PLACE_ATTRIBUTE, point } from "../../../../extractors/selectors/propose.ts";
import { PICKER_FIELDS, type PickerField } from "../../../../model/sources/selector-picker.ts";
import type { StoredPage } from "../../../../sources/selectors/pages.ts";
import { proposeSelectors } from "../../../../sources/selectors/picker.ts";
import {
  type PointedArticle,
  type PointedLayout,
  pointedLayouts,
} from "../../../helpers/pointed-pages.ts";

const AT = new Date("2026-11-25T12:00:00Z");
const parser = {
  point: (task: PointTask) =>
    Promise.resolve(point({ ...task, html: Buffer.from(task.body).toString() })),
};

function storedPages({ pages }: PointedLayout): StoredPage[] {
  return pages.map(({ html, url }) => ({
    url,
    finalUrl: url,
    at: AT,
    body: Buffer.from(html),
    contentType: "text/html; charset=utf-8",
    hints: {},
  }));
}

/** The place of the innermost element around a text, as a click on it in the marked page gives it. */
function placeOf(html: string, words: string): number {
  const page = marked(html);
  const [, place = ""] =
    new RegExp(`.*${PLACE_ATTRIBUTE}="(\\d+)"`, "s").exec(page.slice(0, page.indexOf(words))) ?? [];
  return Number(place);
}

const folded = (text: string) => text.replace(/\s+/g, " ").trim();

/** Whether what a selector gives on a page is its article's own. */
function isRight(field: PickerField, value: string | null, article: PointedArticle): boolean {
  if (value === null) return false;
  if (field === "title") return value === article.title;
  if (field === "authors") return value === article.author;
  if (field === "publishedAt")
    return value.slice(0, 10) === article.date.toISOString().slice(0, 10);
  const [read, whole] = [folded(value), folded(article.paragraphs.join(" "))];
  return read.includes(whole) && read.length < whole.length * 1.2;
}

/** Share of fields for which the first proposal reads every page right, and those for which it doesn't. */
async function measure(layouts: PointedLayout[], points: boolean) {
  const wrong: string[] = [];
  let count = 0;
  for (const layout of layouts) {
    const pages = storedPages(layout);
    const [first] = layout.pages;
    for (const field of PICKER_FIELDS) {
      const words = first && layout.clicked(first.article)[field];
      if (!first || words === undefined) continue;
      count += 1;
      const at = points ? placeOf(first.html, words) : null;
      const [best] = await proposeSelectors({ parser }, pages, { n: 0, field, at }, "de");
      const right = layout.pages.filter(({ html, url, article }) => {
        const selectors = best ? [best.selector] : [];
        const read = point({ html, url, now: AT, field, at: -1, selectors });
        return isRight(field, read.found[0]?.value ?? null, article);
      });
      if (right.length < layout.pages.length)
        wrong.push(`${layout.name} ${field}: ${best?.selector ?? "none"} ${right.length}`);
    }
  }
  return { share: 1 - wrong.length / count, wrong };
}

test.each([
  ["tuning", 1, 0.95],
  ["held-out", 0.95, 0.9],
] as const)(
  "a click gives a selector that reads the other pages too: %s half",
  async (half, byClick, byList) => {
    const layouts = pointedLayouts().filter((one) => one.half === half);
    expect(layouts.length).toBeGreaterThan(2);
    const clicks = await measure(layouts, true);
    const lists = await measure(layouts, false);
    expect(clicks.share < byClick ? clicks.wrong : []).toEqual([]);
    expect(lists.share < byList ? lists.wrong : []).toEqual([]);
  },
);
