// Checks the layout of the code: imports go in one direction, files and sub-folders don't import
// each other in circles, and pure folders only compute (docs/architecture.md#layout). `node
// .ci/structure.mjs` lists the violations and exits with 1 if there are any.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Layers of folders, lowest first. A folder imports only from itself and from earlier lines. */
export const LEVELS = [
  ["lib", "client"],
  ["model"],
  ["config", "demo"],
  ["extractors", "crawler", "store", "queues"],
  ["articles"],
  ["sources", "archive"],
  ["workers", "web"],
  ["bin"],
];
const ISOLATED_FOLDERS = new Set(["client"]);
const DEMO = { imports: new Set(["lib", "model"]), importedBy: new Set(["bin"]) };

/** Folders whose files don't use the store, the network, the file system or the clock. */
export const PURE = [
  "extractors",
  "crawler/links",
  "crawler/rights",
  "articles/classify",
  "articles/matching",
  "sources/schedule",
  "sources/health",
];
const IMPURE_MODULE =
  /^(node:(fs|net|http|https|http2|dns|tls|child_process|worker_threads|cluster)(\/|$)|undici|mongodb|ioredis|bullmq|playwright)/;
const CLOCK = /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/;

/** Violations that are tolerated for now. Don't add any. */
export const EXCEPTIONS = {
  imports: new Set([]),
  circles: new Set([]),
  // pdf.js reads a character map from a file of its package if a PDF refers to one.
  impure: new Set(["extractors/pdf/open.ts: node:fs/promises"]),
};

const SPECIFIER = /(?:\bfrom|\bimport)\s*\(?\s*["']([^"'\n]+)["']/g;

/** Returns, by path, each file's text, product imports (`own`) and other imports (`modules`). */
export function readImports() {
  const listed = execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  const folders = new Set(LEVELS.flat());
  const files = listed
    .split("\n")
    .filter((file) => folders.has(file.split("/")[0]) && !file.endsWith(".d.ts"));
  const known = new Set(files);
  const graph = new Map();
  for (const file of files) {
    let text;
    try {
      text = readFileSync(join(root, file), "utf8");
    } catch {
      continue;
    }
    const named = [...text.matchAll(SPECIFIER)].map(([, name]) => name);
    const own = named
      .filter((name) => name.startsWith("."))
      .map((name) => normalize(join(dirname(file), name)))
      .filter((name) => known.has(name));
    graph.set(file, { own, modules: named.filter((name) => !name.startsWith(".")), text });
  }
  return graph;
}

const topOf = (file) => file.split("/")[0];
const levelOf = (file) => LEVELS.findIndex((level) => level.includes(topOf(file)));

export function wrongImports(graph) {
  const wrong = [];
  for (const [file, { own }] of graph) {
    for (const to of own) {
      const [a, b] = [topOf(file), topOf(to)];
      if (a === b) continue;
      const isBelow =
        levelOf(to) < levelOf(file) && !ISOLATED_FOLDERS.has(a) && !ISOLATED_FOLDERS.has(b);
      const fits =
        (a !== "demo" || DEMO.imports.has(b)) && (b !== "demo" || DEMO.importedBy.has(a));
      if (!isBelow || !fits) wrong.push(`${file} -> ${to}`);
    }
  }
  return wrong.toSorted();
}

export function fileCircles(graph) {
  return circlesOf(new Map([...graph].map(([file, { own }]) => [file, new Set(own)])));
}

export function folderCircles(graph) {
  const folderOf = (file) => file.split("/").slice(0, -1).slice(0, 2).join("/");
  const between = new Map();
  for (const [file, { own }] of graph) {
    const from = folderOf(file);
    if (!between.has(from)) between.set(from, new Set());
    for (const to of own.map(folderOf)) {
      const beside = topOf(from) === topOf(to) && from.includes("/") && to.includes("/");
      if (beside && from !== to) between.get(from).add(to);
    }
  }
  return circlesOf(between);
}

export function impurities(graph) {
  const found = [];
  for (const [file, { own, modules, text }] of graph) {
    if (!PURE.some((folder) => file.startsWith(`${folder}/`))) continue;
    for (const name of modules) if (IMPURE_MODULE.test(name)) found.push(`${file}: ${name}`);
    for (const to of own) if (topOf(to) === "store") found.push(`${file}: ${to}`);
    if (CLOCK.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ""))) found.push(`${file}: a clock`);
  }
  return found.toSorted();
}

/** Returns the strongly connected components of more than one node (Tarjan 1972), each sorted. */
function circlesOf(graph) {
  const [index, low] = [new Map(), new Map()];
  const [stack, onStack, found] = [[], new Set(), []];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    onStack.add(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (onStack.has(next)) low.set(node, Math.min(low.get(node), low.get(next)));
    }
    if (low.get(node) !== index.get(node)) return;
    const circle = [];
    for (let last; last !== node; ) {
      last = stack.pop();
      onStack.delete(last);
      circle.push(last);
    }
    if (circle.length > 1) found.push(circle.toSorted((a, b) => (a < b ? -1 : 1)));
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}

export function problems(graph = readImports()) {
  const found = {
    imports: wrongImports(graph),
    circles: folderCircles(graph).map((circle) => circle.join(" <-> ")),
    impure: impurities(graph),
  };
  const lines = fileCircles(graph).map((circle) => `circle of files: ${circle.join(" <-> ")}`);
  for (const [kind, exceptions] of Object.entries(EXCEPTIONS)) {
    const now = new Set(found[kind]);
    lines.push(
      ...found[kind].filter((one) => !exceptions.has(one)).map((one) => `${kind}: ${one}`),
    );
    const over = [...exceptions].filter((one) => !now.has(one));
    lines.push(
      ...over.map((one) => `${kind}: this exception is no longer necessary, remove it: ${one}`),
    );
  }
  return lines;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = problems();
  for (const line of lines) console.error(line);
  process.exitCode = lines.length > 0 ? 1 : 0;
}
