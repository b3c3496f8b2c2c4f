import { decodeText } from "../../crawler/http/charset.ts";
import type { Received } from "../../crawler/http/received.ts";
import { urlKey } from "../../crawler/links/canonical-url.ts";
import { entryPoints } from "../../crawler/links/entry-points.ts";
import { leftOut, offSite } from "../../crawler/links/filter.ts";
import { bothRights, type HostRights, hostRights } from "../../crawler/rights/page-signals.ts";
import { refusalBy, robotsCopy } from "../../crawler/robots/policy.ts";
import { TDM_PATH, tdmCopy } from "../../crawler/robots/tdmrep.ts";
import { setBounded } from "../../lib/cache.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Host, RobotsCopy, TdmCopy } from "../../model/crawl/host.ts";
import type { Skipped } from "../../model/crawl/skipped.ts";
import type { SourceRecord } from "../../model/sources/source.ts";

const MAX_HOSTS = 10_000;

/** Assigns URLs to sources, and determines what the hosts of the URLs allow. */
export interface Ground {
  sourceOf(url: string): SourceRecord | null;
  kindOf(url: string, source: SourceRecord): Capture["kind"];
  refusal(url: string, source: SourceRecord, host: Host | null): Skipped | null;
  /** Returns the rights from a host's files, both those stored here and those in the archive. */
  rightsOf(url: string, host: Host | null): HostRights;
  /** Records a host's robots.txt or tdmrep.json found in the archive. */
  hear(received: Received): void;
}

/** Returns a `Ground` that assigns each URL to its site's source, or all to `onlySource`. */
export function createGround(
  sources: readonly SourceRecord[],
  { onlySource, product }: { onlySource: SourceRecord | null; product: string },
): Ground {
  const bySite = new Map<string, SourceRecord[]>();
  const files = new Map<string, { robots?: RobotsCopy; tdm?: TdmCopy }>();
  const entries = new Map<string, Map<string, Capture["kind"]>>();

  return {
    sourceOf(url) {
      if (onlySource) return onlySource;
      const { origin } = new URL(url);
      const known = bySite.get(origin) ?? sources.filter((source) => !offSite(url, source));
      setBounded(bySite, origin, known, MAX_HOSTS);
      return known.find((source) => !leftOut(url, source)) ?? known[0] ?? null;
    },
    kindOf(url, source) {
      const { pathname } = new URL(url);
      if (pathname === "/robots.txt") return "robots";
      if (pathname === TDM_PATH) return "tdmrep";
      const known =
        entries.get(source._id) ??
        new Map(entryPoints(source).map((one) => [urlKey(one.url), one.kind]));
      entries.set(source._id, known);
      return known.get(urlKey(url)) ?? "article";
    },
    refusal(url, source, host) {
      const { host: name, hostname } = new URL(url);
      const scope = onlySource
        ? { ...source, allowHosts: [...source.allowHosts, hostname] }
        : source;
      const out = leftOut(url, scope);
      if (out) return { skipped: out.reason, detail: out.detail };
      if (source.ignoreRobots) return null;
      for (const copy of [host?.robots, files.get(name)?.robots]) {
        const refused = copy ? refusalBy(copy, product, url) : null;
        if (refused?.skipped === "robots") return refused;
      }
      return null;
    },
    rightsOf(url, host) {
      const fromFiles = files.get(new URL(url).host) ?? {};
      return bothRights(hostRights(host ?? {}, product, url), hostRights(fromFiles, product, url));
    },
    hear(received) {
      const { host, pathname } = new URL(received.url);
      const { status, decoded, headers, startedAt } = received;
      const answer = { status, text: decodeText(decoded, headers["content-type"]).text };
      const before = files.get(host) ?? {};
      const now =
        pathname === TDM_PATH
          ? { tdm: tdmCopy(answer, before.tdm ?? null, startedAt) }
          : { robots: robotsCopy(answer, before.robots ?? null, startedAt) };
      setBounded(files, host, { ...before, ...now }, MAX_HOSTS);
    },
  };
}
