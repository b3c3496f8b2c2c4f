import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { rereadArticle } from "../../../archive/reprocess/write.ts";
import { correctAll } from "../../../articles/editorial/correct.ts";
import { reinstate, retractByEditor } from "../../../articles/editorial/retract.ts";
import { erase } from "../../../articles/erasure/erase.ts";
import { cached } from "../../../lib/async.ts";
import { type Html, html, type Part, shorten } from "../../../lib/text.ts";
import { notPossible } from "../../../model/problem.ts";
import { FormMoment } from "../../../model/request-times.ts";
import { articleSignals, termsOf } from "../../../model/usage-rights.ts";
import { readTimeline, type Timeline } from "../../../sources/timeline.ts";
import { explainArticle, type Why } from "../../../sources/why.ts";
import { getArticles } from "../../../store/articles/articles.ts";
import {
  correctionsOfArticle,
  readStoryMembers,
  type StoryMember,
} from "../../../store/articles/stories.ts";
import { getLink } from "../../../store/crawl/links.ts";
import { getSource } from "../../../store/sources/sources.ts";
import { may } from "../../auth/access.ts";
import { ArticleId, actionForm, Reason, requireDone } from "../forms.ts";
import { type AdminPage, action, readQuery } from "../page.ts";
import { rightsSection } from "../rights-section.ts";
import { badge } from "../states.ts";
import { articlePath, at, factsList, section, withTimes } from "../tables.ts";
import {
  articleHead,
  articleTabPath,
  articleTabs,
  findShown,
  NO_ARTICLE,
  type ShownArticle,
} from "./article-tabs.ts";
import { correctionsTable } from "./corrections.ts";

const MAX_TEXT_CHARS = 3000;
const MAX_MEMBERS = 5;

const Query = z.object({ article: z.string().max(200).default("") });
const OneForm = z.object({ article: ArticleId, reason: Reason });
const PinForm = OneForm.extend({
  until: z.union([z.literal("").transform(() => null), FormMoment]),
});
const EraseForm = OneForm.extend({
  sure: z.literal("yes", { error: "tick the box to erase the article permanently" }),
});

export const articlePage: AdminPage = {
  path: "/admin/article",
  title: "Article",
  section: "Content",
  under: "/admin/articles",
  commands: ["newsgather article show ARTICLE", "newsgather article timeline ARTICLE"],
  async show(request, deps) {
    const { store, now } = deps;
    const article = await findShown(store, readQuery(Query, request).article);
    if (!article) return { json: { article: null }, html: NO_ARTICLE };
    const [link, members, corrections] = await Promise.all([
      getLink(store, article._id),
      readStoryMembers(store, article.storyId),
      correctionsOfArticle(store, article._id),
    ]);
    const signals = articleSignals(article);
    const rights = termsOf(signals);
    const { listed = false, answer, todo } = explainArticle(article, article.url, link);
    const why = { listed, answer, todo };
    const timeline = await readTimeline(store, article, { link, corrections, now: now() });
    const { text: _, html: __, evidence: ___, ...fields } = article;
    return {
      json: {
        article: fields,
        why,
        rights,
        signals,
        story: { id: article.storyId, articles: members.map(({ _id }) => _id) },
        timeline,
        corrections,
      },
      ...articleHead(request, article),
      html: () => html`${articleTabs(article._id, "/admin/article")}
${asReaders(article, deps.timezone)}${whySection(why, deps.timezone)}${storySection(article, members)}${rightsSection({ rights, signals, consent: null }, deps.timezone)}
${timelineSection(timeline, deps.timezone)}${corrections.length > 0 && correctionsTable(request, corrections.toReversed(), deps.timezone)}
${actionsOf(request, article)}`,
    };
  },
  actions: [
    ...Object.entries({ retract: retractByEditor, reinstate }).map(([verb, act]) =>
      action(`/admin/article/${verb}`, "edit", OneForm, async (form, deps, author) => {
        const { article: articleId } = form;
        const { done } = requireDone(await act(deps.store, { articleId, ...author }, deps.now()));
        return { location: articlePath(articleId), done };
      }),
    ),
    action("/admin/article/pin", "edit", PinForm, async ({ article, until }, deps, author) => {
      const word = { field: "times", pin: until } as const;
      const correction = { articleIds: [article], word, ...author };
      const { topics, now } = deps;
      const { problems } = await correctAll(deps.store, correction, { topics, now: now() });
      const [problem] = problems;
      if (problem) throw notPossible(problem.problem);
      return { location: articlePath(article), done: until ? "pinned" : "no longer pinned" };
    }),
    action("/admin/article/reread", "operate", OneForm, async ({ article: id }, deps) => {
      const { store, now, timezone, openParser } = deps;
      const article = (await getArticles(store, [id])).get(id);
      if (!article) throw notPossible("There is no such article.");
      const parser = await openParser();
      const sources = cached((one: string) => getSource(store, one), { ttl: 1000, size: 2 });
      const reading = { store, parser, sources, now, settings: { timezone } };
      const { differs, visible } = requireDone(await rereadArticle(reading, article));
      const shown = visible ? "readers see the change" : "nothing changes for readers";
      return {
        location: articlePath(id),
        done: differs ? `The result changed; ${shown}` : "Nothing changed",
      };
    }),
    action("/admin/article/erase", "admin", EraseForm, async ({ article: id }, deps, author) => {
      const how = { ...author, dryRun: false, now: deps.now, progress: () => {} };
      const { articles, captures } = await erase(deps.store, { kind: "article", id }, how);
      if (articles.length === 0) throw notPossible("There is no such article.");
      return {
        location: "/admin/articles",
        done: `the article and ${captures} responses are erased; the article's URLs are never fetched again`,
      };
    }),
  ],
};

