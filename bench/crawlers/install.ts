import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { processEnv } from "../../config/env.ts";
import { root } from "../../config/root.ts";

/**
 * A crawler that Newsgather is compared with, and the exact versions of its packages. The crawler
 * isn't a dependency of the product.
 */
export interface Peer {
  name: string;
  /** Programs that the peer needs. If one is missing, the peer is skipped. */
  needs: readonly string[];
  script: string;
  /**
   * Set if the peer renders each page. Such a peer crawls a world in which scripts load the
   * articles.
   */
  renders?: true;
  versions: Record<string, string>;
  install(versions: Record<string, string>): (readonly string[])[];
  files?(versions: Record<string, string>): Record<string, string>;
  /**
   * Command that runs before each use, because the script can have changed; missing if the script
   * needs no build.
   */
  build?: readonly string[];
  command: readonly string[];
}

const NPM = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];

export const PEERS: readonly Peer[] = [
  {
    name: "Scrapy + trafilatura",
    needs: ["python3"],
    script: "scrapy-trafilatura.py",
    versions: { scrapy: "2.19.0", trafilatura: "2.3.1", lxml_html_clean: "0.4.6" },
    install: (versions) => [
      ["python3", "-m", "venv", "venv"],
      ["venv/bin/pip", "install", "-q", ...Object.entries(versions).map((one) => one.join("=="))],
    ],
    command: ["venv/bin/python", "scrapy-trafilatura.py"],
  },
  {
    name: "Crawlee Cheerio + Readability",
    needs: ["npm"],
    script: "crawlee-readability.mjs",
    versions: { crawlee: "3.18.1", "@mozilla/readability": "0.6.0", linkedom: "0.18.15" },
    files: packageJson,
    install: () => [NPM],
    command: [process.execPath, "crawlee-readability.mjs"],
  },
  {
    name: "Crawlee Playwright + Readability",
    needs: ["npm"],
    script: "crawlee-playwright.mjs",
    renders: true,
    versions: {
      crawlee: "3.18.1",
      playwright: "1.65.1",
      "@mozilla/readability": "0.6.0",
      linkedom: "0.18.15",
    },
    files: packageJson,
    install: () => [NPM],
    command: [process.execPath, "crawlee-playwright.mjs"],
  },
  {
    name: "colly + go-trafilatura",
    needs: ["go"],
    script: "colly-trafilatura.go",
    versions: {
      "github.com/gocolly/colly/v2": "v2.3.0",
      "github.com/markusmobius/go-trafilatura": "v1.12.2",
    },
    files: (versions) => {
      const wanted = Object.entries(versions).map((one) => `\t${one.join(" ")}`);
      const lines = ["module newsgather.example/colly", "", "go 1.24", "", "require ("];
      return { "go.mod": [...lines, ...wanted, ")", ""].join("\n") };
    },
    install: () => [["go", "mod", "tidy"]],
    build: ["go", "build", "-buildvcs=false", "-o", "crawl", "."],
    command: ["./crawl"],
  },
];

function packageJson(dependencies: Record<string, string>): Record<string, string> {
  return { "package.json": JSON.stringify({ private: true, type: "module", dependencies }) };
}

const FOLDER = resolve("data/bench/crawlers");

export function installPeer(peer: Peer): { folder: string } | { skipped: string } {
  const { needs, script, versions } = peer;
  const missing = needs.find((tool) => !isThere(tool));
  if (missing) return { skipped: `${missing} is not on PATH` };
  const folder = join(FOLDER, script.replace(/\.\w+$/, ""));
  const wanted = JSON.stringify(versions);
  const mark = join(folder, "installed.json");
  const isInstalled = existsSync(mark) && readFileSync(mark, "utf8") === wanted;
  if (!isInstalled) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(root, "bench/crawlers", script), join(folder, script));
  try {
    if (!isInstalled) install(peer, folder);
    if (peer.build) run(folder, peer.build);
  } catch (error) {
    return { skipped: `could not be installed: ${String(error).split("\n")[0]}` };
  }
  writeFileSync(mark, wanted);
  return { folder };
}

function install(peer: Peer, folder: string): void {
  process.stderr.write(`installing ${peer.name}\n`);
  for (const [name, text] of Object.entries(peer.files?.(peer.versions) ?? {})) {
    writeFileSync(join(folder, name), text);
  }
  for (const command of peer.install(peer.versions)) run(folder, command);
}

function run(folder: string, [program = "", ...args]: readonly string[]): void {
  execFileSync(program, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}

function isThere(tool: string): boolean {
  return (processEnv()["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, tool)));
}
