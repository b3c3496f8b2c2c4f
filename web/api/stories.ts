import { z } from "zod";
import { ApiItem, apiItem } from "../../articles/stream/item.ts";
import { type Because, matchText } from "../../model/articles/story.ts";
import { ProblemError } from "../../model/problem.ts";
import { getStatuses } from "../../store/articles/articles.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import { countStories, readStoryArticles, whyInStory } from "../../store/articles/stories.ts";
import type { Store } from "../../store/store.ts";
import { renderJson } from "../server/answer.ts";
import { type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";

const ApiBecause = z
  .object({
    kind: z.enum([
      "same text",
      "similar",
      "excerpt",
      "same id",
      "same title",
      "same event",
      "joined by an editor",
    ]),
    with: z.string().describe("Id of the other article"),
    score: z.number().describe("How similar the two articles are, 0 to 1"),
    terms: z
      .array(z.string())
      .describe("For `same event`: rare words, names and numbers that both articles contain"),
    text: z.string().describe("The reason in words: `similar to ID, 0.91`"),
  })
  .nullable()
  .describe("Why the article is in its story; null for the article that began the story");

const StoryId = z.string().describe("Id of the story; the id of any of its articles works too");
const Representative = z.string().describe("Id of the article that represents the story");

export const ArticleStory = z.object({
  id: StoryId,
  representative: Representative,
  sources: z.int().describe("Number of sources in the story, including the source of this article"),
  articles: z.int(),
  because: ApiBecause,
});

const ApiStory = z.object({
  id: StoryId,
  representative: Representative,
  sources: z.array(z.string()).describe("Ids of the sources"),
  articles: z
    .array(ApiItem.extend({ because: ApiBecause }))
    .describe("The representative first, then by time; copies last. At most 200"),
});

export const storiesRoutes: Routes = (app, { store, answer }) => {
  typed(app).get(
    "/v1/stories/:id",
    {
      summary: "A story: its articles, and why each belongs to it",
      description: "You can use the id of any of its articles. Hidden articles are not included.",
      params: z.object({ id: z.string().max(200) }),
      response: { 200: ApiStory, 404: Problem },
    },
    async (request, reply) =>
      answer(request, reply, "", async ({ sources }) => {
        const articles = await storyOf(store, request.params.id);
        const reasons = await whyInStory(store, articles);
        const shown = articles.map((article) => {
          const because = apiBecause(reasons.get(article._id));
          return { ...apiItem(article, sources.get(article.sourceId)), because };
        });
        const id = articles[0]?.storyId ?? "";
        const sourceIds = [...new Set(articles.map(({ sourceId }) => sourceId))];
        const story = { id, representative: id, sources: sourceIds, articles: shown };
        return renderJson(story, articles);
      }),
  );
};

/**
 * Returns up to 200 articles of the story of article `id`. Throws a 404 problem if that article
 * isn't published.
 */
export async function storyOf(store: Store, id: string): Promise<ListedArticle[]> {
  const [article] = await getStatuses(store, [id]);
  if (article?.status === "published") return readStoryArticles(store, article.storyId);
  throw new ProblemError(404, "unknown-story", `There is no story "${id}".`);
}

/** Returns the story of each article in the format of the API, by article id. */
export async function apiStories(
  store: Store,
  articles: readonly ListedArticle[],
): Promise<Map<string, z.infer<typeof ArticleStory>>> {
  const [counts, reasons] = await Promise.all([
    countStories(
      store,
      articles.map(({ storyId }) => storyId),
    ),
    whyInStory(store, articles),
  ]);
  return new Map(
    articles.map(({ _id, storyId }) => {
      const count = counts.get(storyId);
      const sizes = { sources: count?.sources.size ?? 1, articles: count?.articles ?? 1 };
      const because = apiBecause(reasons.get(_id));
      return [_id, { id: storyId, representative: storyId, ...sizes, because }];
    }),
  );
}

function apiBecause(because: Because | undefined): z.infer<typeof ApiBecause> {
  return because ? { ...because, terms: because.terms ?? [], text: matchText(because) } : null;
}
