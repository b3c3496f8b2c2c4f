import { commitArticles } from "../../articles/ingest/commit-articles.ts";
import { writeOf } from "../../articles/publication/decide.ts";
import { restoryArticles } from "../../articles/stories/restory.ts";
import { mendStories } from "../../articles/stories/stories.ts";
import { refreshArticles, writeArticles } from "../../store/articles.ts";
import type { Derivation, ReprocessDeps } from "./plan.ts";

/**
 * Writes what came out otherwise: what readers see as a change of the stream, the rest in silence.
 * Answers the articles that others changed meanwhile: they are to be derived once more. `resumed`
 * says that a process may have ended while it wrote these: what hangs on an article is written again.
 */
export async function apply(
  { store, timezone, now }: Pick<ReprocessDeps, "store" | "timezone" | "now">,
  derivations: readonly Derivation[],
  resumed: boolean,
): Promise<string[]> {
  const differing = derivations.filter(({ differs }) => differs);
  const shown = differing.filter(({ visible }) => visible);
  const pages = (resumed ? derivations : shown).flatMap(({ page }) => page ?? []);
  await commitArticles(store, pages, { timezone, now });
  const writes = shown
    .filter(({ page }) => !page)
    .map(({ before, draft }) => {
      const next = { ...draft, version: before.version + 1 };
      return writeOf(next, before, "updated", now());
    });
  const lost = (await writeArticles(store, writes)).map(({ article }) => article._id);
  await refreshArticles(
    store,
    differing.filter(({ visible }) => !visible).map(({ draft }) => draft),
  );
  // Which article stands for a story hangs on these; a language, on how texts are compared.
  const ranked = derivations.filter(
    ({ before, draft }) =>
      resumed || before.status !== draft.status || before.completeness !== draft.completeness,
  );
  await mendStories(
    store,
    ranked.map(({ before }) => before._id),
    now,
  );
  const translated = shown.filter(
    ({ before, draft, page }) => !page && before.language !== draft.language,
  );
  const retold = translated.map(({ before, draft }) => ({ ...before, ...draft }));
  if (retold.length > 0) await restoryArticles(store, retold, now);
  return lost;
}
