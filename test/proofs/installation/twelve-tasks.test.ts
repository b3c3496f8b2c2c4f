import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY_MS, sleep } from "../../../lib/time.ts";
import { getSource } from "../../../store/sources/sources.ts";
import { makeWebhook } from "../../../web/api/manage-webhooks.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { join, PASSWORD } from "../../helpers/gated.ts";
import { type Hand, keyboard, mouse } from "../../helpers/hand.ts";
import { openBrowser, type WatchedBrowser } from "../../helpers/open-browser.ts";
import { closeReceivers, receive } from "../../helpers/receiver.ts";
import { startTree, type Tree } from "../../helpers/tree.ts";

const SOURCES = ["harbour-agency", "plaza-digital", "rathaus-digital", "stadtnetz-wien"];
/** The source whose form, picker and versions are used. */
const WATCHED = { id: "harbour-agency", name: "Harbour" };
const REASON = "for a reason of ours";
const PATIENCE_MS = 200_000;
/** Articles that the overview shows. */
const OVERVIEW_ARTICLES = 10;
/** Clicks from the overview that a task may take. */
const MAX_CLICKS = 5;

let tree: Tree;
let chromium: WatchedBrowser;
let page: Page;
let received: { body: string }[];
let webhookId: string;
/** What each task took, by hand. */
const taken: Record<string, Record<string, number>> = {};

