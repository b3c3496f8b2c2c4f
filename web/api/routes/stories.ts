import { z } from "zod";
import { ProblemError } from "../../../model/problem.ts";
import { getStatuses } from "../../../store/articles/articles.ts";
import type { ListedArticle } from "../../../store/articles/listing.ts";
import { readStoryArticles } from "../../../store/articles/stories.ts";
import type { Store } from "../../../store/store.ts";
import { type Routes, typed } from "../../server/context.ts";
import { Problem } from "../../server/problem.ts";
import { ApiStory, apiStory } from "../story.ts";

/** `GET /v1/stories/{id}`. */
export const storiesRoutes: Routes = (app, { store, answer }) => {
  typed(app).get(
    "/v1/stories/:id",
    {
      schema: {
        summary: "A story: the articles that tell the same, and why each is in it",
        description:
          "The id of any article of the story will do. An article that is shown nowhere else is not shown here.",
        tags: ["articles"],
        params: z.object({ id: z.string().max(200) }),
        response: { 200: ApiStory, 404: Problem },
      },
    },
    async (request, reply) =>
      answer(request, reply, "", async ({ sources }) => {
        const articles = await storyOf(store, request.params.id);
        const story = await apiStory(store, articles, sources);
        return { type: "application/json; charset=utf-8", body: JSON.stringify(story) };
      }),
  );
};

/** The published articles of the story of an article; throws a 404 problem where readers see none. */
export async function storyOf(store: Store, id: string): Promise<ListedArticle[]> {
  const [article] = await getStatuses(store, [id]);
  if (article?.status === "published") return readStoryArticles(store, article.storyId);
  throw new ProblemError(404, "unknown-story", `There is no story "${id}".`);
}
