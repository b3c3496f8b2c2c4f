import { isDeepStrictEqual } from "node:util";
import type { Fingerprint, FingerprintKey } from "../../model/articles/fingerprint.ts";
import {
  getFingerprints,
  similarFingerprints,
  storyFingerprints,
} from "../../store/articles/fingerprints.ts";
import type { Store } from "../../store/store.ts";
import { apartFrom, clusterOf, isBefore, matchOf, mayMove } from "../matching/cluster.ts";
import { probeKeys } from "../matching/fingerprint.ts";

/** Maximum number of clusters to decide in one call. The upkeep job decides the rest. */
const MAX_DECIDED_CLUSTERS = 400;

export interface Reclustering {
  decided: Map<string, Fingerprint>;
  /** Ids of articles outside `seeds` whose cluster changed, because it depended on a seed. */
  followed: Set<string>;
  /** Ids of the stories of the decided articles, both previous and new. */
  stories: Set<string>;
  /** Ids of decided articles that match an earlier article which another process is placing. */
  unsure: Set<string>;
  /** Ids of undecided articles: another process is placing them, or there were too many. */
  left: Set<string>;
}

/**
 * Decides the clusters of `seeds` and of all later articles that depend on them, earliest first.
 * Each is decided once, because a cluster depends only on earlier articles.
 */
export async function recluster(
  store: Store,
  seeds: readonly Fingerprint[],
): Promise<Reclustering> {
  const graph = openGraph(store, seeds);
  const result: Reclustering = {
    decided: new Map(),
    followed: new Set(),
    stories: new Set(),
    unsure: new Set(),
    left: new Set(),
  };
  const ids = new Set(seeds.map(({ _id }) => _id));
  const open = new Map(seeds.map((seed) => [seed._id, seed]));
  for (const each of await graph.followersOf(seeds)) open.set(each._id, each);
  while (open.size > 0) {
    await graph.expand([...open.values()]);
    for (let next = first(open); next && graph.isExpanded(next); next = first(open)) {
      open.delete(next._id);
      if (result.decided.size >= MAX_DECIDED_CLUSTERS) result.left.add(next._id);
      else for (const each of decide(next)) open.set(each._id, each);
    }
  }
  return result;

  /**
   * Decides an article's cluster. Returns the later articles to decide again, except those that
   * another process is placing.
   */
  function decide(own: Fingerprint): Fingerprint[] {
    const neighbours = graph.neighboursOf(own);
    const cluster = clusterOf(own, { neighbours, get: graph.get });
    const print = { ...own, cluster };
    graph.put(print);
    result.decided.set(own._id, print);
    for (const each of [own.cluster?.story, cluster.story]) if (each) result.stories.add(each);
    if (neighbours.some((each) => isPending(each) && isBefore(each, own) && matchOf(own, each))) {
      result.unsure.add(own._id);
    }
    if (!ids.has(own._id)) {
      if (isDeepStrictEqual(own.cluster, cluster)) return [];
      result.followed.add(own._id);
    }
    const touched = neighbours.filter(
      (each) => isBefore(own, each) && mayMove(each, own, graph.get),
    );
    for (const each of touched.filter(isPending)) result.left.add(each._id);
    return touched.filter((each) => !isPending(each));
  }

  function isPending({ _id, cluster }: Fingerprint): boolean {
    return !cluster && !ids.has(_id);
  }
}

function first(open: Map<string, Fingerprint>): Fingerprint | undefined {
  let earliest: Fingerprint | undefined;
  for (const each of open.values()) if (!earliest || isBefore(each, earliest)) earliest = each;
  return earliest;
}

function openGraph(store: Store, seeds: readonly Fingerprint[]) {
  const prints = new Map<string, Fingerprint>();
  const byKey = new Map<FingerprintKey, string[]>();
  const probes = new Map<string, readonly FingerprintKey[]>();
  const add = (print: Fingerprint) => {
    if (prints.has(print._id)) return;
    put(print);
    for (const key of print.keys) byKey.get(key)?.push(print._id);
  };
  const put = (print: Fingerprint) => void prints.set(print._id, print);
  const open = (keys: ReadonlySet<FingerprintKey>) => {
    for (const key of keys) byKey.set(key, []);
    for (const { _id, keys: own } of prints.values()) {
      for (const key of own) if (keys.has(key)) byKey.get(key)?.push(_id);
    }
  };
  seeds.forEach(add);

  return {
    put,
    get: (id: string) => prints.get(id),
    isExpanded: ({ _id }: Fingerprint) => probes.has(_id),

    /**
     * Reads all articles that share a key with an article in `seen`, or that editors keep apart
     * from such an article. For each article that shares a key, also reads the earliest article
     * with the same text and the earliest of the same story.
     */
    async expand(seen: readonly Fingerprint[]): Promise<void> {
      const fresh = seen.filter(({ _id }) => !probes.has(_id));
      if (fresh.length === 0) return;
      for (const each of fresh) probes.set(each._id, probeKeys(each));
      const keys = new Set(fresh.flatMap(({ _id }) => probes.get(_id) ?? []));
      open(new Set([...keys].filter((key) => !byKey.has(key))));
      const found = await similarFingerprints(store, [...keys]);
      found.forEach(add);
      await this.read(fresh.flatMap(apartFrom));
      await this.read(
        found.flatMap(({ cluster }) => (cluster ? [cluster.origin, cluster.story] : [])),
      );
    },

    async read(ids: readonly string[]): Promise<void> {
      const missing = new Set(ids.filter((id) => !prints.has(id)));
      for (const print of (await getFingerprints(store, [...missing])).values()) add(print);
    },

    neighboursOf(own: Fingerprint): Fingerprint[] {
      const ids = new Set(apartFrom(own));
      for (const key of probes.get(own._id) ?? [])
        for (const id of byKey.get(key) ?? []) ids.add(id);
      ids.delete(own._id);
      return [...ids].flatMap((id) => prints.get(id) ?? []);
    },

    /** Returns the other articles that copy one of `heads`, or whose story one of `heads` began. */
    async followersOf(heads: readonly Fingerprint[]): Promise<Fingerprint[]> {
      const ids = new Set(heads.map(({ _id }) => _id));
      const stories = new Set(heads.flatMap(({ cluster }) => cluster?.story ?? []));
      const members = await storyFingerprints(store, [...stories]);
      members.forEach(add);
      return members.filter(
        ({ _id, cluster }) =>
          !ids.has(_id) && cluster && (ids.has(cluster.origin) || ids.has(cluster.story)),
      );
    },
  };
}
