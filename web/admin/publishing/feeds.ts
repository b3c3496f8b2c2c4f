import { type Html, html } from "../../../lib/text.ts";
import { listViews } from "../../../store/publish/views.ts";
import { sourceNames } from "../../../store/sources/sources.ts";
import type { AdminPage } from "../page.ts";
import { section } from "../tables.ts";

const FORMATS = { atom: "Atom", rss: "RSS", json: "JSON Feed", ninjs: "ninjs" } as const;

interface Feed {
  name: string;
  path: string;
}

export const feedsPage: AdminPage = {
  path: "/admin/feeds",
  title: "Feeds",
  section: "Publishing",
  async show(_, { store, topics }) {
    const [views, sources] = await Promise.all([listViews(store), sourceNames(store)]);
    const feed = (category: string, id: string, name: string): Feed => ({
      name,
      path: `/feeds/${category}/${encodeURIComponent(id)}`,
    });
    const feeds = {
      everything: [{ name: "Everything", path: "/feeds/all" }],
      views: views.map(({ _id, name }) => feed("view", _id, name)),
      topics: topics.map(({ id, name }) => feed("topic", id, name)),
      sources: sources
        .filter(({ active }) => active)
        .map(({ _id, name }) => feed("source", _id, name)),
    };
    const of = (title: string, all: Feed[], none: Html) =>
      section(title, ["Feed", ...Object.values(FORMATS)], all.map(row), none);
    const body = html`${of("Everything", feeds.everything, html`None.`)}
${of("Views", feeds.views, html`None yet: each view that you save under <a href="/admin/views">Views</a> gets a feed.`)}
${of("Topics", feeds.topics, html`None: add topics in <code>config/topics.yaml</code>.`)}
${of("Sources", feeds.sources, html`None: <a href="/admin/add">add a source</a>.`)}`;
    const lead = html`Countries, languages and stories have feeds, too: <code>/feeds/country/DE.atom</code>. Each feed takes the parameters <code>limit</code>, <code>filter</code>, <code>filterout</code> and <code>mode=fulltext</code>.`;
    return { json: feeds, html: body, lead };
  },
};

function row({ name, path }: Feed): Html {
  const links = Object.entries(FORMATS).map(
    ([ending, format]) =>
      html`<td><a href="${path}.${ending}" aria-label="${name} as ${format}">${format}</a></td>`,
  );
  return html`<tr><td><bdi>${name}</bdi></td>${links}</tr>\n`;
}
