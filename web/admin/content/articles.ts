import { z } from "zod";
import { html } from "../../../lib/text.ts";
import { AnyMoment, Day } from "../../../model/request-times.ts";
import { readUnlisted } from "../../../store/articles/articles.ts";
import { type ListedArticle, readListing } from "../../../store/articles/listing.ts";
import { sourceNames } from "../../../store/sources/sources.ts";
import { namesOf, options } from "../forms.ts";
import { icon } from "../icons.ts";
import { type AdminPage, readQuery } from "../page.ts";
import { articlePath, at, section, sourceLink } from "../tables.ts";

const ARTICLES_PER_PAGE = 50;
const optional = z.string().max(200).default("");
const Query = z.object({
  source: optional,
  topic: optional,
  country: optional,
  language: optional,
  day: Day.optional().catch(undefined),
  before: AnyMoment.optional().catch(undefined),
  id: optional,
});

export const articlesPage: AdminPage = {
  path: "/admin/articles",
  title: "Articles",
  section: "Content",
  async show(request, { store, timezone, now, topics }) {
    const { source, topic, country, language, day, before, id } = readQuery(Query, request);
    const filter = {
      copies: true,
      ...(source && { sourceId: source }),
      ...(topic && { topic }),
      ...(country && { country: country.toUpperCase() }),
      ...(language && { language: language.toLowerCase() }),
      ...(day && { day }),
    } as const;
    const [{ articles, next }, sources, unlisted] = await Promise.all([
      readListing(store, filter, {
        limit: ARTICLES_PER_PAGE,
        now: now(),
        ...(before && { before: { sortAt: before, id } }),
      }),
      sourceNames(store),
      readUnlisted(store, now()),
    ]);
    const page = () => {
      const names = new Map(sources.map(({ _id, name }) => [_id, name]));
      const choices = topics.map((one): [string, string] => [one.id, one.name]);
      const fields = { source, topic, country, language, day: day ?? "" };
      const wanted = Object.entries(fields).filter(([, value]) => value !== "");
      const from = next && { before: next.sortAt.toISOString(), id: next.id };
      const older = from && new URLSearchParams([...wanted, ...Object.entries(from)]).toString();
      return html`<form class="filter" method="get" action="/admin/articles">
<label class="form-label">Source <select class="form-select" name="source"><option value="">all</option>${options(namesOf(sources), source)}</select></label>
<label class="form-label">Topic <select class="form-select" name="topic"><option value="">all</option>${options(choices, topic)}</select></label>
<label class="form-label">Country <input class="form-control" name="country" size="4" maxlength="2" placeholder="DE" value="${country}"></label>
<label class="form-label">Language <input class="form-control" name="language" size="4" maxlength="5" placeholder="de" value="${language}"></label>
<label class="form-label">Day <input class="form-control" type="date" name="day" value="${day}"></label>
<button class="btn">${icon("filter")}Show</button></form>
${section(
  "Articles",
  ["Published", "Article", "Source", "Topics", "Place"],
  articles.map(({ _id, title, sourceId, topics: ids, prefix, sortAt, duplicateOf }) => {
    const copy = duplicateOf !== null && html` <span class="status status-secondary">copy</span>`;
    return html`<tr><td>${at(timezone, sortAt)}</td><td><a href="${articlePath(_id)}"><bdi>${title}</bdi></a>${copy}</td>
<td>${sourceLink(sourceId, names.get(sourceId))}</td><td>${ids.join(", ")}</td><td><bdi>${prefix.trim().replace(/:$/, "")}</bdi></td></tr>\n`;
  }),
  html`No articles found. New articles appear as sources are fetched; <a href="/admin/why">ask why a URL isn't here</a>.`,
  (before || next) && {},
)}
${older && html`<p><a class="btn" href="/admin/articles?${older}" rel="next">Older</a></p>`}
${
  !before &&
  section(
    "Stored, but not listed",
    ["Since", "Article", "Source", "Why"],
    unlisted.map(
      ({ _id, title, sourceId, unlisted: fate }) =>
        html`<tr><td>${at(timezone, fate?.at ?? null)}</td><td><a href="${articlePath(_id)}"><bdi>${title}</bdi></a></td>
<td>${sourceLink(sourceId, names.get(sourceId))}</td><td class="why">${fate && `${fate.reason}: ${fate.detail}`}</td></tr>\n`,
    ),
    html`None: every stored article is listed.`,
  )
}`;
    };
    return {
      json: { articles: articles.map(withoutText), next, unlisted },
      html: page,
      buttons: html`<a class="btn" href="/admin/why">${icon("help")}Why isn't a URL here?</a>`,
    };
  },
};

function withoutText(article: ListedArticle) {
  const { text: _, ...shown } = article;
  return shown;
}
