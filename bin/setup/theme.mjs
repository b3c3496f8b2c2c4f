import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseRules, printRules, selectorsOf } from "./style-sheet.mjs";

// Writes what the admin takes from packages into `web/assets`: the theme (@tabler/core) with uPlot's few rules, uPlot itself, and
// a sprite of the icons of `web/admin/icons.ts`. Run it with `npm run theme` after one of these packages or that list changed.
// The build leaves out the rules that no page uses (`bundle.mjs`).

const root = resolve(import.meta.dirname, "../..");
const read = (path) => readFileSync(join(root, path), "utf8");
const write = (name, text) => writeFileSync(join(root, "web/assets", name), text);
const versionOf = (name) => JSON.parse(read(`node_modules/${name}/package.json`)).version;

const DARK = /^(:root)?\[data-bs-theme=dark\]/;
const BY_SYSTEM = ":root:not([data-bs-theme])";

/** The rules of dark mode once more, for who has chosen neither mode and whose system is dark. */
function byAppearance(rules) {
  const dark = rules.flatMap(({ prelude, body }) => {
    if (body === undefined) return [];
    const selectors = selectorsOf(prelude).filter((one) => DARK.test(one));
    const others = selectors.map((one) => one.replace(DARK, BY_SYSTEM));
    return others.length > 0 ? [{ prelude: others.join(","), body }] : [];
  });
  return { prelude: "@media (prefers-color-scheme:dark)", rules: dark };
}

const icons =
  /ICONS = \[(.*?)\]/s.exec(read("web/admin/icons.ts"))?.[1]?.match(/[a-z0-9-]+/g) ?? [];
const symbols = icons.map((name) => {
  const svg = read(`node_modules/@tabler/icons/icons/outline/${name}.svg`);
  const paths = svg
    .replace(/^.*?<svg.*?>|<\/svg>.*$/gs, "")
    .replace(/<path stroke="none"[^>]*>/, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${paths.replace(/\s*\n\s*/g, "")}</symbol>\n`;
});
write(
  "icons.svg",
  `<svg xmlns="http://www.w3.org/2000/svg"><!-- Tabler Icons ${versionOf("@tabler/icons")}, MIT, Paweł Kuna -->\n${symbols.join("")}</svg>\n`,
);

const theme = read("node_modules/@tabler/core/dist/css/tabler.min.css")
  .replace(/\/\*.*?\*\//gs, "")
  .replace(/^@charset "UTF-8";/, "");
const rules = parseRules(theme);
const chart = read("node_modules/uplot/dist/uPlot.min.css");
write(
  "tabler.css",
  `/* Tabler ${versionOf("@tabler/core")}, MIT, The Tabler Authors; uPlot ${versionOf("uplot")}, MIT, Leon Sorokin. Written by npm run theme. */\n${printRules([...rules, byAppearance(rules), ...parseRules(chart)])}`,
);
write("uplot.js", read("node_modules/uplot/dist/uPlot.iife.min.js"));
