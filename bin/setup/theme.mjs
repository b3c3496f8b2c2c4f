import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const read = (path) => readFileSync(join(root, path), "utf8");
const versionOf = (name) => JSON.parse(read(`node_modules/${name}/package.json`)).version;

const THEME = {
  "tabler.css": printTheme,
  "uplot.js": () => read("node_modules/uplot/dist/uPlot.iife.min.js"),
  "icons.svg": printIcons,
};

export const THEME_FILES = Object.keys(THEME).map((name) => `web/assets/${name}`);

export function writeTheme() {
  for (const [name, print] of Object.entries(THEME)) {
    const path = join(root, "web/assets", name);
    // Renamed once complete, so that no process reads half a file.
    writeFileSync(`${path}.${process.pid}`, print());
    renameSync(`${path}.${process.pid}`, path);
  }
}

function printTheme() {
  const theme = read("node_modules/@tabler/core/dist/css/tabler.min.css")
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/^@charset "UTF-8";/, "");
  const rules = parseRules(theme);
  const chart = parseRules(read("node_modules/uplot/dist/uPlot.min.css"));
  return `/* Tabler ${versionOf("@tabler/core")}, MIT, The Tabler Authors; uPlot ${versionOf("uplot")}, MIT, Leon Sorokin */
${printRules([...rules, byAppearance(rules), ...chart])}`;
}

function byAppearance(rules) {
  const DARK = /^(:root)?\[data-bs-theme=dark\]/;
  const BY_SYSTEM = ":root:not([data-bs-theme])";
  const dark = rules.flatMap(({ prelude, body }) => {
    if (body === undefined) return [];
    const selectors = selectorsOf(prelude).filter((one) => DARK.test(one));
    const others = selectors.map((one) => one.replace(DARK, BY_SYSTEM));
    return others.length > 0 ? [{ prelude: others.join(","), body }] : [];
  });
  return { prelude: "@media (prefers-color-scheme:dark)", rules: dark };
}

const OUTLINE =
  'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';

function printIcons() {
  const list = /ICONS = \[(.*?)\]/s.exec(read("web/admin/icons.ts"))?.[1] ?? "";
  const symbols = (list.match(/[a-z0-9-]+/g) ?? []).map((name) => {
    const svg = read(`node_modules/@tabler/icons/icons/outline/${name}.svg`);
    const paths = svg
      .replace(/^.*?<svg.*?>|<\/svg>.*$/gs, "")
      .replace(/<path stroke="none"[^>]*>/, "");
    return `<symbol id="${name}" viewBox="0 0 24 24" ${OUTLINE}>${paths.replace(/\s*\n\s*/g, "")}</symbol>\n`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg"><!-- Tabler Icons ${versionOf("@tabler/icons")}, MIT, Paweł Kuna -->\n${symbols.join("")}</svg>\n`;
}

/** Returns a stylesheet's rules. Rules within `@media` and similar blocks are in nested lists. */
function parseRules(css) {
  const rules = [];
  let at = 0;
  while (at < css.length) {
    const open = css.indexOf("{", at);
    if (open < 0) break;
    let depth = 1;
    let end = open + 1;
    for (; depth > 0 && end < css.length; end++) {
      if (css[end] === "{") depth++;
      if (css[end] === "}") depth--;
    }
    const prelude = css
      .slice(at, open)
      .replace(/\/\*.*?\*\//gs, "")
      .replace(/^.*;/s, "")
      .trim();
    const body = css.slice(open + 1, end - 1).trim();
    const isGroup = /^@(media|supports|layer|container)/.test(prelude);
    rules.push(isGroup ? { prelude, rules: parseRules(body) } : { prelude, body });
    at = end;
  }
  return rules;
}

function printRules(rules) {
  return rules
    .map(
      ({ prelude, body, rules: inner }) =>
        `${prelude}{${inner ? `\n${printRules(inner)}` : body}}\n`,
    )
    .join("");
}

function selectorsOf(prelude) {
  return prelude.split(/,(?![^(]*\))/).map((one) => one.trim());
}

/** Removes the rules for classes that aren't in `words`; classes inside `:not()` don't count. */
export function keepUsed(css, words) {
  const isUsed = (selector) => {
    const bare = selector.replace(/:not\([^)]*\)/g, "");
    const classes = bare.match(/\.-?[a-zA-Z_](?:[\w-]|\\.)*/g) ?? [];
    return classes.every((name) => words.has(name.slice(1).replaceAll("\\", "")));
  };
  const keep = (rules) =>
    rules.flatMap(({ prelude, body, rules: inner }) => {
      if (inner) {
        const used = keep(inner);
        return used.length > 0 ? [{ prelude, rules: used }] : [];
      }
      if (prelude.startsWith("@")) return [{ prelude, body }];
      const used = selectorsOf(prelude).filter(isUsed);
      return used.length > 0 ? [{ prelude: used.join(","), body }] : [];
    });
  return printRules(keep(parseRules(css)));
}
