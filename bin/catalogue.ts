import type { Command } from "commander";

/**
 * Adds a command to the program. The command's action throws `CommandError` to end with an exit
 * code.
 */
type Register = (program: Command) => void;

export interface Entry {
  about: string;
  load: () => Promise<{ register: Register }>;
}

/** All commands by group, in the order of --help. */
export const GROUPS: Record<string, Record<string, Entry>> = {
  Run: {
    demo: {
      about: "try Newsgather on sample news sites, on this machine only",
      load: () => import("./commands/run/demo.ts"),
    },
    start: {
      about: "watch sources continuously; serve portal, API and admin",
      load: () => import("./commands/run/start.ts"),
    },
    run: { about: "fetch what is due, then end", load: () => import("./commands/run/run.ts") },
    status: {
      about: "show what runs, what is due and what failed",
      load: () => import("./commands/run/status.ts"),
    },
    top: { about: "show the status as a live view", load: () => import("./commands/run/top.ts") },
    doctor: {
      about: "check machine, services and settings",
      load: () => import("./commands/run/doctor.ts"),
    },
  },
  Sources: {
    discover: {
      about: "find the feeds, sitemaps and listings of a site",
      load: () => import("./commands/sources/discover.ts"),
    },
    sources: {
      about: "list, check, preview, change and apply sources",
      load: () => import("./commands/sources/sources.ts"),
    },
    try: {
      about: "fetch a page; show its fields, each with its rule",
      load: () => import("./commands/sources/try.ts"),
    },
    fetch: {
      about: "fetch a URL as a run does; print the response",
      load: () => import("./commands/sources/fetch.ts"),
    },
    why: {
      about: "explain why a URL is or isn't on the portal",
      load: () => import("./commands/sources/why.ts"),
    },
    health: {
      about: "show sources that fail, why, and what to do",
      load: () => import("./commands/sources/health.ts"),
    },
    hosts: {
      about: "show failing hosts, or one host in detail",
      load: () => import("./commands/sources/hosts.ts"),
    },
    "dead-letters": {
      about: "list or retry links that Newsgather gave up on",
      load: () => import("./commands/sources/dead-letters.ts"),
    },
    schedule: {
      about: "show when sources are fetched next",
      load: () => import("./commands/sources/schedule.ts"),
    },
    backfill: {
      about: "fetch articles that a first run skipped as too old",
      load: () => import("./commands/sources/backfill.ts"),
    },
    coverage: {
      about: "show which announced articles are missing, and why",
      load: () => import("./commands/sources/coverage.ts"),
    },
    websub: {
      about: "show the WebSub hubs that push news",
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
      about: "show, split and join stories (articles on one event)",
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
      about: "manage saved queries, each with page, feed and stream",
      load: () => import("./commands/publish/views.ts"),
    },
    consumers: {
      about: "manage named readers of the change stream",
      load: () => import("./commands/publish/consumers.ts"),
    },
    webhooks: {
      about: "manage URLs that receive changes",
      load: () => import("./commands/publish/webhooks.ts"),
    },
    keys: { about: "manage keys for programs", load: () => import("./commands/publish/keys.ts") },
    "signing-keys": {
      about: "create and rotate the keys that sign requests",
      load: () => import("./commands/publish/signing-keys.ts"),
    },
    users: {
      about: "manage the users of the admin",
      load: () => import("./commands/publish/users.ts"),
    },
  },
  Archive: {
    export: {
      about: "write articles or responses to files",
      load: () => import("./commands/archive/export.ts"),
    },
    query: {
      about: "query the archive with SQL (DuckDB)",
      load: () => import("./commands/archive/query.ts"),
    },
    statistics: {
      about: "show volume, latency and coverage over days",
      load: () => import("./commands/archive/statistics.ts"),
    },
    storage: {
      about: "show the disk space that responses take up",
      load: () => import("./commands/archive/storage.ts"),
    },
    archive: {
      about: "move old responses to other storage; check all responses",
      load: () => import("./commands/archive/archive.ts"),
    },
    import: {
      about: "import WARC and WACZ files into the archive",
      load: () => import("./commands/archive/import.ts"),
    },
    reprocess: {
      about: "apply the current rules to stored articles",
      load: () => import("./commands/archive/reprocess.ts"),
    },
    extract: {
      about: "extract fields from saved pages",
      load: () => import("./commands/archive/extract.ts"),
    },
  },
  Maintain: {
    alarms: {
      about: "show open alarms; send a test message",
      load: () => import("./commands/maintain/alarms.ts"),
    },
    backup: {
      about: "write the whole store to one file",
      load: () => import("./commands/maintain/backup.ts"),
    },
    restore: {
      about: "restore a backup into an empty store",
      load: () => import("./commands/maintain/restore.ts"),
    },
    erase: {
      about: "erase an article, URL or person permanently",
      load: () => import("./commands/maintain/erase.ts"),
    },
    audit: {
      about: "show who did what, when and why",
      load: () => import("./commands/maintain/audit.ts"),
    },
    robots: {
      about: "check URLs against robots.txt files in bulk",
      load: () => import("./commands/maintain/robots.ts"),
    },
  },
};

