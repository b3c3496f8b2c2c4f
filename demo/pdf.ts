import { type Drawn, makePdf, setText } from "./make-pdf.ts";
import type { Placed, Reply } from "./site.ts";

/** Where columns begin, lines in one, and where they begin on the first and on further pages. */
const COLUMNS = [50, 310];
const LINE = 13;
const BOTTOM = 60;
const TOP = { first: 680, more: 790 };

/** An article as the press office's PDF: a headline over two columns. */
export function pdfReply(article: Placed): Reply {
  const made = article.publishedAt.toISOString().replace(/\D/g, "").slice(0, 14);
  const info = { Title: article.title, Author: article.author, CreationDate: `D:${made}Z` };
  return {
    status: 200,
    headers: { "content-type": "application/pdf" },
    body: makePdf(pagesOf(article), { info }),
  };
}

function pagesOf({ title, author, paragraphs }: Placed): Drawn[][] {
  const head = [
    ...setText(title, 50, 780, 42, 22),
    { text: `By ${author}`, x: 50, y: 705, size: 10 },
  ];
  const pages: Drawn[][] = [head];
  let column = 0;
  let y = TOP.first;
  for (const { kind, text } of paragraphs) {
    const size = kind === "h2" ? 13 : 10;
    for (const line of setText(text, 0, 0, kind === "h2" ? 34 : 46, size)) {
      if (y < BOTTOM) {
        column++;
        if (column % COLUMNS.length === 0) pages.push([]);
        y = pages.length === 1 ? TOP.first : TOP.more;
      }
      pages.at(-1)?.push({ ...line, x: COLUMNS[column % COLUMNS.length] ?? 0, y });
      y -= LINE * (size / 10);
    }
    y -= LINE * 0.7;
  }
  return pages;
}
