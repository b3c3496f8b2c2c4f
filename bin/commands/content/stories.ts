import type { Command } from "@commander-js/extra-typings";
import { type CorrectionOutcome, undoCorrection } from "../../../articles/editorial/correct.ts";
import { whyFirst } from "../../../articles/matching/cluster.ts";
import {
  joinStories,
  type StoryOutcome,
  splitStory,
} from "../../../articles/stories/corrections.ts";
import { CommandError } from "../../../lib/exit.ts";
import { type Correction, decisionText } from "../../../model/articles/correction.ts";
import { matchText } from "../../../model/articles/story.ts";
import { getStatuses } from "../../../store/articles/articles.ts";
import { readStoryMembers, type StoryMember } from "../../../store/articles/stories.ts";
import type { Store } from "../../../store/store.ts";
import { cliActor } from "../../actor.ts";
import { articleIdOf, articleIdsOf, requireCorrection } from "../../known.ts";
import { plainTable, print, utc } from "../../output.ts";
import { onStore } from "../../services/use.ts";

export function register(program: Command): void {
  const stories = program.command("stories").description("show, split and join stories");
  stories
    .command("show")
    .description("show the articles of a story, and why each belongs to it")
    .argument("<article>", "id or URL of an article, or id of its story")
    .option("--json", "print JSON")
    .action(async (id, { json }) => {
      const members = await onStore((store) => membersOf(store, id));
      print(members, json, tableOf);
      if (!json) console.error(`the first article represents the story; ${whyFirst(members)}`);
    });
  stories
    .command("split")
    .description("separate an article from its story permanently")
    .argument("<article>", "id or URL of the article")
    .requiredOption("--reason <text>", "why")
    .action((word, { reason }) =>
      saveCorrection(async (store) => {
        const request = { articleId: await articleIdOf(store, word), actor: cliActor(), reason };
        return splitStory(store, request, () => new Date());
      }),
    );
  stories
    .command("join")
    .description("join the stories of two articles permanently")
    .argument("<article>", "id or URL of the article")
    .argument("<other>", "id or URL of an article of the other story")
    .requiredOption("--reason <text>", "why")
    .action((word, otherWord, { reason }) =>
      saveCorrection(async (store) => {
        const [articleId = word, other = otherWord] = await articleIdsOf(store, [word, otherWord]);
        return joinStories(
          store,
          { articleId, other, actor: cliActor(), reason },
          () => new Date(),
        );
      }),
    );
  stories
    .command("undo")
    .description("undo a split or join; the rules decide again")
    .argument("<correction>", "id of the correction, as split and join print it")
    .requiredOption("--reason <text>", "why")
    .action(undo);
}

async function membersOf(store: Store, word: string): Promise<StoryMember[]> {
  // A story has the id of its first article.
  const [article] = await getStatuses(store, [await articleIdOf(store, word)]);
  const members = article ? await readStoryMembers(store, article.storyId) : [];
  if (members.length === 0) throw new CommandError("usage", `there is no article "${word}"`);
  return members;
}

function tableOf(members: StoryMember[]): string {
  const rows = members.map(
    ({ _id, sourceId, sortAt, title, status, duplicateOf, match, words }) => [
      _id,
      sourceId,
      utc(sortAt),
      title,
      status === "published" ? (duplicateOf ? "copy" : "") : status,
      [match ? matchText(match) : "begins the story", ...words.map(correctionText)].join("\n"),
    ],
  );
  return plainTable(["article", "source", "at", "title", "", "why"], rows);
}

function correctionText({ _id, word, actor, reason }: Correction): string {
  return `${decisionText(word)}, by ${actor}: ${reason} (correction ${_id})`;
}

/** Undoes a correction of an article or a story, and prints the correction's id. */
export function undo(id: string, { reason }: { reason: string }): Promise<void> {
  return saveCorrection(async (store) => {
    await requireCorrection(store, id);
    return undoCorrection(store, { id, actor: cliActor(), reason }, new Date());
  });
}

/** Runs `act`, which stores or undoes a correction, and prints the correction's id. */
export async function saveCorrection(
  act: (store: Store) => Promise<StoryOutcome | CorrectionOutcome>,
): Promise<void> {
  const outcome = await onStore(act);
  if ("problem" in outcome) throw new CommandError("usage", outcome.problem);
  const { correction } = outcome;
  console.log(correction._id);
  const moved = "moved" in outcome ? outcome.moved > 0 : outcome.changed;
  const seen = moved ? "readers get an update" : "nothing changes for readers";
  console.error(`${correction.undone ? "undone" : "saved"}; ${seen}`);
}
