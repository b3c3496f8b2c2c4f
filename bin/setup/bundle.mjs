import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { spreadNullFirst } from "./spread.mjs";
import { keepUsed, writeTheme } from "./theme.mjs";

// Bundles the output of tsc into `dist/run`: a file per program, and shared chunks. A role has
// 1,250 modules, and finding and reading them one by one is half the cost of starting it. All files
// are in one folder, so `new URL("./role.js", import.meta.url)` means the same in each.

const root = resolve(import.meta.dirname, "../..");
const dist = resolve(process.argv[2] ?? join(root, "dist"));

/** Programs and threads that are bundled separately, by the bundle's name. */
const ENTRY_FILES = {
  cli: "bin/cli.js",
  role: "bin/tree/role.js",
  keeper: "bin/services/keeper.js",
  "parse-thread": "articles/reading/parse-thread.js",
  "index-thread": "archive/search/index-thread.js",
  "extract-thread": "bin/commands/archive/extract-thread.js",
};

/** Packages that load files from their own folder or that an operator installs. */
const EXTERNAL_PACKAGES =
  /^(playwright|playwright-core|piscina|pdfjs-dist|unpdf|cld3-asm|node-sqlite3-wasm|msgpackr-extract|@node-rs\/argon2|@fastify\/swagger-ui|@bull-board\/ui|@opentelemetry\/(sdk|exporter|resources).+|@duckdb\/.+)(\/|$)/;

const bundle = await rolldown({
  input: Object.fromEntries(
    Object.entries(ENTRY_FILES).map(([name, path]) => [name, join(dist, path)]),
  ),
  platform: "node",
  external: EXTERNAL_PACKAGES,
  // bull-board imports BullMQ in the other module format, and a process needs only one of them.
  resolve: { alias: { bullmq: join(root, "node_modules/bullmq/dist/esm/index.js") } },
  // A chunk's source map stays valid by line.
  plugins: [
    {
      name: "spread-null-first",
      renderChunk: (code) => ({ code: spreadNullFirst(code), map: null }),
    },
  ],
  onLog(level, log) {
    // bull-board uses eval; ignore that.
    if (log.code !== "EVAL") process.stderr.write(`${level}: ${log.message}\n`);
  },
});
await bundle.write({
  dir: join(dist, "run"),
  cleanDir: true,
  entryFileNames: "[name].js",
  chunkFileNames: "[name]-[hash].js",
  sourcemap: true,
  comments: { legal: true, annotation: false, jsdoc: false },
  // V8 keeps a file's text in memory while it runs, with two bytes per character if any of them
  // isn't Latin.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
});

writeTheme();
// The code expects these next to the file that reads them, bundled or not (`web/assets.ts`,
// `demo/data.ts`).
cpSync(join(root, "demo/world"), join(dist, "demo/world"), { recursive: true });

// Keeps only the theme's rules for classes that pages use. A class counts as used if it occurs as a
// word in their code.
const pages = [join(dist, "web/admin"), join(dist, "web/auth"), join(root, "web/assets")].flatMap(
  (folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
);
const words = new Set(
  pages
    .filter((file) => file.endsWith(".js"))
    .flatMap((file) => readFileSync(file, "utf8").match(/[\w-]+/g) ?? []),
);
const theme = keepUsed(readFileSync(join(root, "web/assets/tabler.css"), "utf8"), words);
for (const folder of ["web/assets", "run/assets"]) {
  cpSync(join(root, "web/assets"), join(dist, folder), { recursive: true });
  writeFileSync(join(dist, folder, "tabler.css"), theme);
}

const load = (path) => import(pathToFileURL(join(dist, path)).href);
const [{ readTopics }, { shortHash }] = await Promise.all([
  load("bin/roles/config-data.js"),
  load("lib/text.js"),
]);
const of = shortHash(readFileSync(join(root, "config/topics.yaml"), "utf8"));
writeFileSync(join(dist, "run/topics.json"), JSON.stringify({ of, topics: await readTopics() }));
