import type { Logger } from "../../config/logger.ts";
import { RETRY_POLICY } from "../../config/retry-policy.ts";
import { siteOf } from "../../crawler/links/url.ts";
import type { Cached } from "../../lib/async.ts";
import type { Host } from "../../model/crawl/host.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { Cause, GiveUp, RetryLater } from "../../model/crawl/outcome.ts";
import { saveBreaker, wakeHosts } from "../../store/crawl/hosts.ts";
import { revertLinks } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";

/** A failed request. */
interface Suspect {
  url: string;
  /** The host's state before the request. */
  host: Host;
  /** Requests for robots.txt, licences and the like have no attempt. */
  attempt: {
    /** The link as claimed, with this attempt counted. */
    link: Link;
    /** When the failure was recorded. */
    doneAt: Date;
  } | null;
}

/** Detects, for this process, that requests fail because our own network is down. */
export interface Outage {
  /** Returns when to try again (null: now). During an outage, one request runs every 10 s. */
  wait(): Date | null;
  /** Records that a host answered. Any answer shows that the network works. */
  answered(): void;
  /**
   * Records a failure. If our own network is to blame, reverts the recent failures, which then count
   * neither as attempts nor against hosts, and returns true.
   */
  failed(suspect: Suspect, failure: RetryLater | GiveUp): Promise<boolean>;
  /** Explains what is wrong; null while the network works. */
  problem(): string | null;
}

const MIN_FAILED_SITES = 8;
const OUTAGE_WINDOW_MS = 60_000;

const { probeIntervalMs } = RETRY_POLICY.outage;
const OUTAGE_CAUSES = new Set<Cause>(["dns", "connect", "timeout", "reset"]);

interface OutageDeps {
  store: Store;
  hosts: Pick<Cached<unknown>, "forget">;
  now: () => Date;
  random: () => number;
  log: Pick<Logger, "error" | "info">;
}

export function createOutage(deps: OutageDeps): Outage {
  const { now, random, log } = deps;
  let suspects: (Suspect & { at: number })[] = [];
  let since: Date | null = null;
  let why = "";
  let probeAt = 0;

  const recognise = (failure: RetryLater | GiveUp) => {
    const from = now().getTime() - OUTAGE_WINDOW_MS;
    suspects = suspects.filter(({ at }) => at >= from);
    const fine = suspects.filter(({ host }) => host.failures === 0);
    const sites = new Set(fine.map(({ url }) => siteOf(url)));
    if (sites.size < MIN_FAILED_SITES) return;
    since = now();
    probeAt = since.getTime() + probeIntervalMs;
    why = `${sites.size} unrelated sites failed in a row and none answered; the last failed with ${failure.message}`;
    log.error(
      { sites: [...sites], why },
      "our own network is down; failures don't count against sources",
    );
  };

  return {
    wait() {
      if (!since) return null;
      const time = now().getTime();
      if (time < probeAt) return new Date(probeAt + random() * probeIntervalMs);
      probeAt = time + probeIntervalMs;
      return null;
    },
    answered() {
      suspects = [];
      if (!since) return;
      const seconds = Math.round((now().getTime() - since.getTime()) / 1000);
      log.info({ seconds }, "our own network is back");
      since = null;
    },
    async failed(suspect, failure) {
      if (!OUTAGE_CAUSES.has(failure.reason)) return false;
      suspects.push({ ...suspect, at: now().getTime() });
      if (!since) recognise(failure);
      if (!since) return false;
      const blameless = suspects;
      suspects = [];
      await revertFailures(deps, blameless);
      return true;
    },
    problem() {
      return since && `our own network has been down since ${since.toISOString()}: ${why}`;
    },
  };
}

const DETAIL = "our own network was down; the attempt doesn't count";

async function revertFailures(
  { store, hosts, now }: OutageDeps,
  suspects: readonly Suspect[],
): Promise<void> {
  const dueAt = new Date(now().getTime() + RETRY_POLICY.outage.linkDelayMs);
  const failed = suspects.flatMap(({ host, attempt }) => (attempt ? { host, ...attempt } : []));
  await revertLinks(
    store,
    failed.map(({ link, doneAt }) => ({
      id: link._id,
      doneAt,
      set: { state: "due", dueAt, attempts: link.attempts - 1, detail: DETAIL },
    })),
  );
  for (const { host } of failed) {
    const { failures, openUntil, openReason } = host;
    await saveBreaker(store, host._id, { failures, openUntil, openReason });
    hosts.forget(host._id);
  }
  const turns = failed.map(({ link: { host, lane } }) => ({ host, lane, at: dueAt }));
  await wakeHosts(store, turns);
}
