import { describe, expect, test } from "vitest";
import { highlight } from "../../../../extractors/dom/highlight.ts";
import { growthOf, LINEAR } from "../../../helpers/cpu.ts";

/** A page with what is marked between brackets. */
function marks(html: string, texts: string[], words: string[] = []): string {
  return highlight(html, { texts, words })
    .html.replaceAll(/<mark[^>]*>/g, "[")
    .replaceAll("</mark>", "]");
}

describe("the place of a text in a page is marked", () => {
  test.each([
    {
      what: "as it stands",
      html: "<h1>A tram opens</h1>",
      text: "A tram opens",
      marked: "<h1>[A tram opens]</h1>",
    },
    {
      what: "over white space",
      html: "<h1>A\n  tram\topens</h1>",
      text: "A tram opens",
      marked: "<h1>[A\n  tram\topens]</h1>",
    },
    {
      what: "over tags",
      html: "<p>A <b>tram</b> opens.</p>",
      text: "A tram opens",
      marked: "<p>[A] <b>[tram]</b> [opens].</p>",
    },
    {
      what: "with entities",
      html: "<p>Rock &amp; R&ouml;ll</p>",
      text: "Rock & Röll",
      marked: "<p>[Rock &amp; R&ouml;ll]</p>",
    },
    { what: "in other letters", html: "<p>A TRAM</p>", text: "a tram", marked: "<p>[A TRAM]</p>" },
    {
      what: "not in scripts and titles",
      html: "<title>tram</title><script>'tram'</script><p>tram</p>",
      text: "tram",
      marked: "<title>tram</title><script>'tram'</script><p>[tram]</p>",
    },
    {
      what: "not in attributes",
      html: '<meta content="tram"><!-- tram -->',
      text: "tram",
      marked: '<meta content="tram"><!-- tram -->',
    },
  ])("$what", ({ html, text, marked }) => {
    expect(marks(html, [text])).toBe(marked);
  });
});

test("Words are marked wherever they stand by themselves", () => {
  expect(marks("<p>Ulm, Ulmer, in <i>Ulm</i></p>", [], ["ulm"])).toBe(
    "<p>[Ulm], Ulmer, in <i>[Ulm]</i></p>",
  );
});

test("The first place has an id, and what isn't there is counted as not found", () => {
  const { html, found } = highlight("<p>a b</p>", { texts: ["b", "none"], words: [] });
  expect([html.match(/id="newsgather-highlight"/g)?.length, found]).toEqual([1, 1]);
});

test("A page of half a million open tags is marked in time that grows with its length", async () => {
  const pageOf = (tags: number) => `${"<b>x".repeat(tags)}<p>the end`;
  const mark = (page: string) => {
    expect(highlight(page, { texts: ["the end"], words: ["x"] }).found).toBeGreaterThan(0);
  };
  expect(await growthOf(500_000, pageOf, mark)).toBeLessThan(LINEAR);
});
