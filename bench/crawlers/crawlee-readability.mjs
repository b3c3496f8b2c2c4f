// Crawls the sample world with Crawlee's CheerioCrawler, and extracts pages with Readability on
// linkedom. Reads JOB.json, writes its `out` as JSON lines. Runs in the folder in which its
// packages are installed.
import dns from "node:dns";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
// The sites' names aren't in DNS; all are at the world's address.
dns.lookup = (_host, options, callback) => {
  const answer = callback ?? options;
  if (options?.all) answer(null, [{ address: job.address, family: 4 }]);
  else answer(null, job.address, 4);
};
const { CheerioCrawler, Configuration, log, LogLevel } = await import("crawlee");
const { Readability } = await import("@mozilla/readability");
const { parseHTML } = await import("linkedom");

log.setLevel(LogLevel.ERROR);
const began = performance.now();
const before = process.cpuUsage();
writeFileSync(job.out, "");
const crawler = new CheerioCrawler(
  {
    maxConcurrency: 16,
    respectRobotsTxtFile: false,
    async requestHandler({ request, $, body, enqueueLinks }) {
      if (request.label === "article") {
        const { document } = parseHTML(String(body));
        const { title, textContent } = new Readability(document).parse() ?? {};
        const item = { url: request.url, title: title ?? null, text: textContent ?? null };
        appendFileSync(job.out, `${JSON.stringify(item)}\n`);
        return;
      }
      await enqueueLinks({ selector: "ul.entries > li h2 a", label: "article" });
      if ($("a.next").length > 0) await enqueueLinks({ selector: "a.next", label: "list" });
    },
  },
  new Configuration({ persistStorage: false, purgeOnStart: false }),
);
await crawler.run(job.lists.map((url) => ({ url, label: "list" })));
const { user, system } = process.cpuUsage(before);
const usage = {
  cpu: (user + system) / 1e6,
  peak: process.resourceUsage().maxRSS / 1024,
  seconds: (performance.now() - began) / 1000,
};
process.stdout.write(`${JSON.stringify(usage)}\n`);
process.exit(0);
