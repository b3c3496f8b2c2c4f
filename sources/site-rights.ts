import { PRODUCT } from "../config/env.ts";
import { hostRights, pageSignals } from "../crawler/rights/page-signals.ts";
import { listEntryPoints } from "../model/crawl/entry-points.ts";
import type { SourceRecord } from "../model/sources/source.ts";
import {
  termsOf,
  type UsageSignal,
  type UsageTerms,
  withoutConsented,
} from "../model/usage-rights.ts";
import { getHosts } from "../store/crawl/hosts.ts";
import type { Store } from "../store/store.ts";

/**
 * Returns the rights that the hosts of a source's entry points declare, as last fetched. `signals`
 * are all signals, even those that deny a use to which the publisher consented.
 */
export async function readSiteRights(
  store: Store,
  source: SourceRecord,
): Promise<{ rights: UsageTerms | null; signals: UsageSignal[] }> {
  const sites = [...new Set(listEntryPoints(source).map(({ url }) => new URL("/", url).href))];
  const ids = sites.map((url) => new URL(url).host);
  const hosts = await getHosts(store, ids);
  const signals = sites.flatMap((url) => {
    const files = hosts.get(new URL(url).host);
    if (!files) return [];
    const host = hostRights(files, PRODUCT, url);
    const seenAt = files.robots?.fetchedAt ?? new Date(0);
    return pageSignals({ url, product: PRODUCT, seenAt, headers: {}, host });
  });
  return { rights: termsOf(withoutConsented(signals, source.rights.consent?.to ?? [])), signals };
}
