import type { Tombstone } from "../../../model/articles/article.ts";
import { type Body, type Capture, isLost, lostProblem } from "../../../model/crawl/capture.ts";
import { ProblemError, unknownName } from "../../../model/problem.ts";
import { findBody } from "../../../store/archive/bodies.ts";
import { readArticle } from "../../../store/articles/stories.ts";
import { tombstonesOf } from "../../../store/articles/tombstones.ts";
import { addressesOf, type CaptureQuery, getCapture } from "../../../store/crawl/captures.ts";
import { readDirectory } from "../../../store/sources/directory.ts";
import { getSource } from "../../../store/sources/sources.ts";
import type { Store } from "../../../store/store.ts";
import type { CaptureActions } from "../../server/actions.ts";

/** Whose captures are asked for. */
export interface Asked {
  article?: string | undefined;
  url?: string | undefined;
  source?: string | undefined;
}

/** Whose captures those are; throws a problem for what isn't known, and for what was erased. */
export async function ownerOf(
  { store, keysOf }: { store: Store } & Pick<CaptureActions, "keysOf">,
  { article, url, source }: Asked,
): Promise<CaptureQuery["of"]> {
  const named = [article, url, source].filter((value) => value !== undefined);
  if (named.length !== 1) {
    throw new ProblemError(
      400,
      "invalid-request",
      named.length === 0
        ? "Nothing says whose captures: give one of article, url and source."
        : "article, url and source stand for each other: give one of them alone.",
    );
  }
  if (source !== undefined) {
    if (await getSource(store, source)) return { sourceId: source };
    const known = (await readDirectory(store)).map(({ _id }) => _id);
    throw new ProblemError(404, "unknown-source", unknownName("source", source, known));
  }
  const keys = article === undefined ? keysOf(url ?? "") : [article];
  await refuseErased(store, keys);
  if (article === undefined) return { linkIds: keys };
  if (await readArticle(store, article)) return { linkIds: await addressesOf(store, article) };
  throw new ProblemError(404, "unknown-article", `There is no article "${article}".`);
}

/** A capture by its id; throws a problem when there is none, or its page was erased. */
export async function captureOf(store: Store, id: string): Promise<Capture> {
  const capture = await getCapture(store, id);
  if (!capture) {
    const detail = `There is no capture "${id}", or no longer: it was erased, or its keeping time is over.`;
    throw new ProblemError(404, "unknown-capture", detail);
  }
  // One of a turn that was under way when its address was erased goes soon.
  await refuseErased(store, [capture.linkId]);
  return capture;
}

/** The body of a capture; throws a problem that says why there is none. */
export async function bodyOf(store: Store, capture: Capture): Promise<Body> {
  const { bodyId, withheld } = capture;
  if (withheld === "erased") {
    throw new ProblemError(410, "erased", "It held something that was erased, so it went, too.");
  }
  if (withheld) {
    const detail = `The publisher reserves it (${withheld}), so it was never kept.`;
    throw new ProblemError(404, "withheld", detail);
  }
  if (bodyId === null) throw new ProblemError(404, "no-body", "This answer came without a body.");
  const body = await findBody(store, bodyId);
  if (!body) throw new ProblemError(410, "expired", "Its keeping time is over.");
  if (isLost(body)) throw lostProblem(body);
  return body;
}

async function refuseErased(store: Store, keys: string[]): Promise<void> {
  const stones = await tombstonesOf(store, keys);
  const [erased] = [...stones.values()].filter(({ kind }) => kind === "erased");
  if (erased) throw new ProblemError(410, "erased", erasedText(erased));
}

function erasedText({ at, reason }: Tombstone): string {
  return `It was erased on ${at.toISOString().slice(0, 10)}: ${reason}`;
}