export const COMMANDS: Readonly<Record<string, Entry>> = Object.assign(
  {},
  ...Object.values(GROUPS),
);

/** Examples that --help shows, by command, without the leading `newsgather`. A test parses each. */
export const EXAMPLES: Record<string, readonly string[]> = {
  demo: ["demo", "demo --once"],
  start: ["start", "start --role http"],
  run: ["run --all --once", "run leeds --once --patience 5m"],
  status: ["status", "status --json"],
  top: ["top --every 5"],
  doctor: ["doctor"],

  discover: ["discover agency.example", "discover https://agency.example/news --write"],
  "sources list": ["sources list --json"],
  "sources validate": ["sources validate"],
  "sources hold": ['sources hold leeds --reason "their server moves" --until 7d'],
  "sources resume": ['sources resume leeds --reason "it has moved"'],
  "sources accept": ['sources accept leeds --reason "they no longer name authors"'],
  "sources preview": ["sources preview leeds", "sources preview leeds --activate"],
  "sources test": ["sources test leeds", "sources test --all"],
  "sources repair": ['sources repair leeds --find --apply --reason "their feed has moved"'],
  "sources select": [
    "sources select leeds title",
    'sources select leeds title "h1.headline" --apply --reason "a new layout"',
  ],
  "sources plan": ["sources plan"],
  "sources apply": ['sources apply --reason "three new agencies"'],
  "sources export": ["sources export -o sources.opml"],
  "sources import": ["sources import reader.opml --dry-run"],
  "sources edit": ["sources edit --where country=DE --set pace.delay=5s --dry-run"],
  "sources versions": ["sources versions leeds"],
  "sources rollback": ['sources rollback leeds 3 --reason "the selectors of version 4 fail"'],
  "sources retire": ['sources retire leeds --reason "the agency has closed"'],
  "sources delete": ['sources delete leeds --reason "never delivered"'],
  "sources schema": ["sources schema"],
  try: ["try https://agency.example/news/tram --explain"],
  fetch: ["fetch https://agency.example/rss --headers"],
  why: ["why https://agency.example/news/tram"],
  health: ["health", "health leeds"],
  hosts: ["hosts", "hosts agency.example"],
  "hosts show": ["hosts show agency.example"],
  "dead-letters list": ["dead-letters list --cause timeout --limit 20"],
  "dead-letters show": ["dead-letters show https://agency.example/news/tram"],
  "dead-letters replay": ['dead-letters replay --source leeds --reason "their server is back"'],
  schedule: ["schedule leeds --hours 48"],
  backfill: ["backfill leeds --since 2026-11"],
  coverage: ["coverage", "coverage leeds", "coverage leeds --probe"],
  websub: ["websub"],

  "article show": ["article show https://agency.example/news/tram"],
  "article timeline": ["article timeline https://agency.example/news/1"],
  "article inbox": ["article inbox"],
  "article state": [
    'article state https://agency.example/news/tram --to published --reason "checked"',
  ],
  "article edit": [
    'article edit https://agency.example/news/tram --title "Trams for Leeds" --reason "a typo"',
  ],
  "article translate": [
    'article translate https://agency.example/news/tram --language de --reason "for readers"',
  ],
  "article times": [
    'article times https://agency.example/news/tram --embargo 12h --expires none --reason "agreed"',
  ],
  "article retract": [
    'article retract https://agency.example/news/tram --reason "the agency asks for it"',
  ],
  "article reinstate": [
    'article reinstate https://agency.example/news/tram --reason "retracted by mistake"',
  ],
  unlisted: ["unlisted --limit 20"],
  "topics explain": [
    "topics explain https://agency.example/news/tram",
    'topics explain --text "The city opens its data"',
  ],
  "topics correct": [
    'topics correct https://agency.example/news/tram --add smart-city --reason "smart tickets"',
  ],
  "topics undo": ['topics undo 7c9e6679a1b2c3d4 --reason "a mistake"'],
  "topics corrections": ["topics corrections"],
  "topics suggest": ["topics suggest"],
  "stories show": ["stories show https://agency.example/news/tram"],
  "stories split": ['stories split https://agency.example/news/tram --reason "another event"'],
  "stories join": [
    'stories join https://agency.example/tram https://town.example/tram --reason "one event"',
  ],
  "stories undo": ['stories undo 7c9e6679a1b2c3d4 --reason "a mistake"'],
  search: ["search tram country:GB since:2026-11", 'search "smart city" --facets'],
  "searches list": ["searches list"],
  "searches save": ['searches save trams "tram country:GB"'],
  "searches remove": ["searches remove trams"],
  "search-index status": ["search-index status"],
  "search-index update": ["search-index update"],
  "search-index rebuild": ["search-index rebuild"],

  "views list": ["views list"],
  "views save": ['views save trams --topic smart-city --country GB --name "Trams"'],
  "views remove": ["views remove trams"],
  "consumers list": ["consumers list"],
  "consumers add": ["consumers add newsroom --from start --country DE,AT"],
  "consumers replay": ["consumers replay newsroom --from yesterday"],
  "consumers remove": ["consumers remove newsroom"],
  "webhooks list": ["webhooks list"],
  "webhooks add": ["webhooks add https://newsroom.example/hook --topic smart-city"],
  "webhooks test": ["webhooks test wh-0a1b2c3d4e5f"],
  "webhooks deliveries": ["webhooks deliveries wh-0a1b2c3d4e5f"],
  "webhooks pause": ["webhooks pause wh-0a1b2c3d4e5f"],
  "webhooks resume": ["webhooks resume wh-0a1b2c3d4e5f --skip"],
  "webhooks replay": ["webhooks replay wh-0a1b2c3d4e5f --from 7d"],
  "webhooks rotate": ["webhooks rotate wh-0a1b2c3d4e5f"],
  "webhooks remove": ["webhooks remove wh-0a1b2c3d4e5f"],
  "keys add": ["keys add newsroom --scope read consume --expires 90d"],
  "keys list": ["keys list"],
  "signing-keys list": ["signing-keys list"],
  "signing-keys create": ["signing-keys create"],
  "signing-keys rotate": ["signing-keys rotate"],
  "signing-keys revoke": ['signing-keys revoke kPrK_qmx --reason "a backup was lost"'],
  "keys revoke": ['keys revoke 0a1b2c3d --reason "the program is gone"'],
  "users add": ["users add ada --role editor"],
  "users invite": ["users invite ada --role editor"],
  "users list": ["users list"],
  "users sessions": ["users sessions"],
  "users logout": ['users logout ada --reason "a laptop was lost"'],
  "users identity": ["users identity ada 248289761001"],
  "users link": ["users link ada"],
  "users role": ["users role ada operator"],
  "users disable": ['users disable ada --reason "on leave"'],
  "users enable": ["users enable ada"],
  "users password": ["users password ada"],

  export: [
    "export --format csv --since 30d -o articles.csv",
    "export --format parquet --source leeds -o articles",
  ],
  query: ['query "SELECT sourceId, count(*) FROM articles GROUP BY 1" --from articles'],
  statistics: ["statistics", "statistics volume --from 2026-11 --rows day"],
  storage: ["storage --rows day --count"],
  "archive move": ["archive move --older-than 90d --to files --dry-run"],
  "archive check": ["archive check"],
  import: ["import crawl.warc.gz --source leeds"],
  reprocess: ["reprocess --stage topics relevance --since 30d --dry-run"],
  "reprocess staging-sets": ["reprocess staging-sets"],
  "reprocess diff": ["reprocess diff new-rules --field title"],
  "reprocess promote": ['reprocess promote new-rules --reason "fewer empty titles"'],
  "reprocess drop": ["reprocess drop new-rules"],
  extract: ["extract --batch pages.jsonl -o fields.jsonl"],

  alarms: ["alarms"],
  "alarms test": ["alarms test"],
  backup: ["backup -o newsgather.jsonl.gz"],
  restore: ["restore newsgather.jsonl.gz --check"],
  "erase article": [
    'erase article https://agency.example/news/tram --reason "by order of a court" --dry-run',
  ],
  "erase url": ['erase url https://agency.example/news/tram --reason "by order of a court"'],
  "erase person": ['erase person "Ada Example" --also "A. Example" --reason "request 12"'],
  audit: ["audit --since 7d --limit 20", "audit --before yesterday"],
  robots: ["robots --batch cases.json"],
};
