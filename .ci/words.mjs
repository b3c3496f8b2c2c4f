// Checks names against the vocabulary of docs/architecture.md#glossary: no identifier, file, stored
// field, metric or log field contains a word that the project has replaced. `node .ci/words.mjs`
// lists the names that contain one, and exits with 1 if there are any. `--count` counts them by
// word.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LEVELS } from "./structure.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Words that names must not contain, and what to say instead. `words` are parts of a name
 * (`nextFetchAt` has the parts next, fetch, at), `pairs` are two parts in a row, and `names` are
 * whole names. `in` limits a rule to folders; `except` exempts names, and `exceptIn` exempts files.
 */
export const REPLACED = [
  { say: "fetch, attempt", words: ["look", "looks", "looked"] },
  { say: "version, lease", words: ["turns"], in: ["store"], except: /[hH]ostTurns/ },
  { say: "page of a multi-page article", words: ["sheet", "sheets"] },
  { say: "staging set, staged article", words: ["side", "sides", "counterpart", "counterparts"] },
  { say: "unreliable, trust", words: ["lie", "lies", "lied", "believe", "believes", "believed"] },
  { say: "revert a failure", words: ["pardon", "pardons", "pardoned"] },
  {
    say: "cluster, match, recluster, repair",
    words: ["standing", "standings", "bond", "bonds", "restand", "mend", "mends", "mended"],
  },
  {
    say: "report, request, params, result, stored, input",
    words: ["told", "asked", "wish", "wishes", "wished", "came", "kept", "given", "said"],
    except: /^givenName$/,
  },
  { say: "report, request, params, result, stored, input", names: ["named", "tells", "asks"] },
  { say: "disk space, run budget, byte budget", words: ["room", "rooms"] },
  { say: "permits, semaphore", words: ["places"], in: ["lib", "crawler", "workers", "queues"] },
  { say: "egress", pairs: [["way", "out"]] },
  // `by` is a field of ninjs.
  { say: "actor", names: ["by", "asking"], exceptIn: ["web/feeds/formats.ts"] },
  {
    say: "selector picker, candidates",
    words: ["pointing", "spot", "spots"],
    names: ["mark", "marks"],
  },
  { say: "site discovery", words: ["survey", "surveys", "surveyed"] },
  { say: "statistics", words: ["figures"], except: /^(?:.*[Ff]igures(?:OfDom|InPage))$/ },
  { say: "baseline, spike", words: ["habit", "habits", "flood", "floods", "flooded"] },
  { say: "heartbeat, process", names: ["alive"] },
  { say: "as-of", names: ["pass", "passes"] },
  { say: "import, export", words: ["exchange", "exchanges"] },
  { say: "idempotency record", words: ["receipt", "receipts"] },
  { say: "correction; must-link, cannot-link", words: ["ruling", "rulings", "ruled"] },
  { say: "paused, visibleUntil", words: ["held", "lapses", "lapsed"] },
  { say: "retention, dead letters", words: ["keeping", "keepings"], names: ["dead"] },
  {
    say: "version, compress, messages",
    words: ["pack", "packs", "packed", "stand", "stands"],
    except: /^cMapPacked$/,
  },
  { say: "record the outcome", words: ["settle", "settles", "settled"], except: /^allSettled$/ },
  {
    say: "admin",
    words: ["desk", "desks", "board", "boards"],
    except: /^(?:createBullBoard|boardTitle)$/,
  },
];

export const partsOf = (name) =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean);

export function findReplaced(name, file) {
  const [folder] = file.split("/");
  const parts = partsOf(name);
  for (const rule of REPLACED) {
    if (rule.in && !rule.in.includes(folder)) continue;
    if (rule.except?.test(name) || rule.exceptIn?.includes(file)) continue;
    const word =
      rule.words?.find((each) => parts.includes(each)) ??
      rule.names?.find((each) => parts.length === 1 && parts[0] === each) ??
      rule.pairs?.find(([a, b]) => parts.some((part, at) => part === a && parts[at + 1] === b));
    if (word) return { word: [word].flat().join(" "), say: rule.say };
  }
  return null;
}

