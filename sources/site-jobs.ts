import type { Parser } from "../articles/reading/parser.ts";
import { PRODUCT } from "../config/env.ts";
import type { Logger } from "../config/logger.ts";
import type { Visitor } from "../crawler/visit.ts";
import { ProblemError } from "../model/problem.ts";
import { type Noted, note } from "../store/operations/audit.ts";
import { getSource } from "../store/sources/sources.ts";
import type { Store } from "../store/store.ts";
import { findMoved } from "./discovery/moved.ts";
import { measureRecall } from "./discovery/recall.ts";
import { beginPreview } from "./preview/run.ts";

/** What fetching from a site outside of a run needs, under the pace and leases that all workers share. */
interface SiteAccess {
  visitor: Visitor;
  parser: Parser;
  /** Keys among the given ones of articles that sources already bring. */
  known(keys: string[]): Promise<ReadonlySet<string>>;
}

/** Opens something when it is first asked for; what couldn't be opened is tried anew the next time. */
export function openOnce<Opened>(open: () => Promise<Opened>): () => Promise<Opened> {
  let opened: Promise<Opened> | null = null;
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
}

/** What jobs that fetch from sites need; `openSites` is called when the first one begins. */
export interface SiteJobDeps {
  store: Store;
  now: () => Date;
  log: Logger;
  topics: ReadonlySet<string>;
  openSites: () => Promise<SiteAccess>;
}

/** Who asks for a job and why, as the audit log keeps it. */
interface Author {
  actor: string;
  reason: string;
}

/** Jobs that fetch from a site outside of its runs and go on after they were asked for. */
export interface SiteJobs {
  /** Begins a preview of a site or a declaration in YAML; returns its id. */
  preview(
    what: { home: string; proxy?: string | undefined } | { yaml: string },
    actor: string,
  ): Promise<string>;
  /** Begins to look on a source's site for entry points that are gone; returns what happens, in words. */
  findMoved(sourceId: string, author: Author): Promise<string>;
  /** Begins to ask a source's site which articles were missed; returns what happens, in words. */
  measureRecall(sourceId: string, author: Author): Promise<string>;
}

/** Jobs at once; a site is asked slowly, so that each takes a minute or two. */
const MAX_JOBS = 4;

/** Days that recall is measured over. */
const RECALL_DAYS = 7;

/** Makes the jobs of this process, of which a few run at once. */
export function createSiteJobs({ store, now, log, topics, openSites }: SiteJobDeps): SiteJobs {
  let running = 0;
  const about = { store, product: PRODUCT, now, progress: () => {} };
  /** Begins a job whose result goes into the audit log. */
  const begin = (entry: Omit<Noted, "at">, work: (sites: SiteAccess) => Promise<string>) => {
    if (running >= MAX_JOBS) throw refusal(`${MAX_JOBS} sites are being looked at: wait for one.`);
    running += 1;
    void openSites()
      .then(work)
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
      .then((detail) => note(store, { ...entry, at: now(), detail }))
      .catch((err: unknown) => log.error({ err, ...entry }, "what was found was not kept"))
      .finally(() => (running -= 1));
    return "its site is being looked at; the audit log tells when it is done";
  };
  return {
    async preview(what, actor) {
      if (running >= MAX_JOBS) throw refusal(`${MAX_JOBS} previews are being made: wait for one.`);
      // Counted before anything is waited for: several may be asked for at the same moment.
      running += 1;
      try {
        const { id, work } = await beginPreview(
          { ...(await openSites()), ...about, topics },
          what,
          actor,
        );
        void work()
          .catch((err: unknown) => log.error({ err, previewId: id }, "preview was not kept"))
          .finally(() => (running -= 1));
        return id;
      } catch (error) {
        running -= 1;
        throw error;
      }
    },
    async findMoved(id, author) {
      const source = await getSource(store, id);
      if (!source?.moved?.length) throw refusal("No entry point of this source is gone.");
      return begin({ ...author, action: "source.find", subject: id }, (sites) =>
        findMoved({ ...sites, ...about }, source),
      );
    },
    async measureRecall(id, author) {
      const source = await getSource(store, id);
      if (!source) throw refusal("There is no such source.");
      return begin({ ...author, action: "source.recall", subject: id }, async (sites) => {
        const { stored, published } = await measureRecall(
          { ...sites, ...about },
          source,
          RECALL_DAYS,
        );
        return `${stored} of ${published}`;
      });
    },
  };
}

function refusal(problem: string): ProblemError {
  return new ProblemError(400, "not-possible", problem);
}
