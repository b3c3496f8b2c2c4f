import { describe, expect, test } from "vitest";
import { extract } from "../../../../extractors/extract.ts";

const now = new Date("2025-06-01");
const url = "https://gazette.example/news/boats";

function signedBy(head: string) {
  const html = `<head>${head}</head><h1>Harbour opens to all boats</h1><p>The harbour office counted 4,100 boats this spring.</p>`;
  const { authors, organisations } = extract({ html, url, now }).fields;
  return { authors, organisations };
}

const ldAuthor = (author: unknown) =>
  `<script type="application/ld+json">${JSON.stringify({ "@type": "NewsArticle", headline: "Harbour opens", author })}</script>`;

describe("an author that JSON-LD calls an organisation", () => {
  test("is an organisation, even if its name is like a person's", () => {
    const head = ldAuthor({ "@type": "Organization", name: "Harbour Voices" });
    expect(signedBy(head)).toEqual({ authors: null, organisations: ["Harbour Voices"] });
  });

  test("is a person if JSON-LD calls it a person too", () => {
    const head = ldAuthor({ "@type": ["Person", "Organization"], name: "Moira Kettle" });
    expect(signedBy(head)).toEqual({ authors: ["Moira Kettle"], organisations: null });
  });
});

describe("a creator in Dublin Core", () => {
  test.each([
    ["Müller, Hans", ["Hans Müller"]],
    ["O’Brien-Kettle, Mary Ann", ["Mary Ann O’Brien-Kettle"]],
    ["Moira Kettle, Tom Ashby", ["Moira Kettle", "Tom Ashby"]],
  ])("%s", (creator, authors) => {
    expect(signedBy(`<meta name="DC.creator" content="${creator}">`).authors).toEqual(authors);
  });

  test.each(["byl", "parsely-author", "article:byline"])(
    "isn't what %s has, where a comma separates two people",
    (name) => {
      const head = `<meta name="${name}" content="Beyoncé, Rihanna">`;
      expect(signedBy(head).authors).toEqual(["Beyoncé", "Rihanna"]);
    },
  );

  test("with an agency behind the comma is no surname", () => {
    const head = `<meta name="DC.creator" content="Kettle, Reuters">`;
    expect(signedBy(head).organisations).toEqual(["Reuters"]);
  });
});
