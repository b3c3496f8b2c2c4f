import type { Parser } from "../articles/reading/parser.ts";
import { PRODUCT } from "../config/env.ts";
import type { Logger } from "../config/logger.ts";
import type { Author } from "../model/operations/audit.ts";
import { notPossible } from "../model/problem.ts";
import { isPaused } from "../model/sources/source.ts";
import type { Producer } from "../queues/producer.ts";
import { previewQueue } from "../queues/queues.ts";
import { type Noted, runAuditedWork } from "../store/operations/audit.ts";
import { takeDueProbe } from "../store/sources/coverage.ts";
import { getSource } from "../store/sources/sources.ts";
import type { Store } from "../store/store.ts";
import { probeSite } from "./coverage/probe.ts";
import { findMoved } from "./discovery/moved.ts";
import { beginPreview, type PreviewRequest, type PreviewStoreDeps } from "./preview/run.ts";

/** What fetches and reads single URLs, at the pace that all workers share. */
type SiteAccess = Pick<PreviewStoreDeps, "visitor" | "known"> & { parser: Parser };

export interface SiteJobDeps {
  store: Store;
  now: () => Date;
  log: Logger;
  topics: ReadonlySet<string>;
  producer: Pick<Producer, "add">;
  openSites: () => Promise<SiteAccess>;
}

/**
 * Starts jobs that fetch a site's pages without a crawl run. Only `probeNext` waits until its job
 * ends.
 */
export interface SiteJobs {
  preview(what: PreviewRequest, actor: string): Promise<string>;
  /** Starts a search for new URLs of missing entry points; returns a message for the operator. */
  findMoved(sourceId: string, author: Author): Promise<string>;
  /** Starts a search for articles that entry points missed; returns a message for the operator. */
  probe(sourceId: string, author: Author): Promise<string>;
  /**
   * Probes the next due source, and makes it due again in `every` ms. Returns the source's id, even
   * if the probe was skipped; null if no source is due.
   */
  probeNext(every: number): Promise<string | null>;
}

/** Maximum number of jobs at once in one process, not counting `probeNext`. */
export const MAX_SITE_JOBS = 4;

/** Returns the jobs. While `MAX_SITE_JOBS` run, all but `probeNext` throw a `ProblemError`. */
export function createSiteJobs(deps: SiteJobDeps): SiteJobs {
  const { store, now, log, topics, producer, openSites } = deps;
  const render = { ask: (previewId: string) => producer.add(previewQueue, [{ previewId }]) };
  let running = 0;
  const about = { store, product: PRODUCT, now, progress: () => {} };
  const beginJob = () => {
    if (running >= MAX_SITE_JOBS)
      throw notPossible(
        `${MAX_SITE_JOBS} sites are being checked or previewed. Wait until one is done.`,
      );
    running += 1;
    return () => void (running -= 1);
  };
  const begin = (entry: Omit<Noted, "at">, work: (sites: SiteAccess) => Promise<string>) => {
    const end = beginJob();
    const check = async () => work(await openSites());
    void runAuditedWork(store, entry, entry, check, (detail) => detail)
      .catch((err: unknown) =>
        log.error({ err, ...entry }, "a check of a site failed, or its result can't be stored"),
      )
      .finally(end);
    return "the site is being checked; the audit log will show the result";
  };
  return {
    async preview(what, actor) {
      // Begun before any await, because several can be requested at the same moment.
      const end = beginJob();
      try {
        const previewing = { ...(await openSites()), ...about, topics, render };
        const { id, work } = await beginPreview(previewing, what, actor);
        void work()
          .catch((err: unknown) => log.error({ err, previewId: id }, "can't store the preview"))
          .finally(end);
        return id;
      } catch (error) {
        end();
        throw error;
      }
    },
    async findMoved(id, author) {
      const source = await getSource(store, id);
      if (!source) throw notPossible("There is no such source.");
      if (!source.moved?.length)
        throw notPossible("No entry point of this source is known to be gone.");
      return begin({ ...author, action: "source.find", subject: id }, (sites) =>
        findMoved({ ...sites, ...about }, source),
      );
    },
    async probe(id, author) {
      const source = await getSource(store, id);
      if (!source) throw notPossible("There is no such source.");
      if (!source.active)
        throw notPossible("The source is retired. Restore a version of it first.");
      if (isPaused(source, now()))
        throw notPossible("The source is paused. Resume the source first.");
      return begin({ ...author, action: "source.probe", subject: id }, async (sites) => {
        const coverage = await probeSite({ ...sites, ...about }, source);
        return coverage
          ? `missing articles: ${coverage.gaps.length}`
          : "the coverage of the source isn't counted yet: try again in a minute";
      });
    },
    async probeNext(every) {
      const taken = await takeDueProbe(store, now(), new Date(now().getTime() + every));
      const source = taken && (await getSource(store, taken._id));
      if (!taken || !source?.active || isPaused(source, now()) || !source.lastSuccessAt)
        return taken?._id ?? null;
      await probeSite({ ...(await openSites()), ...about }, source);
      return taken._id;
    },
  };
}
