import { execFileSync } from "node:child_process";
import { relative } from "node:path";

/**
 * Checks that each commit title since this file was added follows
 * https://www.conventionalcommits.org, names only one subject, and has at most 72 characters.
 * `titles.mjs -` reads titles from standard input, one per line.
 */
const MAX_TITLE_CHARS = 72;
const FORM =
  /^(build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test|bench)(\([\w./-]+\))?!?: [^\s]/;

const git = (...args) => execFileSync("git", args, { encoding: "utf8" }).trim();

function titlesSinceThisFile() {
  const file = relative(process.cwd(), import.meta.filename);
  const [first] = git("log", "--diff-filter=A", "--format=%H", "--", file).split("\n").slice(-1);
  return first ? git("log", "--no-merges", "--format=%s", `${first}..HEAD`) : "";
}

const readInput = async () => (await process.stdin.toArray()).join("").trim();

function problemOf(title) {
  if (title.length > MAX_TITLE_CHARS)
    return `has ${title.length} characters, at most ${MAX_TITLE_CHARS}`;
  if (!FORM.test(title)) return "doesn't begin with a type, such as `fix(fetch): `";
  if (/;|, and |, also /.test(title)) return "has two subjects: make two commits of it";
  return null;
}

const titles = process.argv[2] === "-" ? await readInput() : titlesSinceThisFile();
for (const title of titles.split("\n").filter(Boolean)) {
  const problem = problemOf(title);
  if (!problem) continue;
  console.error(`commit title "${title}" ${problem}`);
  process.exitCode = 1;
}
