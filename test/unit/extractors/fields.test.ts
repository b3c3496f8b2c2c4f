import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { extract } from "../../../extractors/extract.ts";
import { prepare } from "../../../extractors/language.ts";
import type { Extraction, Image } from "../../../model/articles/fields.ts";
import { type LabelledPage, labelledPages } from "../../helpers/labelled-pages.ts";

// Pages written for the project, a file per field; see docs/engineers/extraction.md. No rule was made for the
// pages of the half `held-out`, which were written before the rules were tried on the others.
const READ: Record<string, (extraction: Extraction) => unknown> = {
  image: ({ fields: { image } }) => image && withoutAlt(image),
  labels: ({ fields: { section, tags, isAccessibleForFree: free } }) => ({ section, tags, free }),
  teaser: ({ fields: { teaser } }) => ({ teaser }),
  byline: ({ fields: { authors, organisations } }) => ({ authors, organisations }),
  title: ({ fields: { title } }) => ({ title }),
  dates: ({ fields: { publishedAt, modifiedAt } }) => {
    const [published, modified] = [publishedAt, modifiedAt].map((at) => at?.toISOString() ?? null);
    return { published, modified };
  },
  site: ({ fields: { siteName, canonicalUrl } }) => ({ siteName, canonicalUrl }),
  body: ({ fields: { text } }) => ({ paragraphs: text?.split("\n\n") }),
  articlePages: ({ page: { articlePages } }) =>
    articlePages && { number: articlePages.number, others: articlePages.others },
};
/** A picture's alternative text is for those who don't see it, and of no use as a label. */
function withoutAlt({ url, caption, credit, width, height }: Image): Omit<Image, "alt"> {
  return { url, caption, credit, width, height };
}

const now = new Date("2025-06-01T00:00:00Z");
const read = (field: string, { html, url }: LabelledPage) =>
  READ[field]?.(extract({ html, url, now })) ?? null;

beforeAll(prepare);

/** The share of the pages that were kept aside which must come out right, for each field. */
const FLOOR = 0.8;

describe.each(Object.keys(READ))("%s", (field) => {
  const pages = labelledPages(`fields/${field}.html`);
  const [tuning, heldOut] = ["tuning", "held-out"].map((half) =>
    pages.filter((page) => page.half === half),
  );

  it.each(tuning ?? [])("$url", (page) => {
    expect(read(field, page)).toEqual(page.truth);
  });

  it("is right as often on the pages that were kept aside", () => {
    const right = (heldOut ?? []).filter((page) =>
      isDeepStrictEqual(read(field, page), page.truth),
    );
    expect(right.length / (heldOut ?? []).length).toBeGreaterThanOrEqual(FLOOR);
  });
});