/** Matches a comment, string, regular expression, backtick or brace, or a name outside these. */
const TOKEN = new RegExp(
  [
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*/,
    /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/,
    /(?=\/)(?<=(?:[=(,:;!&|?{}[>]|\breturn)\s*|^\s*)\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/,
    /[`{}]/,
    /[a-zA-Z_$][\w$]*/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gm",
);
const TEMPLATE_TEXT = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(`|\$\{)/y;
/** Matches a string that can name a stored field, a collection, a metric or a log field. */
const STORED_NAME = /^["'`]\$?[a-zA-Z_][\w-]*(?:\.\$?[a-zA-Z_][\w-]*)*["'`]$/;

export function namesIn(code) {
  const found = [];
  let line = 1;
  let counted = 0;
  const note = (name, at) => {
    for (; counted < at; counted += 1) if (code[counted] === "\n") line += 1;
    found.push({ name, line });
  };
  const noteText = (text, at) => {
    if (STORED_NAME.test(text)) for (const name of text.slice(1, -1).split(".")) note(name, at);
  };
  const open = [];
  const token = new RegExp(TOKEN);
  const readTemplate = (at) => {
    TEMPLATE_TEXT.lastIndex = at;
    const [text = "", end] = TEMPLATE_TEXT.exec(code) ?? [];
    if (end === "${") open.push("template");
    else noteText(`\`${text}`, at);
    token.lastIndex = at + Math.max(text.length, 1);
  };
  for (let match = token.exec(code); match; match = token.exec(code)) {
    const [text] = match;
    if (text === "`") readTemplate(match.index + 1);
    else if (text === "{") open.push("code");
    else if (text === "}") {
      if (open.pop() === "template") readTemplate(match.index + 1);
    } else if (/^["']/.test(text)) noteText(text, match.index);
    else if (/^[a-zA-Z_$]/.test(text)) note(text, match.index);
  }
  return found;
}

export function findReplacedNames() {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  const folders = new Set(LEVELS.flat());
  const known = new Map();
  const found = [];
  for (const file of listed.split("\n")) {
    const [folder] = file.split("/");
    if (!folders.has(folder)) continue;
    const inPath = file.endsWith(".ts") && findReplaced(file.replace(/\.ts$/, ""), file);
    if (inPath) found.push({ file, line: 0, name: file, ...inPath });
    if (!/\.(ts|js|mjs)$/.test(file)) continue;
    let code;
    try {
      code = readFileSync(`${root}${file}`, "utf8");
    } catch {
      continue;
    }
    for (const { name, line } of namesIn(code)) {
      const key = `${folder} ${name}`;
      if (!known.has(key)) known.set(key, findReplaced(name, folder));
      const replaced = known.get(key) && findReplaced(name, file);
      if (replaced) found.push({ file, line, name, ...replaced });
    }
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const only = process.argv.slice(2).filter((each) => !each.startsWith("--"));
  const found = findReplacedNames().filter(
    ({ word, file }) =>
      only.length === 0 || only.some((each) => word === each || file.startsWith(each)),
  );
  if (process.argv.includes("--count")) {
    const counts = Map.groupBy?.(found, ({ word }) => word) ?? new Map();
    for (const each of found)
      if (!Map.groupBy) counts.set(each.word, [...(counts.get(each.word) ?? []), each]);
    for (const [word, each] of [...counts].toSorted((a, b) => b[1].length - a[1].length)) {
      const byFolder = {};
      for (const { file } of each)
        byFolder[file.split("/")[0]] = (byFolder[file.split("/")[0]] ?? 0) + 1;
      process.stdout.write(
        `${String(each.length).padStart(6)}  ${word}: ${JSON.stringify(byFolder)}\n`,
      );
    }
  } else {
    for (const { file, line, name, word, say } of found) {
      process.stdout.write(
        `${file}${line ? `:${line}` : ""}: ${name} says "${word}": say ${say}\n`,
      );
    }
  }
  process.stderr.write(`${found.length} names say a replaced word\n`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
