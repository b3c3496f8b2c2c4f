/** The commands that tell or do the same as a page, by its route; words in capitals are filled from the page's query. */
const AS_COMMAND: Readonly<Record<string, readonly string[]>> = {
  "/admin": ["newsgather status", "newsgather top"],
  "/admin/alarms": ["newsgather alarms"],
  "/admin/sources": ["newsgather health", "newsgather sources list"],
  "/admin/source": ["newsgather health ID", "newsgather run ID"],
  "/admin/add": ["newsgather discover URL", "newsgather sources preview FILE --activate"],
  "/admin/preview": ["newsgather sources preview FILE --activate"],
  "/admin/point": ["newsgather sources select ID FIELD SELECTOR"],
  "/admin/schedule": ["newsgather schedule", "newsgather run ID"],
  "/admin/plan": ["newsgather sources plan", "newsgather sources apply"],
  "/admin/exchange": [
    "newsgather sources export",
    "newsgather sources import FILE",
    "newsgather sources edit --where country=DE --set pace.delay=5s",
  ],
  "/admin/versions": ["newsgather sources versions ID"],
  "/admin/runs": ["newsgather status", "newsgather health ID"],
  "/admin/run": ["newsgather why URL"],
  "/admin/recall": ["newsgather recall ID"],
  "/admin/why": ["newsgather why URL"],
  "/admin/dead": ["newsgather dead list", "newsgather dead replay ID"],
  "/admin/inbox": ["newsgather article inbox"],
  "/admin/edit": ["newsgather article edit ARTICLE", "newsgather article times ARTICLE"],
  "/admin/revisions": [],
  "/admin/clicks": [],
  "/admin/provenance": ["newsgather try URL --explain"],
  "/admin/staging-sets": ["newsgather reprocess diff SET", "newsgather reprocess promote SET"],
  "/admin/corrections": ["newsgather topics corrections", "newsgather topics correct ARTICLE"],
  "/admin/stories": ["newsgather stories show ID"],
  "/admin/hosts": ["newsgather hosts"],
  "/admin/webhooks": ["newsgather webhooks list"],
  "/admin/views": ["newsgather views list"],
  "/admin/then": ["newsgather export --as-of TIME -o FILE"],
  "/admin/statistics": ["newsgather statistics", "newsgather storage"],
  "/admin/exports": ["newsgather export --format parquet -o FOLDER"],
  "/admin/audit": ["newsgather audit"],
  "/admin/queues": ["newsgather top"],
  "/admin/settings": ["newsgather doctor"],
  "/admin/about": ["newsgather --version", "newsgather doctor"],
};

/** What of a page's query stands for a word. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  ID: ["source", "id"],
  URL: ["url"],
  ARTICLE: ["article"],
  FIELD: ["field"],
  SELECTOR: ["selector"],
  SET: ["set"],
};
/** Pages whose `id` is no source, link or story that a command takes. */
const OWN_IDS = new Set(["/admin/preview", "/admin/run"]);

/** The commands of a page, ready to be copied into a shell; null for what is no page of its own. */
export function commandsOf(route: string, query: URLSearchParams): string[] | null {
  const lines = AS_COMMAND[route];
  if (!lines) return null;
  return lines.map((line) =>
    OWN_IDS.has(route)
      ? line
      : line.replace(/\b(?:ID|URL|ARTICLE|FIELD|SELECTOR|SET)\b/g, (word) => fill(word, query)),
  );
}

function fill(word: string, query: URLSearchParams): string {
  const value = WORDS[word]?.map((name) => query.get(name)).find(Boolean);
  return value ? quoted(value) : word;
}

/** One word of a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w.:/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
