import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { whyFirst } from "../../../articles/matching/representative.ts";
import {
  joinStories,
  type StoryOutcome,
  splitStory,
} from "../../../articles/stories/corrections.ts";
import { type Html, html, type Part } from "../../../lib/html.ts";
import { percent } from "../../../lib/text.ts";
import { wordText } from "../../../model/articles/correction.ts";
import { matchText } from "../../../model/articles/story.ts";
import { readListing } from "../../../store/articles/listing.ts";
import {
  countStories,
  readStoryMembers,
  type StoryMember,
} from "../../../store/articles/stories.ts";
import { may } from "../../auth/actor.ts";
import type { AdminDeps } from "../deps.ts";
import { ArticleId, actionForm, Reason, requireDone } from "../forms.ts";
import { type AdminPage, action, readQuery } from "../page.ts";
import { articlePath, at, section } from "../tables.ts";
import { articleHead, articleTabs, findShown } from "./article-tabs.ts";

/** Latest articles among which stories of several articles are looked for. */
const LATEST = 100;

const Split = z.object({ article: ArticleId, reason: Reason });
const Join = z.object({ article: ArticleId, other: ArticleId, reason: Reason });
const Query = z.object({ id: z.string().max(200).default("") });

/** `/admin/stories`: a story's articles, why each is in it and which stands for it; splits and joins. */
export const storiesPage: AdminPage = {
  path: "/admin/stories",
  title: "Stories",
  section: "Content",
  commands: ["newsgather stories show ID"],
  async show(request, deps) {
    const { id } = readQuery(Query, request);
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
      html: () =>
        html`${articleTabs(article._id, "/admin/stories")}${storyOf(deps, request, { storyId, members })}`,
    };
  },
  actions: [
    action({
      path: "/admin/stories/split",
      right: "edit",
      form: Split,
      async run({ article: articleId }, { store, now }, author) {
        const outcome = await splitStory(store, { articleId, ...author }, now);
        return { location: pageOf(articleId), done: effectOf(outcome) };
      },
    }),
    action({
      path: "/admin/stories/join",
      right: "edit",
      form: Join,
      async run({ article: articleId, other }, { store, now }, author) {
        const outcome = await joinStories(store, { articleId, other, ...author }, now);
        return { location: pageOf(articleId), done: effectOf(outcome) };
      },
    }),
  ],
};

function effectOf(outcome: StoryOutcome): string {
  return `kept; articles that another one stands for now: ${requireDone(outcome).moved}`;
}

function pageOf(id: string): string {
  return `/admin/stories?id=${encodeURIComponent(id)}`;
}

/** A story of several articles, by the one that stands for it. */
interface Latest {
  storyId: string;
  title: string;
  articles: number;
  sources: number;
}

async function latest({ store, now }: AdminDeps): Promise<Latest[]> {
  const { articles } = await readListing(store, {}, { limit: LATEST, now: now() });
  const counts = await countStories(
    store,
    articles.map(({ storyId }) => storyId),
  );
  const heads = [...new Map(articles.map((article) => [article.storyId, article])).values()];
  return heads
    .map(({ storyId, title }) => {
      const count = counts.get(storyId);
      return { storyId, title, articles: count?.articles ?? 0, sources: count?.sources.size ?? 0 };
    })
    .filter((story) => story.articles > 1);
}

function latestTable(stories: Latest[]): Html {
  return section(
    "Latest stories of several articles",
    ["Story", "Articles", "Sources"],
    stories.map(
      ({ storyId, title, articles, sources }) =>
        html`<tr><td><a href="${pageOf(storyId)}"><bdi>${title}</bdi></a></td>
<td class="n">${articles}</td><td class="n">${sources}</td></tr>\n`,
    ),
    html`None among the latest ${LATEST} articles.`,
  );
}

function storyOf(
  deps: AdminDeps,
  request: FastifyRequest,
  { storyId, members }: { storyId: string; members: StoryMember[] },
): Html {
  const writes = may(request, "edit");
  const table = membersTable(members, { ...deps, storyId, writes });
  if (!writes) return table;
  const split = { action: "/admin/stories/split", button: "Keep apart", fields: table };
  const fields = html`<input type="hidden" name="article" value="${storyId}">
<label class="form-label">An article of the other story <input class="form-control" name="other" required size="40"></label>`;
  const join = { action: "/admin/stories/join", button: "Join", fields };
  return html`${members.length > 1 ? actionForm(request, split) : table}
<section class="card card-body"><h2 class="card-title">Join with another story</h2>${actionForm(request, join)}</section>`;
}

function membersTable(
  members: StoryMember[],
  { storyId, writes, timezone }: AdminDeps & { storyId: string; writes: boolean },
): Html {
  const ticks = writes && members.length > 1;
  const head = ["Article", "Source", "Trust", "At", "Read", "State", "Why it is here"];
  return section(
    `Story of ${members.length === 1 ? "1 article" : `${members.length} articles`}`,
    ticks ? ["Apart", ...head] : head,
    members.map((member) => {
      const { _id, sourceId, trust, at: when, fieldScore } = member;
      const tick = html`<td><input class="form-check-input" type="radio" name="article" value="${_id}" required aria-label="${member.title}"></td>`;
      const representative = _id === storyId && html`; stands for the story: ${whyFirst(members)}`;
      return html`<tr>${ticks && tick}<td><a href="${articlePath(_id)}"><bdi>${member.title}</bdi></a><br><span class="url">${_id}</span></td><td>${sourceId}</td>
<td class="n">${trust}</td><td>${at(timezone, when)}</td><td class="n">${percent(fieldScore)}</td>
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
      html`; ${wordText(word)}, by ${actor}: ${reason} (correction <span class="url">${_id}</span>)`,
  )}`;
}
