import type { Story } from "../model/story.ts";
import type { Store } from "./store.ts";

export async function getStories(store: Store, ids: string[]): Promise<Map<string, Story>> {
  if (ids.length === 0) return new Map();
  const found = await store.collections.stories.find({ _id: { $in: ids } }).toArray();
  return new Map(found.map((story) => [story._id, story]));
}

/** Takes an article out of its story. */
export async function leaveStory(store: Store, articleId: string, storyId: string): Promise<void> {
  await store.collections.stories.updateOne(
    { _id: storyId },
    { $pull: { articleIds: articleId }, $unset: { [`because.${articleId}`]: "" } },
  );
}

/** Adds articles to stories, each with why; a story that isn't there is made. */
export async function joinStories(
  store: Store,
  joins: { storyId: string; articleIds: string[]; because: Record<string, string> }[],
  now: Date,
): Promise<void> {
  if (joins.length === 0) return;
  await store.collections.stories.bulkWrite(
    joins.map(({ storyId, articleIds, because }) => ({
      updateOne: {
        filter: { _id: storyId },
        update: {
          $addToSet: { articleIds: { $each: articleIds } },
          $set: {
            updatedAt: now,
            ...Object.fromEntries(
              Object.entries(because).map(([id, why]) => [`because.${id}`, why]),
            ),
          },
        },
        upsert: true,
      },
    })),
  );
}
