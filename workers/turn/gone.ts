import { goneAgain, goneVerdict } from "../../articles/classify/retraction/gone.ts";
import { skippedSet } from "../../articles/ingest/outcome.ts";
import type { Received } from "../../crawler/http/received.ts";
import type { Skipped } from "../../model/skipped.ts";
import { getHost, noteHostLooks } from "../../store/hosts.ts";
import { planLooks } from "../../store/links.ts";
import { latestOf } from "../../store/story-articles.ts";
import type { TurnDeps } from "../deps.ts";
import { keepCapture } from "./keep-capture.ts";
import type { Look } from "./look.ts";

/** Other articles of a source that are looked at when there is nothing to compare with. */
const PROBES = 3;

/**
 * Deals with a 404 or 410 at the address of an article that is known: it is kept as evidence, looked
 * at again, and the article is taken back once the evidence suffices.
 */
export async function articleGone(
  deps: TurnDeps,
  look: Look,
  received: Received,
  why: Skipped,
): Promise<void> {
  const { link, host } = look;
  const { store } = deps;
  const now = deps.now();
  await noteHostLooks(store, [{ host: host._id, linkId: link._id, gone: true, at: now }]);
  const gone = goneAgain(link.gone, now);
  const looks = (await getHost(store, host._id))?.looks ?? [];
  const verdict = goneVerdict(link._id, gone, looks);
  if (!verdict.retract && verdict.why === "nothing to compare") {
    const others = await latestOf(store, link.sourceId, now, PROBES + 1);
    const probes = others.filter((id) => id !== link.articleId).slice(0, PROBES);
    await planLooks(
      store,
      probes.map((_id) => ({ _id, at: now })),
    );
  }
  const detail = verdict.retract ? verdict.because : `${why.detail}; ${verdict.why}`;
  const set = { ...skippedSet({ ...why, detail }), gone, nextLookAt: verdict.again };
  const retraction = verdict.retract && { by: "gone" as const, because: verdict.because };
  await keepCapture(deps, look, received, set, retraction ? { retraction } : {});
}
