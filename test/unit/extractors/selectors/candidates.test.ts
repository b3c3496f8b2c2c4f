import { expect, test } from "vitest";
import { readingOf } from "../../../../extractors/fields/dates.ts";
import { openPage } from "../../../../extractors/page.ts";
import { findCandidates } from "../../../../extractors/selectors/propose.ts";
import type { PickerField } from "../../../../model/sources/selector-picker.ts";

const paragraphs = "<p>The council decides on the portal of the city today.</p>".repeat(8);
const html = `<h1>Portal opened</h1><time datetime="2026-11-01">1 November</time>
<article><h2 itemprop="headline">The city opens a portal</h2>
<span itemprop="datePublished">2 November 2026</span><b itemprop="author">Jane Doe</b>
<div>${paragraphs.repeat(2)}</div><section itemprop="articleBody">${paragraphs}</section></article>`;

test.each<[PickerField, string]>([
  ["title", "headline"],
  ["publishedAt", "datePublished"],
  ["authors", "author"],
  ["text", "articleBody"],
])("the likeliest element of %s is the one that the page marks as %s", (field, itemprop) => {
  const page = openPage({ html, url: "https://x.example/a", now: new Date("2026-11-03") });
  const [likeliest] = findCandidates(page, field, readingOf(page, "en"));
  expect(likeliest?.itemprop).toBe(itemprop);
});
