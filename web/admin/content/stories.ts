import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { whyFirst } from "../../../articles/matching/cluster.ts";
import {
  joinStories,
  type StoryOutcome,
  splitStory,
} from "../../../articles/stories/corrections.ts";
import { findLikelyArticles, type LikelyArticle } from "../../../articles/stories/likely.ts";
import { type Html, html, type Part, percent } from "../../../lib/text.ts";
import { decisionText } from "../../../model/articles/correction.ts";
import { matchText } from "../../../model/articles/story.ts";
import { QueryProblem } from "../../../model/publish/search.ts";
import { findArticle } from "../../../store/articles/articles.ts";
import { readListing } from "../../../store/articles/listing.ts";
import {
  countStories,
  readStoryMembers,
  type StoryMember,
} from "../../../store/articles/stories.ts";
import { readSourceNames } from "../../../store/sources/sources.ts";
import { may } from "../../auth/access.ts";
import { ArticleId, actionForm, Reason, requireDone } from "../forms.ts";
import { type AdminDeps, type AdminPage, action, readQuery } from "../page.ts";
import { articlePath, at, section } from "../tables.ts";
import {
  articleHead,
  articleTabPath,
  articleTabs,
  findShown,
  type ShownArticle,
} from "./article-tabs.ts";

const MAX_SEARCHED_ARTICLES = 100;
const MAX_FOUND = 20;

const Split = z.object({ article: ArticleId, reason: Reason });
const Join = z.object({ article: ArticleId, other: ArticleId, reason: Reason });
const Query = z.object({
  id: z.string().max(200).default(""),
  q: z.string().trim().max(200).default(""),
});

export const storiesPage: AdminPage = {
  path: "/admin/stories",
  title: "Stories",
  section: "Content",
  commands: ["newsgather stories show ID"],
  async show(request, deps) {
    const { id, q } = readQuery(Query, request);
    const article = await findShown(deps.store, id);
    if (!article) {
      const stories = await latest(deps);
      return { json: { stories }, html: latestTable(stories) };
    }
    const { storyId } = article;
    const members = await readStoryMembers(deps.store, storyId);
    return {
      json: { story: storyId, members },
      ...articleHead(request, article),
      html: async () => {
        const others = may(request, "edit") ? await findOthers(deps, article, q) : null;
        const articles = [...members, ...(others?.articles ?? [])];
        const ids = articles.map(({ sourceId }) => sourceId);
        const names = await readSourceNames(deps.store, ids);
        const shown = { storyId, names, writes: others !== null, zone: deps.timezone };
        const table = membersTable(members, shown);
        const split = { action: "/admin/stories/split", button: "Keep apart", fields: table };
        const isSplittable = others !== null && members.length > 1;
        return html`${articleTabs(article._id, "/admin/stories")}${isSplittable ? actionForm(request, split) : table}
${others && joinSection(request, article, { others, names }, deps.timezone)}`;
      },
    };
  },
  actions: [
    action("/admin/stories/split", "edit", Split, async ({ article: articleId }, deps, author) => {
      const outcome = await splitStory(deps.store, { articleId, ...author }, deps.now);
      return { location: articleTabPath(articleId, "/admin/stories"), done: effectOf(outcome) };
    }),
    action("/admin/stories/join", "edit", Join, async (form, deps, author) => {
      const { article: articleId, other } = form;
      const outcome = await joinStories(deps.store, { articleId, other, ...author }, deps.now);
      return { location: articleTabPath(articleId, "/admin/stories"), done: effectOf(outcome) };
    }),
  ],
};

function effectOf(outcome: StoryOutcome): string {
  return `saved; articles with a new story or representative: ${requireDone(outcome).moved}`;
}

async function latest({ store, now }: AdminDeps) {
  const { articles } = await readListing(store, {}, { limit: MAX_SEARCHED_ARTICLES, now: now() });
  const counts = await countStories(
    store,
    articles.map(({ storyId }) => storyId),
  );
  const heads = [...new Map(articles.map((article) => [article.storyId, article])).values()];
  return heads.flatMap(({ storyId, title }) => {
    const { articles: count, sources } = counts.get(storyId) ?? { articles: 0, sources: new Set() };
    return count > 1 ? [{ storyId, title, articles: count, sources: sources.size }] : [];
  });
}

function latestTable(stories: Awaited<ReturnType<typeof latest>>): Html {
  return section(
    "Latest stories with several articles",
    ["Story", "Articles", "Sources"],
    stories.map(
      ({ storyId, title, articles, sources }) =>
        html`<tr><td><a href="${articleTabPath(storyId, "/admin/stories")}"><bdi>${title}</bdi></a></td>
<td class="n">${articles}</td><td class="n">${sources}</td></tr>\n`,
    ),
    html`None among the latest ${MAX_SEARCHED_ARTICLES} articles.`,
  );
}