beforeAll(async () => {
  tree = await startTree(SOURCES, {
    NEWSGATHER_REQUEST_TIMEOUT: "60s",
    NEWSGATHER_STUCK_AFTER: "120s",
  });
  const { store } = tree;
  await join(store, "ann", "admin");
  const { articles, sources } = store.collections;
  await until(async () => (await articles.countDocuments()) >= 2 * OVERVIEW_ARTICLES);
  await until(async () => (await sources.countDocuments({ openRunId: { $ne: null } })) === 0);
  const lastMonth = new Date(Date.now() - 35 * DAY_MS);
  await publishArticles(store, "created", [
    makeArticle("last-month", {
      sourceId: WATCHED.id,
      title: "Zeppelin over the harbour of last month",
      sortAt: lastMonth,
    }),
  ]);
  const receiver = await receive((response) => response.writeHead(204).end());
  received = receiver.got;
  const hook = { url: receiver.url, from: "latest", filter: {}, refusal: null };
  webhookId = (await makeWebhook(store, hook, { actor: "test", now: new Date() }))._id;
  const { address, port } = tree.world;
  chromium = await openBrowser({ host: address, port });
  page = await chromium.browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${tree.address}/admin/login`);
  await page.fill("input[name=name]", "ann");
  await page.fill("input[name=password]", PASSWORD);
  await page.click("main form button");
  await page.waitForURL("**/admin");
}, 480_000);

afterAll(async () => {
  process.stdout.write(`clicks by task and hand: ${JSON.stringify(taken, null, 1)}\n`);
  await chromium?.close();
  closeReceivers();
  await tree?.close();
});

/** Waits for a state; a busy machine takes longer. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("it took too long");
    await sleep(200);
  }
}

const section = (path: string) => `.navbar-collapse a[href='${path}']`;
const tab = (path: string) => `main .nav-tabs a[href='${path}']`;
const form = (action: string) => `form[action='${action}']`;
const said = () => page.locator("main .alert-success[role=status]").first().waitFor();
const idOf = (href: string) => new URL(href, tree.address).searchParams.get("article") ?? "";

async function openSource(hand: Hand): Promise<void> {
  await hand.press(section("/admin/sources"));
  await hand.press(`main table a[href='/admin/source?id=${WATCHED.id}']`);
  await page.waitForURL("**/admin/source?id=*");
}

const articleOf = (id: string) => tree.store.collections.articles.findOne({ _id: id });

/** The addresses of the articles that the overview shows, the latest first. */
function readLatest(): Promise<string[]> {
  const links = page.locator("main table a[href^='/admin/article?']");
  return links.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
}

/** What each task does; `n` is 0 with the mouse and 1 by keyboard, so that both have things of their own. */
const TASKS: Record<string, (hand: Hand, n: number) => Promise<void>> = {
  async "adds a source from a URL and puts it live"(hand, n) {
    const site = ["civicwire.example", "numerique-cite.example"][n] ?? "";
    await hand.press(section("/admin/sources"));
    await hand.press("main a[href='/admin/add']");
    await hand.write("input[name=home]", `http://${site}:${tree.world.port}/`);
    await hand.press("button:has-text('Find feeds, sitemaps and lists')");
    await page.waitForURL("**/admin/preview?id=*");
    await page.locator("button:has-text('Watch this source')").waitFor();
    await hand.write("main input[name=reason]", REASON);
    await hand.press("button:has-text('Watch this source')");
    await page.locator("text=This preview is now the source's fixture").waitFor();
    const id = site.replace(".example", "");
    expect((await getSource(tree.store, id))?.active).toBe(true);
  },
  async "fixes a field with the selector picker"(hand) {
    const before = (await getSource(tree.store, WATCHED.id))?.version ?? 0;
    await openSource(hand);
    await hand.press(`main a[href^='/admin/selector-picker?source=${WATCHED.id}']`);
    const heading = page.frameLocator("iframe[data-point]").locator("h1").first();
    await heading.waitFor();
    await hand.point(heading);
    await page.locator("h2:has-text('before and after')").waitFor();
    await hand.write("main input[name=reason]", REASON);
    await hand.press("button:has-text('Write the selector into the source')");
    await page.waitForURL("**/admin/versions?source=*");
    expect((await getSource(tree.store, WATCHED.id))?.version).toBe(before + 1);
  },
  async "sees why an article isn't there"(hand) {
    await hand.write("form.find input", `http://civicwire.example:${tree.world.port}/nowhere`);
    await hand.enter();
    await page.waitForURL("**/admin/why?url=*");
    expect(await page.locator("main .status-red").first().textContent()).toBe("No");
  },
  async "pauses a source with a reason"(hand) {
    await openSource(hand);
    await hand.write(`${form("/admin/schedule/run")} [name=reason]`, REASON);
    await hand.press("button:has-text('Pause it')");
    await page.locator("button:has-text('Resume it')").waitFor();
    expect((await getSource(tree.store, WATCHED.id))?.pausedByOperator).toMatchObject({
      reason: REASON,
    });
    await tree.store.collections.sources.updateOne(
      { _id: WATCHED.id },
      { $unset: { pausedByOperator: 1 } },
    );
  },
  async "corrects a topic"(hand, n) {
    const href = (await readLatest())[n] ?? "";
    await hand.press(`main table a[href='${href}']`);
    await hand.press("main a:has-text('Correct the topics')");
    await hand.choose("select[name=add]", "Cybersecurity");
    await hand.write(`${form("/admin/corrections")} [name=reason]`, REASON);
    await hand.press("button:has-text('Correct')");
    await said();
    expect((await articleOf(idOf(href)))?.topics).toContain("cybersecurity");
  },
  async "joins two stories"(hand, n) {
    const [href = "", ...later] = (await readLatest()).slice(2 + n);
    const own = idOf(href);
    const story = (await articleOf(own))?.storyId;
    const others = await Promise.all(later.map((link) => articleOf(idOf(link))));
    const other = others.find((one) => one?.storyId !== story)?._id ?? "";
    await hand.press(`main table a[href='${href}']`);
    await hand.press("main a:text-is('Story')");
    // What is likely may be none in so small a world: the other one is found by its id.
    await hand.write("form[role=search] [name=q]:not(header *)", other);
    await hand.enter();
    await page.locator(`input[name=other][value='${other}']`).waitFor();
    await hand.write(`${form("/admin/stories/join")} [name=reason]`, REASON);
    await hand.press("button:text-is('Join')");
    await said();
    const [one, two] = [await articleOf(own), await articleOf(other)];
    expect(one?.storyId).toBe(two?.storyId);
  },
  async "retracts an article"(hand, n) {
    const href = (await readLatest())[6 + n] ?? "";
    await hand.press(`main table a[href='${href}']`);
    await hand.write(`${form("/admin/article/retract")} [name=reason]`, REASON);
    await hand.press(`${form("/admin/article/retract")} button`);
    await said();
    expect((await articleOf(idOf(href)))?.status).toBe("retracted");
  },
  async "replays a webhook"(hand) {
    const before = received.length;
    await hand.press(section("/admin/views"));
    await hand.press(tab("/admin/webhooks"));
    await hand.choose(`${form("/admin/webhooks/replay")} [name=from]`, "the oldest stored change");
    await hand.write(`${form("/admin/webhooks/replay")} [name=reason]`, REASON);
    await hand.press("button:has-text('Send again')");
    await said();
    await until(async () => received.length > before);
    const audit = await tree.store.collections.audit.findOne({ action: "webhook.replay" });
    expect(audit).toMatchObject({ subject: webhookId, reason: REASON });
  },
  async "makes a key"(hand, n) {
    await hand.press(section("/admin/health"));
    await hand.press(tab("/admin/users"));
    await hand.write(`${form("/admin/users/keys")} [name=name]`, `a program ${n}`);
    await hand.press(`${form("/admin/users/keys")} [name=scope][value=read]`);
    await hand.write(`${form("/admin/users/keys")} [name=reason]`, REASON);
    await hand.press("button:has-text('Create the key')");
    expect(await page.locator("input.secret").inputValue()).toMatch(/^ng_/);
  },
  async "finds an article of last month"(hand) {
    const month = new Date(Date.now() - 35 * DAY_MS).toISOString().slice(0, 7);
    await hand.press(section("/admin/search"));
    await hand.write("main [name=q]", `harbour day:${month}`);
    await hand.enter();
    await hand.press("main .list-group a");
    await page.waitForURL("**/admin/article?article=last-month");
  },
  async "exports a view"(hand, n) {
    const id = `view-${n}`;
    const saved = { name: id, filter: {}, at: new Date(), actor: "test" };
    await tree.store.collections.views.insertOne({ _id: id, ...saved });
    await hand.press(section("/admin/views"));
    await hand.press(`main a[href='/admin/exports?view=${id}']`);
    await hand.write(`${form("/admin/exports")} [name=reason]`, REASON);
    await hand.press(`${form("/admin/exports")} button`);
    await said();
    const file = "main table a[href^='/v1/exports/']";
    const { exports } = tree.store.collections;
    await until(async () => (await exports.countDocuments({ state: "done" })) > n);
    await hand.reload();
    const [download] = await Promise.all([page.waitForEvent("download"), hand.press(file)]);
    expect(download.suggestedFilename()).toMatch(/\.(?:csv|jsonl|parquet|json)/);
  },
  async "restores a source's last version"(hand) {
    const before = await getSource(tree.store, WATCHED.id);
    await openSource(hand);
    await hand.write(`${form("/admin/versions/rollback")} [name=reason]`, REASON);
    await hand.press(`${form("/admin/versions/rollback")} button`);
    await page.waitForURL("**/admin/versions?source=*");
    expect((await getSource(tree.store, WATCHED.id))?.version).toBe((before?.version ?? 0) + 1);
  },
};

describe.each([
  ["with the mouse", mouse],
  ["by keyboard alone", keyboard],
])("%s", (words, makeHand) => {
  test.each(Object.keys(TASKS))(`somebody %s in at most ${MAX_CLICKS} clicks`, async (name) => {
    await page.goto(`${tree.address}/admin`);
    const hand = makeHand(page);
    await TASKS[name]?.(hand, makeHand === mouse ? 0 : 1);
    (taken[name] ??= {})[words] = hand.clicks();
    expect(hand.clicks()).toBeLessThanOrEqual(MAX_CLICKS);
  });
});
