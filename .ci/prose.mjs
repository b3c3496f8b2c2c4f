// Checks that README and docs are in plain English: no word that the project has replaced, no
// repeated word, no sentence of more than 40 words, no wordy phrase. `node .ci/prose.mjs` lists the
// faults and exits with 1 if there are any. With FILE..., checks only these files.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import writeGood from "write-good";

const root = fileURLToPath(new URL("..", import.meta.url));
const MAX_WORDS = 40;

/** Words that texts must not contain, each with what to say instead. */
export const REPLACED = [
  [/\banew\b/, "again"],
  [
    /\blook(?:s|ed|ing)? (?:at|through|for it) (?:again|anew)\b|\blooks? at (?:an? |the |its )?(?:source|site|host|link|feed|article)s?\b/,
    "fetch, check",
  ],
  [
    /\b(?:is|are|was|were|be|been) told\b|\btold (?:of|apart|from)\b|\btells? of\b/,
    "shown, reported, notified",
  ],
  [/\b(?:is|are|was|were|be|been) (?:held|asked|come|gone over)\b/, "paused, requested"],
  [/\b(?:is|are) kept (?:to|from|back)\b/, "respected, prevented"],
  [/\bdesks?\b/, "admin"],
  [/\bsurveys?\b/, "site discovery"],
  [/\bway out\b/, "egress"],
  [/\bpardon(?:s|ed)?\b/, "revert"],
  [/\bmend(?:s|ed|ing)?\b/, "repair"],
  [/(?<!style )\bsheets?\b/, "page"],
  [/\bcounterparts?\b/, "staged article"],
  [/\b(?:lies|lying)\b/, "is stored; is unreliable"],
  [/\bbelie(?:ve|ves|ved|ving)\b/, "trust"],
  [/\breceipts?\b/, "idempotency record"],
  [/\brulings?\b/, "correction"],
  [/\bseldom\b/, "rarely"],
  [/\bin hand\b/, "in progress"],
  [/\bin place of\b/, "instead of"],
  [/\bfor good\b/, "permanently"],
  [/\bof (?:ours|yours|theirs|its own accord)\b/, "our, your, their"],
  [/\b(?:thereof|therein|whereof|herein|hereby|wherein|amid|nought|hitherto)\b/, "a plain word"],
  [/\bso that it be\b|\bbe it\b/, "a plain clause"],
];

const checkFor = (pattern, explanation, flags = "gi") => ({
  explanation,
  fn: (text) =>
    [...text.matchAll(new RegExp(pattern, flags))].map(({ index, 0: word }) => ({
      index,
      offset: word.length,
    })),
});

/** Code in backticks counts as one word; `:`, `;` and `|` also end a sentence. */
const lengthCheck = {
  explanation: `begins more than ${MAX_WORDS} words: make two sentences`,
  fn: (text) =>
    [...text.matchAll(/[^.!?:;|]+/g)].flatMap(({ index, 0: sentence }) => {
      const paragraphs = sentence.split(/\n\s*\n|\n\s*(?=[-#>\d])/);
      const isLong = paragraphs.some((one) => one.trim().split(/\s+/).length > MAX_WORDS);
      return isLong ? [{ index, offset: 20 }] : [];
    }),
};

const CHECKS = Object.fromEntries([
  ["length", lengthCheck],
  ["twice", checkFor(/\b((?!x+\b)[a-z]{2,}) \1\b/, "says a word twice", "g")],
  ...REPLACED.map(([pattern, say]) => [pattern.source, checkFor(pattern, `: say ${say}`)]),
]);

/** What these checks of write-good find is fine in a manual. */
const DISABLED_CHECKS = ["weasel", "illusion", "thereIs", "passive", "adverb"];
const TERMS = [
  "it is",
  "it was",
  "It is",
  "It was",
  "monitor",
  "objective",
  "Objective",
  "Maximum",
  "minimum",
  "however",
  "all of",
  "validate",
  "majority of",
];
const WRITE_GOOD = {
  ...Object.fromEntries(DISABLED_CHECKS.map((name) => [name, false])),
  whitelist: TERMS,
};

/** Blanks out code, comments, link targets and URLs; offsets stay the same. */
export function proseOf(markdown) {
  const blank = (text) => text.replaceAll(/[^\n]/g, " ");
  return markdown
    .replaceAll(/^( *)```[\s\S]*?^\1```/gm, blank)
    .replaceAll(/<!--[\s\S]*?-->/g, blank)
    .replaceAll(/`[^`\n]*`/g, (text) => "x".repeat(text.length))
    .replaceAll(/\]\([^)]*\)/g, blank)
    .replaceAll(/https?:\S+/g, blank);
}

export function findFaults(markdown) {
  const text = proseOf(markdown);
  const found = [...writeGood(text, { checks: CHECKS }), ...writeGood(text, WRITE_GOOD)];
  return found.map(({ index, reason }) => ({
    line: text.slice(0, index).split("\n").length,
    reason,
  }));
}

function listFiles() {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"];
  return execFileSync("git", args, { cwd: root, encoding: "utf8" })
    .split("\n")
    .filter(
      (file) => /^(?:docs\/|[A-Z]+\.md$)/.test(file) && !/^ATTRIBUTION|rights\.md$/.test(file),
    );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const named = process.argv.slice(2);
  let count = 0;
  for (const file of named.length > 0 ? named : listFiles()) {
    for (const { line, reason } of findFaults(
      readFileSync(new URL(file, `file://${root}`), "utf8"),
    )) {
      count += 1;
      process.stdout.write(`${file}:${line}: ${reason}\n`);
    }
  }
  process.stderr.write(`${count} places in the texts to write plainly\n`);
  process.exitCode = count > 0 ? 1 : 0;
}