interface JoinCandidates {
  q: string;
  articles: (Pick<LikelyArticle, "_id" | "title" | "sourceId" | "sortAt"> & { why: string })[];
  problem: string | null;
}

async function findOthers(
  { store, search, now }: AdminDeps,
  article: ShownArticle,
  q: string,
): Promise<JoinCandidates> {
  if (q === "") {
    const likely = await findLikelyArticles(store, article, now());
    const articles = likely.map((one) => ({ ...one, why: `both say: ${one.terms.join(", ")}` }));
    return { q, articles, problem: null };
  }
  const byId = /^[\w-]+$/.test(q) ? await findArticle(store, q) : null;
  const finding = { query: q, sort: "relevance", offset: 0, limit: MAX_FOUND } as const;
  let problem = search ? null : "Search is off: write the id of an article.";
  const answer = byId
    ? null
    : await search?.find({ ...finding, all: false, exact: false }).catch((error: unknown) => {
        if (!(error instanceof QueryProblem)) throw error;
        problem = error.message;
        return null;
      });
  const ids = [...new Set((answer?.hits ?? []).map(({ articleId }) => articleId))];
  const found = [byId, ...(await Promise.all(ids.map((id) => findArticle(store, id))))];
  const articles = found.flatMap((one) =>
    one && one.storyId !== article.storyId ? [{ ...one, why: `found by: ${q}` }] : [],
  );
  return { q, articles, problem: articles.length > 0 ? null : problem };
}

function joinSection(
  request: FastifyRequest,
  { _id }: ShownArticle,
  { others, names }: { others: JoinCandidates; names: ReadonlyMap<string, string> },
  zone: string,
): Html {
  const { q, articles, problem } = others;
  const rows = articles.map(
    (one, n) =>
      html`<tr><td><input class="form-check-input" type="radio" name="other" value="${one._id}" required${n === 0 && html` checked`} aria-label="${one.title}"></td>
<td><a href="${articlePath(one._id)}"><bdi>${one.title}</bdi></a></td><td><bdi>${names.get(one.sourceId) ?? one.sourceId}</bdi></td><td>${at(zone, one.sortAt)}</td><td class="why">${one.why}</td></tr>\n`,
  );
  const title = q === "" ? "Stories that might be the same" : `Found by “${q}”`;
  const none =
    problem ??
    (q === ""
      ? "No article within three days is similar. To find the other story, search for words of one of its articles."
      : "No article of another story has these words.");
  const table = section(title, ["", "Article", "Source", "At", "Why"], rows, none);
  const fields = html`<input type="hidden" name="article" value="${_id}">${table}`;
  const join = actionForm(request, { action: "/admin/stories/join", button: "Join", fields });
  return html`<h2 class="h3" id="join">Join with another story</h2>
<form class="filter" method="get" action="/admin/stories" role="search" aria-label="Find the other story"><input type="hidden" name="id" value="${_id}"><label class="form-label">Words or the id of an article of the other story <input class="form-control" type="search" name="q" maxlength="200" size="40" value="${q}"></label> <button class="btn">Find</button></form>
${rows.length > 0 ? join : table}`;
}

function membersTable(
  members: StoryMember[],
  shown: { storyId: string; names: ReadonlyMap<string, string>; writes: boolean; zone: string },
): Html {
  const { storyId, names, writes, zone } = shown;
  const ticks = writes && members.length > 1;
  const head = ["Article", "Source", "Trust", "At", "Read", "State", "Why in this story"];
  return section(
    `Story of ${members.length === 1 ? "1 article" : `${members.length} articles`}`,
    ticks ? ["Apart", ...head] : head,
    members.map((member) => {
      const { _id, sourceId, trust, at: when, fieldScore } = member;
      const tick = html`<td><input class="form-check-input" type="radio" name="article" value="${_id}" required aria-label="${member.title}"></td>`;
      const representative = _id === storyId && html`; represents the story: ${whyFirst(members)}`;
      return html`<tr>${ticks && tick}<td><a href="${articlePath(_id)}"><bdi>${member.title}</bdi></a></td><td><bdi>${names.get(sourceId) ?? sourceId}</bdi></td>
<td class="n">${trust}</td><td>${at(zone, when)}</td><td class="n">${percent(fieldScore)}</td>
<td>${stateOf(member)}</td><td class="why">${whyOf(member)}${representative}</td></tr>\n`;
    }),
    html`None.`,
  );
}

function stateOf({ status, duplicateOf }: StoryMember): string {
  if (status !== "published") return status;
  return duplicateOf === null ? "listed" : "copy";
}

function whyOf({ match, words }: StoryMember): Part {
  return html`${match ? matchText(match) : "begins the story"}${words.map(
    ({ _id, word, actor, reason }) =>
      html`; ${decisionText(word)}, by ${actor}: ${reason} (correction <span class="url">${_id}</span>)`,
  )}`;
}
