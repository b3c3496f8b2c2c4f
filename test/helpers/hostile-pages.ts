const PROSE =
  "The council opened a data portal on Tuesday, and residents can now see what each street costs.";
const head = (more: string) =>
  `<!doctype html><html><head><title>Portal opens</title>${more}</head>`;
const page = (inner: string) => `<!doctype html><title>Portal opens</title><body>${inner}`;
const article = (inner: string) =>
  `${head("")}<body><article><h1>Portal opens</h1><p>${PROSE}</p>${inner}<p>${PROSE}</p></article></body></html>`;

/**
 * Pages made to cost time: what is odd about them, and how often they repeat it. With fewer repetitions, quadratic
 * growth would cost too little to measure.
 */
export const HOSTILE: [odd: string, n: number, make: (n: number) => string][] = [
  ["nested elements", 50_000, (n) => article("<div>".repeat(n) + PROSE)],
  ["nested inline elements", 25_000, (n) => article("<b><i>".repeat(n) + PROSE)],
  [
    "characters of one attribute",
    10_000_000,
    (n) => article(`<p class="${"x y ".repeat(n / 4)}">${PROSE}</p>`),
  ],
  ["line breaks", 250_000, (n) => article("<br>".repeat(n))],
  ["line breaks between words", 120_000, (n) => article("word<br>".repeat(n))],
  ["lines of dates", 25_000, (n) => article("12.3.2026 10:00 Uhr<br>".repeat(n))],
  [
    "lists of JSON in a script",
    500_000,
    (n) =>
      `${head(`<script type="application/json">{"a":[${'[1,2,{"text":"x"}],'.repeat(n)}0]}</script>`)}<body><p>${PROSE}</p>`,
  ],
  [
    "levels of JSON-LD",
    100_000,
    (n) =>
      `${head(`<script type="application/ld+json">${'{"@type":"Article","a":'.repeat(n)}1${"}".repeat(n)}</script>`)}<body><p>${PROSE}</p>`,
  ],
  [
    "JSON-LD articles",
    50_000,
    (n) =>
      `${head(`<script type="application/ld+json">[${Array.from({ length: n }, (_, at) => `{"@type":"NewsArticle","headline":"H ${at}","url":"/${at}","author":{"name":"A ${at}"}}`).join()}]</script>`)}<body><p>${PROSE}</p>`,
  ],
  [
    "scripts of JSON-LD",
    5000,
    (n) =>
      `${head(`<script type="application/ld+json">{"@type":"NewsArticle","headline":"H"}</script>`.repeat(n))}<body><p>${PROSE}</p>`,
  ],
  [
    "statements of a script with no end",
    500_000,
    (n) => article(`<script>${"var a = '<p>';".repeat(n)}`),
  ],
  ["links", 25_000, (n) => article(`<a href="/news/a">read this as well</a> `.repeat(n))],
  [
    "paragraphs with links",
    8000,
    (n) => article(`<p><a href="/news/a">read this as well</a> and more</p>`.repeat(n)),
  ],
  [
    "rows of a table",
    1600,
    (n) => article(`<table>${`<tr>${"<td>Portal opens</td>".repeat(10)}</tr>`.repeat(n)}</table>`),
  ],
  ["nested tables", 20_000, (n) => article("<table><tr><td>".repeat(n) + PROSE)],
  ["unclosed paragraphs", 8000, (n) => article(`<p>${PROSE}`.repeat(n))],
  ["sentences of one paragraph", 50_000, (n) => article(`<p>${`${PROSE} `.repeat(n)}</p>`)],
  ["letters of one word", 5_000_000, (n) => article(`<p>${"x".repeat(n)}</p>`)],
  ["blanks", 5_000_000, (n) => article(`<p>${" ".repeat(n)}x</p>`)],
  ["no-break spaces", 5_000_000, (n) => article(`<p>${"\u00a0".repeat(n)}x</p>`)],
  [
    "parts of a title",
    40_000,
    (n) =>
      `<!doctype html><title>${"Portal - opens | ".repeat(n)}</title><h1>Portal</h1><p>${PROSE}`,
  ],
  [
    "parts of a headline",
    130_000,
    (n) => `${head("")}<h1>${"Portal: opens - ".repeat(n)}</h1><p>${PROSE}`,
  ],
  [
    "names in a meta description",
    400_000,
    (n) =>
      `${head(`<meta name="description" content="${"by Anna Berg, ".repeat(n)}">`)}<p>${PROSE}`,
  ],
  [
    "names of authors",
    55_000,
    (n) => `${head(`<meta name="author" content="${"Anna Berg and ".repeat(n)}">`)}<p>${PROSE}`,
  ],
  [
    "names in a byline and digits in its time",
    300_000,
    (n) =>
      article(
        `<p class="byline">By ${"Anna Berg, ".repeat(n)}</p><time>${"1".repeat(3 * n)}</time>`,
      ),
  ],
  [
    "metas",
    25_000,
    (n) => `${head(`<meta property="article:tag" content="tag">`.repeat(n))}<p>${PROSE}`,
  ],
  [
    "time elements",
    25_000,
    (n) => article(`<time datetime="2026-03-01T10:00:00Z">1 March 2026</time>`.repeat(n)),
  ],
  ["entities", 200_000, (n) => article(`<p>${"&amp;&#x41;&nbsp;&bogus;".repeat(n / 4)}</p>`)],
  ["end tags", 1_000_000, (n) => article("</div>".repeat(n))],
  ["open angle brackets", 1_000_000, (n) => article("<".repeat(n))],
  ["dashes of a comment that never ends", 3_000_000, (n) => article(`<!--${"-".repeat(n)}`)],
  [
    "captioned figures",
    8000,
    (n) =>
      article(
        `<figure><img src="a.jpg"><figcaption>Photo: Anna Berg</figcaption></figure>`.repeat(n),
      ),
  ],
  ["list items", 8000, (n) => article(`<ul>${`<li>${PROSE}`.repeat(n)}</ul>`)],
  ["headings", 15_000, (n) => article(`<h2>Portal opens in the city</h2>`.repeat(n))],
  [
    "articles",
    8000,
    (n) => `${head("")}<body>${`<article><h2>Portal</h2><p>${PROSE}</p></article>`.repeat(n)}`,
  ],
  [
    "elements whose classes match everything",
    10_000,
    (n) =>
      article(
        `<div class="content article comment share related byline date author">${PROSE}</div>`.repeat(
          n,
        ),
      ),
  ],
  ["dashes and bars", 400_000, (n) => article(`<p>${"- – | ".repeat(n / 2)}</p>`)],
  ["nulls", 3_000_000, (n) => "\0".repeat(n)],
  ["half pairs of surrogates", 250_000, (n) => article(`<p>${"\ud800x".repeat(n)}</p>`)],
  ["quotes within quotes", 20_000, (n) => article("<blockquote><p>".repeat(n) + PROSE)],
  [
    "letters of an alphabet without spaces",
    750_000,
    (n) => article(`<p>${"城市数据门户".repeat(n / 6)}</p>`),
  ],
  [
    "paragraphs of a plain page",
    16_000,
    (n) => page("<p>The council opened a portal on 3 March 2026 in town.</p>".repeat(n)),
  ],
  [
    "clauses of one headline",
    16_000,
    (n) => page(`<h1>${"Portal: opens - the council of the town ".repeat(n)}</h1>`),
  ],
  [
    "nested boxes with links",
    16_000,
    (n) => page("<div class=box><a href=/a>Read also this</a>".repeat(n)),
  ],
  [
    "bylines",
    16_000,
    (n) => page("<div class=byline>By Anna Berg and Bo Dahl, 3 March 2026</div>".repeat(n)),
  ],
];
