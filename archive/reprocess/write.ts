import { setTimeout } from "node:timers/promises";
import type { Article } from "../../model/article.ts";
import { getArticles } from "../../store/articles.ts";
import { apply } from "./apply.ts";
import type { Derivation, Planned, ReprocessDeps } from "./plan.ts";

/** Tries when others change the same articles at the same moment. */
const TRIES = 5;
const PAUSE = 20;

/** Writes what was derived; what others changed meanwhile is derived `again`. `resumed`: as in `apply`. */
export async function write(
  deps: Pick<ReprocessDeps, "store" | "timezone" | "now">,
  planned: readonly Planned[],
  { resumed, again }: { resumed: boolean; again(articles: Article[]): Promise<Planned[]> },
): Promise<void> {
  let open = derivationsOf(planned);
  for (let tries = 0; open.length > 0; tries++) {
    if (tries === TRIES) throw new Error("articles keep changing under us; run it again");
    if (tries > 0) await setTimeout(PAUSE * tries);
    const lost = await apply(deps, open, resumed);
    if (lost.length === 0) return;
    open = derivationsOf(await again([...(await getArticles(deps.store, lost)).values()]));
  }
}

function derivationsOf(planned: readonly Planned[]): Derivation[] {
  return planned.flatMap((come) => ("left" in come ? [] : come));
}
