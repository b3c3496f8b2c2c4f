/** Bounds that only this stage knows. */
export const BOUNDS = {
  /** A page's tree: UTF-16 units of markup, elements, nesting (browsers stop at 512). */
  tree: { size: 6_000_000, tags: 120_000, depth: 400 },
  /** Characters that a line may have, and entries that a list may have: nobody writes longer titles. */
  lines: { title: 500, teaser: 3000, name: 200, entries: 100 },
  /** Characters of an article's text; what follows them is left out. */
  text: 400_000,
  /** Of a PDF: pages, pieces of text, and bytes that one part unpacks to: a page is drawn with some hundred kilobytes. */
  pdf: { pages: 40, pieces: 60_000, unpacked: 2 ** 26 },
  /** Nodes of a page's JSON-LD. */
  jsonld: 3000,
  /** Pages of one article. */
  sheets: 20,
};
