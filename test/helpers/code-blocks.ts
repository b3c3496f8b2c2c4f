import { readdirSync, readFileSync } from "node:fs";
import { root } from "../../config/root.ts";

/** A code block of a page, with the comment before it, such as `not run: needs a cluster`. */
export interface CodeBlock {
  page: string;
  line: number;
  language: string;
  text: string;
  note: string | null;
}

/**
 * Returns the paths of README and the guides. References are generated from code and only show what commands look
 * like.
 */
export function guidePages(): string[] {
  const pages = readdirSync(`${root}/docs`, { encoding: "utf8", recursive: true });
  const guides = pages.filter(
    (page) => page.endsWith(".md") && !/^(?:reference|project)\//.test(page),
  );
  return ["README.md", ...guides.toSorted().map((page) => `docs/${page}`)];
}

/** Returns the code blocks of a page, in order. */
export function blocksOf(page: string): CodeBlock[] {
  const lines = readFileSync(`${root}/${page}`, "utf8").split("\n");
  const blocks: CodeBlock[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, indent = "", language] = /^( *)```(\w+)$/.exec(lines[at] ?? "") ?? [];
    if (language === undefined) continue;
    const end = lines.findIndex((line, index) => index > at && line === `${indent}\`\`\``);
    const [, note = null] = /<!-- (.*) -->/.exec(lines[at - 1] ?? "") ?? [];
    const text = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    blocks.push({ page, line: at + 1, language, text: text.join("\n"), note });
    at = end;
  }
  return blocks;
}

/** Whether a block is run against the demo. */
export function isRun({ language, note }: CodeBlock): boolean {
  return (language === "sh" || language === "sql") && !note?.startsWith("not run: ");
}

/**
 * Returns a shell script of a page's runnable blocks, in order, with variables shared between them. It prints `block
 * LINE` before each, and stops at the first failure.
 */
export function scriptOf(page: string): string {
  const blocks = blocksOf(page).filter(isRun);
  return [
    "set -eo pipefail",
    ...blocks.map(({ line, language, text }) => {
      const command = language === "sql" ? `newsgather query ${quote(text)}` : text;
      return `echo "block ${line}"\n${command}`;
    }),
  ].join("\n");
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
