/** The parameters of readers' requests. */
const RIGHTS = {
  ids: ["one", "two", "three"],
  sources: ["strict", "generous"],
  story: "one",
  words: ["title", "full OR snippet OR reserved OR teaser OR last"],
};

/** Returns every URL that serves content of articles to readers, by route. */
export function outputs(
  { ids, sources, story, words } = RIGHTS,
  at = new Date(),
): Record<string, string[]> {
  const today = at.toISOString().slice(0, 10);
  const formats = ["json", "atom", "rss", "ninjs"];
  const modes = ["", "?mode=fulltext"];
  const feeds = (list: string) =>
    formats.flatMap((format) => modes.map((mode) => `/feeds/${list}.${format}${mode}`));
  const kinds = ["json", "ninjs", "jsonld"];
  const searches = ["", ...words.map((word) => `q=${word}`)];
  const pages = {
    "/topic/:id": ["/topic/smart-city"],
    "/country/:id": ["/country/DE"],
    "/region/:region": ["/region/DE-BE"],
    "/region/:region/:city": ["/region/DE-BE/Berlin"],
    "/language/:id": ["/language/en"],
    "/view/:id": ["/view/all"],
    "/source/:id": sources.map((id) => `/source/${id}`),
    "/day/:day": [`/day/${today}`],
    "/article/:id": ids.map((id) => `/article/${id}`),
    "/story/:id": [`/story/${story}`],
    "/digest/:day": [`/digest/${today}`],
    "/digest/:day/mail": [`/digest/${today}/mail`],
    "/search": searches.map((query) => `/search?${query}`),
  };
  const inGerman = Object.entries(pages).map(([route, urls]) => [
    `/de${route}`,
    urls.map((url) => `/de${url}`),
  ]);
  return {
    "/": ["/"],
    "/de": ["/de"],
    ...pages,
    ...Object.fromEntries(inGerman),
    ...Object.fromEntries(
      formats.map((format) => [
        `/feeds/all.${format}`,
        feeds("all").filter((url) => url.includes(`.${format}`)),
      ]),
    ),
    "/feeds/:category/:file": [
      ...[
        "topic/smart-city",
        "country/DE",
        "language/en",
        `source/${sources[0]}`,
        `story/${story}`,
        "view/all",
      ].flatMap(feeds),
      `/feeds/all.atom?archive=${today}`,
    ],
    "/feeds/digest.atom": ["/feeds/digest.atom"],
    "/sitemap-news.xml": ["/sitemap-news.xml"],
    "/sitemap.xml": ["/sitemap.xml"],
    "/sitemap/:file": [`/sitemap/${today}.xml`],
    "/v1/search": words.map((word) => `/v1/search?q=${word}`),
    "/v1/articles": ["/v1/articles"],
    "/v1/articles/:id": ids.flatMap((id) =>
      kinds.map((format) => `/v1/articles/${id}?format=${format}`),
    ),
    "/v1/articles/:id/revisions": ids.map((id) => `/v1/articles/${id}/revisions`),
    "/v1/articles/:id/diff": ids.map((id) => `/v1/articles/${id}/diff?from=1&to=2`),
    "/v1/stories/:id": [`/v1/stories/${story}`],
    "/v1/changes": ["/v1/changes", "/v1/changes?format=ndjson"],
    "/v1/snapshot": ["/v1/snapshot"],
  };
}

/** Routes without content of articles. */
export const OTHERS =
  /^\/(healthz|readyz|metrics|docs|openapi|assets|robots|read|admin|websub|\.well-known|(de\/)?(topics|countries|languages|sources)$|feeds\/sources|v1\/(coverage|searches|consumers|webhooks|views|clicks|statistics|sources))/;

/** The raw archive: only for readers of the whole archive, see `captures.test.ts` and `exports.test.ts`. */
export const RAW = /^\/v1\/(captures|exports|previews)/;
