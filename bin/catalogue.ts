import type { Command } from "commander";

/** Adds a command to the program; its action throws `CommandError` to end with an exit code. */
export type Register = (program: Command) => void;

/** A command: what it does in a line, and its module, which is loaded only when it is asked for. */
export interface Entry {
  about: string;
  load: () => Promise<{ register: Register }>;
}

/** Every command by the people who use it, in the order of --help. */
export const GROUPS: Record<string, Record<string, Entry>> = {
  Run: {
    demo: {
      about: "try the product on a sample world",
      load: () => import("./commands/run/demo.ts"),
    },
    start: {
      about: "fetch day and night; serve portal, API and admin",
      load: () => import("./commands/run/start.ts"),
    },
    run: { about: "fetch what is due, then end", load: () => import("./commands/run/run.ts") },
    status: {
      about: "show what runs, what is due and what failed",
      load: () => import("./commands/run/status.ts"),
    },
    top: { about: "the same as a live view", load: () => import("./commands/run/top.ts") },
    doctor: {
      about: "check machine, services and settings",
      load: () => import("./commands/run/doctor.ts"),
    },
  },
  Sources: {
    discover: {
      about: "find the feeds, sitemaps and lists of a site",
      load: () => import("./commands/sources/discover.ts"),
    },
    sources: {
      about: "list, check, preview, change and apply sources",
      load: () => import("./commands/sources/sources.ts"),
    },
    try: {
      about: "fetch a page; show its fields and their rules",
      load: () => import("./commands/sources/try.ts"),
    },
    fetch: {
      about: "fetch a URL as the pipeline does; print what came",
      load: () => import("./commands/sources/fetch.ts"),
    },
    why: {
      about: "explain why a URL is on the portal or not",
      load: () => import("./commands/sources/why.ts"),
    },
    health: {
      about: "show sources that fail, why, and what to do",
      load: () => import("./commands/sources/health.ts"),
    },
    hosts: {
      about: "show hosts that fail, or all about one",
      load: () => import("./commands/sources/hosts.ts"),
    },
    "dead-letters": {
      about: "list links that were given up; fetch them again",
      load: () => import("./commands/sources/dead-letters.ts"),
    },
    schedule: {
      about: "show when sources are fetched next",
      load: () => import("./commands/sources/schedule.ts"),
    },
    backfill: {
      about: "fetch what a first run left out as too old",
      load: () => import("./commands/sources/backfill.ts"),
    },
    recall: {
      about: "show which articles of a source were missed",
      load: () => import("./commands/sources/recall.ts"),
    },
    websub: {
      about: "show which hubs push news to us",
      load: () => import("./commands/sources/websub.ts"),
    },
  },
  Content: {
    article: {
      about: "show, edit, publish and retract articles",
      load: () => import("./commands/content/article.ts"),
    },
    unlisted: {
      about: "show articles that are not published, and why",
      load: () => import("./commands/content/unlisted.ts"),
    },
    topics: {
      about: "explain and correct the topics of articles",
      load: () => import("./commands/content/topics.ts"),
    },
    stories: {
      about: "show, split and join articles that tell the same",
      load: () => import("./commands/content/stories.ts"),
    },
    search: {
      about: "search the text of articles",
      load: () => import("./commands/content/search.ts"),
    },
    searches: {
      about: "list, save and remove saved searches",
      load: () => import("./commands/content/searches.ts"),
    },
    "search-index": {
      about: "show, update and rebuild the search index",
      load: () => import("./commands/content/search-index.ts"),
    },
  },
  Publish: {
    views: {
      about: "manage saved queries: a page, feed and stream each",
      load: () => import("./commands/publish/views.ts"),
    },
    consumers: {
      about: "manage named readers of the change stream",
      load: () => import("./commands/publish/consumers.ts"),
    },
    webhooks: {
      about: "manage URLs that are told of changes",
      load: () => import("./commands/publish/webhooks.ts"),
    },
    keys: { about: "manage keys for programs", load: () => import("./commands/publish/keys.ts") },
    "signing-keys": {
      about: "create and rotate the keys that sign requests",
      load: () => import("./commands/publish/signing-keys.ts"),
    },
    users: { about: "manage who may log in", load: () => import("./commands/publish/users.ts") },
  },
  Archive: {
    export: {
      about: "write articles or responses into files",
      load: () => import("./commands/archive/export.ts"),
    },
    query: {
      about: "ask the archive with SQL, by DuckDB",
      load: () => import("./commands/archive/query.ts"),
    },
    statistics: {
      about: "show volume, latency and coverage over days",
      load: () => import("./commands/archive/statistics.ts"),
    },
    storage: {
      about: "show what responses take, by source or day",
      load: () => import("./commands/archive/storage.ts"),
    },
    archive: {
      about: "move old responses to another tier; check them",
      load: () => import("./commands/archive/archive.ts"),
    },
    import: {
      about: "read WARC and WACZ files into the archive",
      load: () => import("./commands/archive/import.ts"),
    },
    reprocess: {
      about: "derive stored articles again by today's rules",
      load: () => import("./commands/archive/reprocess.ts"),
    },
    extract: {
      about: "extract fields from saved pages",
      load: () => import("./commands/archive/extract.ts"),
    },
  },
  Maintain: {
    alarms: {
      about: "show open alarms; test how operators are told",
      load: () => import("./commands/maintain/alarms.ts"),
    },
    backup: {
      about: "write the whole store into one file",
      load: () => import("./commands/maintain/backup.ts"),
    },
    restore: {
      about: "fill an empty store from a backup",
      load: () => import("./commands/maintain/restore.ts"),
    },
    erase: {
      about: "erase an article, URL or person for good",
      load: () => import("./commands/maintain/erase.ts"),
    },
    audit: {
      about: "show who did what, when and why",
      load: () => import("./commands/maintain/audit.ts"),
    },
    robots: {
      about: "answer robots.txt cases in bulk",
      load: () => import("./commands/maintain/robots.ts"),
    },
  },
};

/** The same by name. */
export const COMMANDS: Readonly<Record<string, Entry>> = Object.assign(
  {},
  ...Object.values(GROUPS),
);
