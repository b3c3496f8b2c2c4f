import { ProblemError, unknownName } from "../../model/problem.ts";
import type { Filter } from "../../model/publish/filter.ts";
import { ALL, getDays } from "../../store/publish/days.ts";
import { sourcesById } from "../../store/sources/directory.ts";
import type { Store } from "../../store/store.ts";
import type { PortalConfig } from "../server/config.ts";

/** Ids of sources and topics that somebody names. */
type Named = Pick<Filter, "source" | "topic">;

/** What is known without asking the store. */
interface Known {
  store: Store;
  config: Pick<PortalConfig, "topicNames">;
  sources: ReadonlyMap<string, unknown>;
}

/**
 * Throws a 404 problem that names a source or topic that nobody knows: that none is configured under this id, and no article
 * has it.
 */
export async function requireKnown(
  { store, config, sources }: Known,
  { source = [], topic = [] }: Named,
): Promise<void> {
  const lost = source.filter((id) => !sources.has(id));
  const strange = topic.filter((id) => !Object.hasOwn(config.topicNames, id));
  if (lost.length + strange.length === 0) return;
  // What is remembered may be some seconds old.
  const [fresh, days] = await Promise.all([sourcesById(store), getDays(store, [ALL])]);
  const { bySource, byTopic } = days(ALL);
  const lostNow = lost.find((id) => !fresh.has(id) && !Object.hasOwn(bySource, id));
  if (lostNow !== undefined) throw unknown("source", lostNow, fresh.keys());
  const strangeNow = strange.find((id) => !Object.hasOwn(byTopic, id));
  if (strangeNow === undefined) return;
  throw unknown("topic", strangeNow, [...Object.keys(config.topicNames), ...Object.keys(byTopic)]);
}

function unknown(what: string, id: string, known: Iterable<string>): ProblemError {
  return new ProblemError(404, `unknown-${what}`, unknownName(what, id, new Set(known)));
}
