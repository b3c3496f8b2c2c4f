import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createVisitor } from "../../crawler/visit.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { sleep } from "../../lib/time.ts";
import type { Preview } from "../../model/sources/preview.ts";
import { previewQueue } from "../../queues/queues.ts";
import { draftSource } from "../../sources/files/load.ts";
import { replayPreview } from "../../sources/preview/replay.ts";
import { createSiteJobs } from "../../sources/site-jobs.ts";
import { getPreview } from "../../store/sources/previews.ts";
import { recordOf } from "../../store/sources/sources.ts";
import { previewInBrowser } from "../../workers/preview/preview.ts";
import { createBrowserSessions } from "../../workers/render/browser-sessions.ts";
import { scriptPage } from "../helpers/script-pages.ts";
import { feedOf } from "../helpers/site.ts";
import { openSiteBrowser } from "../helpers/site-browser.ts";
import { type Services, startServices } from "../helpers/watched-site.ts";

const unpack = promisify(gunzip);
const PATHS = ["/news/report-1", "/news/report-2"];

const stack = new ReleaseStack();
let services: Services;
let wanted: { title: string; text: string }[];
let yaml: string;
/** A preview where a worker has a browser. */
let preview: Preview;
let asked: string[];
let differences: string[];

beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
  stack.add("services", () => services.close());
  const pool = await openSiteBrowser(stack);
  const { worker, site, store } = await services.watchSite("previews", []);
  const pages = PATHS.map((path) => scriptPage("an empty shell", path));
  for (const page of pages) Object.assign(site.pages, page.pages);
  site.pages["/rss"] = feedOf(PATHS.map((path) => site.at(path)));
  wanted = pages;
  yaml = `id: scripts\nname: Scripts\nfeeds: [${site.at("/rss")}]\npace: { delay: 500ms }\n`;
  const { deps } = worker;
  deps.browser = createBrowserSessions(pool, 1);
  const { http, now, log, parser } = deps;
  const acquirePermit = () =>
    Promise.resolve({ start: () => Promise.resolve(() => {}), release: () => Promise.resolve() });
  const visitor = createVisitor({ http, acquirePermit, product: "Newsgather", now, delay: 0 });
  const known = () => Promise.resolve(new Set<string>());
  asked = [];
  let atWork = false;
  const jobs = createSiteJobs({
    store,
    now,
    log,
    topics: new Set(),
    openSites: () => Promise.resolve({ visitor, parser, known }),
    producer: {
      async add(queue, payloads) {
        asked.push(queue.name);
        // As the queue does, which holds a job once.
        if (atWork) return;
        atWork = true;
        const [{ previewId }] = payloads as unknown as [{ previewId: string }];
        void previewInBrowser(deps, previewId);
      },
    },
  });
  const id = await jobs.preview({ yaml }, "user oscar");
  for (;;) {
    const found = await getPreview(store, id);
    if (found && found.state !== "working") {
      preview = found;
      break;
    }
    await sleep(200);
  }
  const draft = draftSource(yaml, null);
  if (!("source" in draft)) throw new Error(draft.problems.join("\n"));
  const replaying = { parser, product: "Newsgather" };
  ({ differences } = await replayPreview(replaying, recordOf(draft.source), preview));
}, 480_000);
afterAll(() => stack.close());

describe("a preview of a source whose pages come by script", () => {
  test("is handed to a worker that has a browser", () => {
    expect(asked).toContain(previewQueue.name);
  });

  test("reads each article as the browser rendered it", () => {
    const read = preview.result?.articles.map(({ title, why }) => ({ title, why }));
    expect(read).toEqual(wanted.map(({ title }) => ({ title, why: null })));
    expect(preview.result?.problems.map(({ text }) => text).join()).not.toContain("browser");
  });

  test("keeps each page once, as the browser rendered it", async () => {
    const articles = preview.pages.filter(({ kind }) => kind === "article");
    expect(articles.map(({ rendered }) => rendered)).toEqual(wanted.map(() => true));
    const [first] = articles;
    const page = await unpack(first?.body ?? new Uint8Array());
    expect(page.toString()).toContain(`<p>${wanted[0]?.text.split("\n\n")[0]}</p>`);
  });

  test("is read the same again out of its fixture", () => {
    expect(differences).toEqual([]);
  });
});
