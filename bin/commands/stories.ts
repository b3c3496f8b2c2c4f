import type { Command } from "commander";
import { bondText } from "../../model/story.ts";
import { getStatuses } from "../../store/articles.ts";
import type { Store } from "../../store/store.ts";
import { readStoryMembers, type StoryMember } from "../../store/story-members.ts";
import { rebuildStories } from "../../workers/rebuild-stories.ts";
import { CommandError } from "../exit.ts";
import { onStore } from "../services.ts";
import { plainTable, utc } from "../table.ts";

/** `newsgather stories show | rebuild`. */
export function register(program: Command): void {
  const stories = program.command("stories").description("which articles tell the same, and why");
  stories
    .command("show")
    .description("show the articles of a story and why each is in it")
    .argument("<id>", "a story, or an article of it")
    .option("--json", "print JSON")
    .action(async (id: string, { json }: { json?: true }) => {
      const members = await onStore((store) => membersOf(store, id));
      console.log(json ? JSON.stringify(members, null, 2) : tableOf(members));
    });
  stories
    .command("rebuild")
    .description("decide the stories of a time again by today's rules")
    .requiredOption("--since <date>", "from this day on, e.g. 2026-11-01", dayOf)
    .option("--until <date>", "up to this day, not included", dayOf)
    .option("--json", "print JSON")
    .action(rebuild);
}

async function membersOf(store: Store, id: string): Promise<StoryMember[]> {
  const [article] = await getStatuses(store, [id]);
  const members = article ? await readStoryMembers(store, article.storyId) : [];
  if (members.length === 0) throw new CommandError("failed", `no such story or article: ${id}`);
  return members;
}

function tableOf(members: StoryMember[]): string {
  const rows = members.map(({ _id, sourceId, sortAt, title, status, duplicateOf, bond }) => [
    _id,
    sourceId,
    utc(sortAt),
    title.slice(0, 60),
    status === "published" ? (duplicateOf ? "copy" : "") : status,
    bond ? bondText(bond) : "begins the story",
  ]);
  return plainTable(["article", "source", "at", "title", "", "why"], rows);
}

async function rebuild(options: { since: Date; until?: Date; json?: true }): Promise<void> {
  const { since, until = new Date(Date.now() + 3_600_000), json } = options;
  const now = () => new Date();
  const done = await onStore((store) =>
    rebuildStories(
      store,
      { since, until },
      { now, tell: ({ articles, moved }) => console.error(`${articles} articles, ${moved} moved`) },
    ),
  );
  const { articles, compared, moved, open } = done;
  console.log(
    json
      ? JSON.stringify(done)
      : `${articles} articles, ${compared} compared anew, ${moved} moved, ${open} left to upkeep`,
  );
}

function dayOf(text: string): Date {
  const day = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) {
    throw new CommandError("usage", `${text} is no day: write it as 2026-11-01`);
  }
  return day;
}