function asReaders(article: ShownArticle, zone: string): Html {
  const { title, prefix, teaser, text, authors, topics, language, publishedAt, edited } = article;
  const place = [article.country, article.region, article.city].filter(Boolean).join(", ");
  const facts: [string, Part][] = [
    ["Published", publishedAt && at(zone, article.sortAt)],
    ["First seen", at(zone, article.firstSeenAt)],
    ["Authors", authors?.join(", ") ?? null],
    ["Topics", topics.join(", ")],
    ["Place", place],
    ["Language", language],
    ["Pinned until", article.pinnedUntil ? at(zone, article.pinnedUntil) : null],
  ];
  return html`<section class="card card-body"><h2 class="card-title">As readers see it</h2><h3><bdi>${prefix}${title}</bdi></h3>
${edited && html`<p class="why">An editor changed the wording.</p>`}<p><bdi>${teaser}</bdi></p>
<div class="mb-3">${factsList(facts)}</div>
<details><summary>Text, ${text.length} characters</summary><p class="stored-text"><bdi>${shorten(text, MAX_TEXT_CHARS)}</bdi></p></details></section>`;
}

function whySection(
  { listed, answer, todo }: Pick<Why, "listed" | "answer" | "todo">,
  zone: string,
): Html {
  const color = listed ? "status-green" : "status-orange";
  return html`<section class="card card-body"><h2 class="card-title">On the portal?</h2>
<p class="mb-0"><span class="status ${color}">${listed ? "Yes" : "No"}</span> ${withTimes(zone, answer)}</p>
${todo && html`<p class="mb-0">To do: <code>${todo}</code></p>`}</section>`;
}

function storySection({ _id, storyId }: ShownArticle, members: readonly StoryMember[]): Html {
  const others = members.filter((member) => member._id !== _id);
  const link = html`<a href="${articleTabPath(_id, "/admin/stories")}">The story, and why it has these articles</a>`;
  const items = others
    .slice(0, MAX_MEMBERS)
    .map(
      (member) =>
        html`<li><a href="${articlePath(member._id)}"><bdi>${member.title}</bdi></a>, ${member.sourceId}${member._id === storyId && "; represents the story"}</li>\n`,
    );
  const more =
    others.length > MAX_MEMBERS && html`<li>and ${others.length - MAX_MEMBERS} more</li>`;
  return html`<section class="card card-body"><h2 class="card-title">Story</h2>
${others.length === 0 ? html`<p>No other article covers this story.</p>` : html`<ul>${items}${more}</ul>`}<p class="mb-0">${link}</p></section>`;
}

