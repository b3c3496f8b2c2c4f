import { readFileSync } from "node:fs";
import { defineConfig } from "vitepress";

const PROJECT = {
  README: "readme",
  CHANGELOG: "changelog",
  CONTRIBUTING: "contributing",
  SECURITY: "security",
  ATTRIBUTION: "attribution",
};

const REFERENCE = [
  ["Settings", "settings"],
  ["Source keys", "sources"],
  ["Commands", "commands"],
  ["HTTP API", "api"],
  ["Export columns", "columns"],
  ["Collections", "collections"],
  ["Metrics and alarms", "metrics"],
  ["Reasons", "reasons"],
  ["Rights", "rights"],
];

const group = (text, folder, pages) => ({
  text,
  items: pages.map(([title, name]) => ({ text: title, link: `${folder}${name}` })),
});

/** `npm run docs` writes the site into docs/.vitepress/dist. A dead link fails the build. */
export default defineConfig({
  title: "Newsgather",
  description:
    "Watches news sites and turns them into articles that you can publish, search and analyse.",
  lastUpdated: false,
  cleanUrls: false,
  markdown: {
    // `{id}` in a heading is text.
    attrs: { disable: true },
    config(md) {
      md.core.ruler.push("project-links", ({ tokens }) => {
        for (const { children } of tokens) {
          for (const token of children ?? [])
            if (token.type === "link_open") token.attrSet("href", inSite(token.attrGet("href")));
        }
      });
    },
  },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Operators", link: "/operators/" },
      { text: "Publishing", link: "/publishing/follow" },
      { text: "Analysts", link: "/analysts/" },
      { text: "Engineers", link: "/architecture" },
      { text: "Reference", link: "/reference/settings" },
    ],
    sidebar: [
      group("Start", "/", [
        ["Overview", ""],
        ["README", "project/readme"],
      ]),
      group("Operators", "/operators/", [
        ["Overview", ""],
        ["Install and run", "install"],
        ["Sources", "sources"],
        ["Publishers", "publishers"],
        ["Monitoring", "monitoring"],
        ["Classification", "classification"],
        ["Users and keys", "users"],
        ["Data", "data"],
      ]),
      group("Publishing", "/publishing/", [
        ["Follow the stream", "follow"],
        ["Portal and feeds", "portal"],
        ["Editors", "editors"],
        ["Call the API", "api"],
      ]),
      group("Analysts", "/analysts/", [
        ["Analyse", ""],
        ["Search", "search"],
        ["Export and import", "archive"],
        ["Revisions", "revisions"],
        ["Reprocess", "reprocess"],
      ]),
      group("Engineers", "/", [
        ["Architecture", "architecture"],
        ["Extraction", "engineers/extraction"],
        ["Stories", "engineers/stories"],
        ["Hostile input", "engineers/hostile"],
        ["Faults", "engineers/faults"],
        ["Benchmarks", "benchmarks"],
        ["Contributing", "project/contributing"],
        ["Security", "project/security"],
        ["Changes", "project/changelog"],
      ]),
      group("Reference", "/reference/", REFERENCE),
    ],
  },
});

/** Turns a link to a document at the root into a link to its page on the site. */
function inSite(href) {
  const [, name, anchor = ""] = /^(?:\.\.\/)+([A-Z]+)\.md(#.*)?$/.exec(href) ?? [];
  return name in PROJECT ? `/project/${PROJECT[name]}.md${anchor}` : href;
}

/** Returns the documents at the root as pages, with relative links adapted to the site. */
export function projectPages() {
  return Object.entries(PROJECT).map(([file, page]) => ({
    params: { page },
    content: readFileSync(new URL(`../../${file}.md`, import.meta.url), "utf8")
      .replaceAll(/\]\(docs\//g, "](../")
      .replaceAll(/\]\(([A-Z]+\.md)/g, "](../../$1")
      .replaceAll(/\[([^\]]+)\]\(LICENSE\)/g, "$1"),
  }));
}
