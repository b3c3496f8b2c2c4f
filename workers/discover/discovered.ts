import { withoutBuried } from "../../articles/ingest/buried.ts";
import { type Origin, planDiscovery } from "../../articles/ingest/discovery-plan.ts";
import { urlKey } from "../../crawler/links/canonical-url.ts";
import type { Discovery, Lane } from "../../model/crawl/link.ts";
import { ensureHosts, wakeHosts } from "../../store/crawl/hosts.ts";
import { addLinks, knownLinks, planLooks, reviveLinks } from "../../store/crawl/links.ts";
import { countArticleLinks } from "../../store/crawl/run-links.ts";
import { noteProblems } from "../../store/crawl/runs.ts";
import { saveTtl } from "../../store/sources/sources.ts";
import type { Deps } from "../deps.ts";
import { noteHub } from "../websub/named.ts";

/** Stores what an entry point named: links that are due, links that are left out, problems. */
export async function takeDiscovery(
  { store, now }: Deps,
  found: Discovery,
  origin: Omit<Origin, "known" | "taken" | "now"> & {
    /** Whether a host is known, with the source's pace or a slower one. */
    isPaced(host: string): boolean;
  },
): Promise<{
  /** Hosts that have something due now. */
  turns: { host: string; lane: Lane; concurrency: number }[];
  left: number;
  over: number;
  erased: number;
}> {
  const { link, source, run } = origin;
  const { discovery, erased } = await withoutBuried(store, withoutTexts(found));
  const keys = [...discovery.links, ...discovery.skipped]
    .filter(({ url }) => URL.canParse(url))
    .map(({ url }) => urlKey(url));
  const [known, taken] = await Promise.all([
    knownLinks(store, keys),
    countArticleLinks(store, run._id),
  ]);
  const plan = planDiscovery(discovery, { ...origin, known, taken, now: now() });
  const awake = [...plan.due, ...plan.again];
  // What is too old now may be wanted later, by a backfill.
  const old = plan.left.filter(({ reason }) => reason === "too-old");
  const hosts = [...new Set([...awake, ...old].map(({ host }) => host))];

  await ensureHosts(
    store,
    hosts.filter((host) => !origin.isPaced(host)).map((host) => ({ host, ...source.pace })),
  );
  await addLinks(store, [...plan.due, ...plan.left]);
  await reviveLinks(
    store,
    plan.again.map(({ id, ...set }) => {
      return { id, runId: run._id, dueAt: now(), set: { ...set, nextLookAt: null } };
    }),
  );
  await planLooks(store, plan.sooner);
  const { concurrency } = source.pace;
  const turns = [
    ...new Map(
      awake.map(({ host, lane }) => [`${lane} ${host}`, { host, lane, concurrency }]),
    ).values(),
  ];
  await wakeHosts(
    store,
    turns.map(({ host, lane }) => ({ host, lane, at: now() })),
  );
  await noteProblems(store, run._id, plan.problems);
  if (link.kind === "feed" && discovery.ttl !== source.ttl) {
    await saveTtl(store, source._id, discovery.ttl);
  }
  if (link.kind === "feed") await noteHub({ store, now }, source, link, discovery.hub);
  const { left, over } = plan;
  return { turns, left: left.length, over, erased };
}

/** A feed's copy of an article's text isn't kept: the article's own page says what may be. */
function withoutTexts(found: Discovery): Discovery {
  const links = found.links.map((link) => {
    const { contentHtml: _, ...hints } = link.hints;
    return { ...link, hints };
  });
  return { ...found, links };
}
