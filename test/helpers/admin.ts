import type { SiteJobs } from "../../sources/site-jobs.ts";
import type { Store } from "../../store/store.ts";
import type { AdminDeps, PageDeps } from "../../web/admin/page.ts";
import { PORTAL_NOW } from "./portal.ts";

const refuse = () => Promise.reject(new Error("this test asks no site"));

/** Site jobs that always refuse. */
export const NO_SITES: SiteJobs = {
  preview: refuse,
  findMoved: refuse,
  probe: refuse,
  probeNext: refuse,
};

/** Queues that refuse every job. */
export const NO_QUEUES = { add: refuse };

/** Returns the dependencies of the admin for a store. By default there are no queues, topics and source files. */
export function makeAdminDeps(store: Store, overrides: Partial<AdminDeps> = {}): AdminDeps {
  return {
    store,
    baseUrl: "http://portal.example",
    timezone: "Europe/Berlin",
    now: () => PORTAL_NOW,
    sourcesDir: "/nowhere",
    topics: [],
    producer: { ...NO_QUEUES, counts: refuse, queues: () => [] },
    sites: NO_SITES,
    openParser: refuse,
    webhooks: { test: refuse },
    translator: null,
    installation: {
      settings: () => Promise.resolve([]),
      about: () => Promise.resolve({ versions: {}, licence: "MIT", attribution: "" }),
    },
    findUrgentProblems: () => Promise.resolve([]),
    checks: () => Promise.resolve([]),
    ...overrides,
  };
}

/** Returns the dependencies of a page, with nothing that needs attention. */
export function makePageDeps(store: Store, overrides: Partial<AdminDeps> = {}): PageDeps {
  return {
    ...makeAdminDeps(store, overrides),
    countAttention: () => Promise.resolve(new Map()),
    admit: () => undefined,
    closing: new AbortController().signal,
  };
}