function timelineSection({ steps, failing, readers }: Timeline, zone: string): Html {
  const stepRows = steps.map(
    ({ at: when, what, detail, captureId }) =>
      html`<tr><td>${at(zone, when)}</td><td>${badge(what)}</td>
<td class="why"><bdi>${detail}</bdi>${captureId && html` <a href="/admin/provenance?capture=${captureId}">response</a>`}</td></tr>\n`,
  );
  const readerRows = readers.map(
    ({ kind, name, state, behind }) =>
      html`<tr><td>${kind}</td><td class="url">${name}</td><td>${badge(state)}${behind > 0 && ` by ${behind === 1 ? "1 change" : `${behind} changes`}`}</td></tr>\n`,
  );
  return html`${failing && html`<p class="alert alert-warning text-body" role="alert">Fetches of this article that failed in a row: ${failing.attempts}. Cause: ${failing.cause}.</p>`}
${section("What happened to this article", ["When", "What", "How"], stepRows, html`Nothing is known about this article.`)}
${section("Readers of the stream", ["Kind", "Name", "State"], readerRows, html`There is no consumer or webhook, or no stored change contains the article.`)}`;
}

function actionsOf(request: FastifyRequest, { _id, status, pinnedUntil }: ShownArticle): Html {
  const own = html`<input type="hidden" name="article" value="${_id}">`;
  const card = (id: string, title: string, words: string, form: Html) =>
    html`<div class="col-md-6"><section class="card card-body" id="${id}"><h2 class="card-title">${title}</h2><p>${words}</p>${form}</section></div>\n`;
  const verb = status === "retracted" ? "Reinstate" : "Retract";
  const words = {
    Retract:
      "The article disappears from the portal, feeds and API until it is reinstated, whatever the publisher's page says.",
    Reinstate: "Readers see the article again, as it was.",
  };
  const form = { action: `/admin/article/${verb.toLowerCase()}`, button: verb, fields: own };
  const edits = [
    card("retract", verb, words[verb], actionForm(request, form)),
    card(
      "pin",
      "Pin",
      "The article stays at the top of the portal until this time. An empty field unpins the article.",
      actionForm(request, {
        action: "/admin/article/pin",
        button: "Pin",
        fields: html`${own}<label class="form-label">Until (UTC) <input class="form-control" type="datetime-local" name="until" value="${pinnedUntil?.toISOString().slice(0, 16)}"></label>`,
      }),
    ),
  ];
  const reread = card(
    "reread",
    "Read again",
    "Extracts the article again from its stored response, with the current rules and without the network.",
    actionForm(request, { action: "/admin/article/reread", button: "Read again", fields: own }),
  );
  const erasing = card(
    "erase",
    "Erase",
    "The article is deleted with its revisions and responses, also from search, and all exports are withdrawn. Its URLs are never fetched again. This can't be undone. Don't say in the reason what is erased.",
    actionForm(request, {
      action: "/admin/article/erase",
      button: "Erase",
      isFinal: true,
      fields: html`${own}<label class="form-check"><input class="form-check-input" type="checkbox" name="sure" value="yes" required> Erase the article permanently</label>`,
    }),
  );
  return html`${may(request, "edit") && html`<p><a href="/admin/corrections?article=${encodeURIComponent(_id)}">Correct the topics</a> · <a href="${articleTabPath(_id, "/admin/stories")}">Split or join the story</a> · <a href="${articleTabPath(_id, "/admin/edit")}">Edit the wording</a></p>`}
<div class="row row-cards">${may(request, "edit") && edits}${may(request, "operate") && reread}${may(request, "admin") && erasing}</div>`;
}
