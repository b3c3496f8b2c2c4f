const MB = 1_000_000;
const PROSE =
  "The council opened a data portal on Tuesday, and residents can now see what each street costs.";
const head = (more: string) =>
  `<!doctype html><html><head><title>Portal opens</title>${more}</head>`;
const article = (inner: string) =>
  `${head("")}<body><article><h1>Portal opens</h1><p>${PROSE}</p>${inner}<p>${PROSE}</p></article></body></html>`;

/** Pages that are made to cost time, by what is odd about them. */
export const HOSTILE: Record<string, () => string> = {
  "200,000 nested elements": () => article("<div>".repeat(200_000) + PROSE),
  "200,000 nested inline elements": () => article("<b><i>".repeat(100_000) + PROSE),
  "an attribute of 10 MB": () => article(`<p class="${"x y ".repeat(2.5 * MB)}">${PROSE}</p>`),
  "a million line breaks": () => article("<br>".repeat(MB)),
  "a million line breaks between words": () => article("word<br>".repeat(500_000)),
  "100,000 lines of dates": () => article("12.3.2026 10:00 Uhr<br>".repeat(100_000)),
  "JSON of 10 MB in a script": () =>
    `${head(`<script type="application/json">{"a":[${'[1,2,{"text":"x"}],'.repeat(500_000)}0]}</script>`)}<body><p>${PROSE}</p>`,
  "JSON-LD nested 100,000 deep": () =>
    `${head(`<script type="application/ld+json">${'{"@type":"Article","a":'.repeat(100_000)}1${"}".repeat(100_000)}</script>`)}<body><p>${PROSE}</p>`,
  "50,000 JSON-LD articles": () =>
    `${head(`<script type="application/ld+json">[${Array.from({ length: 50_000 }, (_, n) => `{"@type":"NewsArticle","headline":"H ${n}","url":"/${n}","author":{"name":"A ${n}"}}`).join()}]</script>`)}<body><p>${PROSE}</p>`,
  "10,000 scripts of JSON-LD": () =>
    `${head(`<script type="application/ld+json">{"@type":"NewsArticle","headline":"H"}</script>`.repeat(10_000))}<body><p>${PROSE}</p>`,
  "a script with no end": () => article(`<script>${"var a = '<p>';".repeat(500_000)}`),
  "100,000 links": () => article(`<a href="/news/a">read this as well</a> `.repeat(100_000)),
  "30,000 paragraphs with links": () =>
    article(`<p><a href="/news/a">read this as well</a> and more</p>`.repeat(30_000)),
  "50,000 table cells": () =>
    article(`<table>${`<tr>${"<td>Portal opens</td>".repeat(10)}</tr>`.repeat(5000)}</table>`),
  "20,000 nested tables": () => article("<table><tr><td>".repeat(20_000) + PROSE),
  "30,000 unclosed paragraphs": () => article(`<p>${PROSE}`.repeat(30_000)),
  "a paragraph of 5 MB": () => article(`<p>${`${PROSE} `.repeat(50_000)}</p>`),
  "a word of 5 MB": () => article(`<p>${"x".repeat(5 * MB)}</p>`),
  "5 MB of blanks": () => article(`<p>${" ".repeat(5 * MB)}x</p>`),
  "5 MB of no-break spaces": () => article(`<p>${"\u00a0".repeat(5 * MB)}x</p>`),
  "a title of 2 MB": () =>
    `<!doctype html><title>${"Portal - opens | ".repeat(120_000)}</title><h1>Portal</h1><p>${PROSE}`,
  "a headline of 2 MB": () =>
    `${head("")}<h1>${"Portal: opens - ".repeat(130_000)}</h1><p>${PROSE}`,
  "a meta description of 5 MB": () =>
    `${head(`<meta name="description" content="${"by Anna Berg, ".repeat(400_000)}">`)}<p>${PROSE}`,
  "an author of 3 MB": () =>
    `${head(`<meta name="author" content="${"Anna Berg and ".repeat(220_000)}">`)}<p>${PROSE}`,
  "a byline of 3 MB": () =>
    article(
      `<p class="byline">By ${"Anna Berg, ".repeat(300_000)}</p><time>${"1".repeat(MB)}</time>`,
    ),
  "100,000 metas": () =>
    `${head(`<meta property="article:tag" content="tag">`.repeat(100_000))}<p>${PROSE}`,
  "100,000 time elements": () =>
    article(`<time datetime="2026-03-01T10:00:00Z">1 March 2026</time>`.repeat(100_000)),
  "100,000 entities": () => article(`<p>${"&amp;&#x41;&nbsp;&bogus;".repeat(200_000)}</p>`),
  "a million end tags": () => article("</div>".repeat(MB)),
  "a million open angle brackets": () => article("<".repeat(MB)),
  "a comment that never ends": () => article(`<!--${"-".repeat(3 * MB)}`),
  "30,000 captioned figures": () =>
    article(
      `<figure><img src="a.jpg"><figcaption>Photo: Anna Berg</figcaption></figure>`.repeat(30_000),
    ),
  "30,000 list items": () => article(`<ul>${`<li>${PROSE}`.repeat(30_000)}</ul>`),
  "60,000 headings": () => article(`<h2>Portal opens in the city</h2>`.repeat(60_000)),
  "30,000 articles": () =>
    `${head("")}<body>${`<article><h2>Portal</h2><p>${PROSE}</p></article>`.repeat(30_000)}`,
  "classes that match everything": () =>
    article(
      `<div class="content article comment share related byline date author">${PROSE}</div>`.repeat(
        40_000,
      ),
    ),
  "5 MB of dashes": () => article(`<p>${"- – | ".repeat(800_000)}</p>`),
  "nothing but nulls": () => "\0".repeat(3 * MB),
  "half pairs of surrogates": () => article(`<p>${"\ud800x".repeat(MB)}</p>`),
  "20,000 quotes within quotes": () => article("<blockquote><p>".repeat(20_000) + PROSE),
  "three million letters of an alphabet without spaces": () =>
    article(`<p>${"城市数据门户".repeat(500_000)}</p>`),
};
