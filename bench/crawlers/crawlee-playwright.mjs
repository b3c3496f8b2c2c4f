// Crawls the sample world with Crawlee's PlaywrightCrawler, which renders each page, and extracts
// pages with Readability on linkedom. Reads JOB.json, writes its `out` as JSON lines. Runs in the
// folder in which its packages are installed.
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { Configuration, log, LogLevel, PlaywrightCrawler, playwrightUtils } = await import(
  "crawlee"
);
const { Readability } = await import("@mozilla/readability");
const { parseHTML } = await import("linkedom");

/**
 * Returns the CPU time of a process and its descendants, s. Descendants that have ended count too.
 */
function cpuOfTree(root) {
  const rows = readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const line = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
      const ticks = fields.slice(11, 15).reduce((sum, one) => sum + Number(one), 0);
      return [{ pid: Number(pid), parent: Number(fields[1]), cpu: ticks / 100 }];
    } catch {
      return [];
    }
  });
  const below = (pid) => [
    pid,
    ...rows.filter((row) => row.parent === pid).flatMap((row) => below(row.pid)),
  ];
  const tree = new Set(below(root));
  return rows.filter(({ pid }) => tree.has(pid)).reduce((sum, { cpu }) => sum + cpu, 0);
}

log.setLevel(LogLevel.ERROR);
const began = performance.now();
const before = cpuOfTree(process.pid);
// If a parent exits without waiting for its child, the child's usage is lost, so the highest usage
// that was seen counts.
let used = 0;
const look = () => {
  used = Math.max(used, cpuOfTree(process.pid) - before);
};
const timer = setInterval(look, 500);
writeFileSync(job.out, "");
const args = [`--host-resolver-rules=MAP *.example ${job.address}`, "--no-sandbox"];
const crawler = new PlaywrightCrawler(
  {
    headless: true,
    maxConcurrency: 4,
    respectRobotsTxtFile: false,
    // Crawlee always configures a proxy, which returns 404 if it has none of its own.
    launchContext: {
      launchOptions: { executablePath: job.chromium, args, proxy: { bypass: "*" } },
    },
    preNavigationHooks: [({ page }) => playwrightUtils.blockRequests(page)],
    async requestHandler({ request, page, enqueueLinks }) {
      if (request.label === "article") {
        await page.waitForFunction(() => document.body.innerText.length > 200);
        const { document } = parseHTML(await page.content());
        const { title, textContent } = new Readability(document).parse() ?? {};
        const item = { url: request.url, title: title ?? null, text: textContent ?? null };
        appendFileSync(job.out, `${JSON.stringify(item)}\n`);
        return;
      }
      await enqueueLinks({ selector: "ul.entries > li h2 a", label: "article" });
      if ((await page.locator("a.next").count()) > 0) {
        await enqueueLinks({ selector: "a.next", label: "list" });
      }
    },
  },
  new Configuration({ persistStorage: false, purgeOnStart: false }),
);
await crawler.run(job.lists.map((url) => ({ url, label: "list" })));
clearInterval(timer);
look();
const usage = {
  cpu: used,
  peak: process.resourceUsage().maxRSS / 1024,
  seconds: (performance.now() - began) / 1000,
};
process.stdout.write(`${JSON.stringify(usage)}\n`);
process.exit(0);
