import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import type { BrowserContext, Page } from "playwright";
import { root } from "../config/root.ts";
import { ReleaseStack } from "../lib/async.ts";
import { openBrowser } from "../test/helpers/open-browser.ts";

// Takes the screenshots for the docs. Starts the demo, lets it crawl, and captures the portal and
// each section of the admin, some also in dark mode and on a phone.

const FOLDER = join(root, "docs/images");
const WEBP_QUALITY = 72;
const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const;
const PATIENCE_MS = 15 * 60_000;

/** Long, because the machine also crawls. */
const PAGE_TIMEOUT_MS = 120_000;

type Size = keyof typeof SIZES;

interface Shot {
  name: string;
  path: string | ((page: Page) => Promise<string>);
  prepare?: (page: Page) => Promise<unknown>;
  /** Set if the screenshot is also taken in dark mode and on a phone. */
  all?: true;
}

const SHOTS: readonly Shot[] = [
  { name: "overview", path: "/admin", all: true },
  { name: "sources", path: "/admin/sources", all: true },
  { name: "content", path: "/admin/inbox", all: true },
  { name: "publishing", path: "/admin/views", all: true },
  { name: "archive", path: "/admin/statistics", all: true },
  { name: "system", path: "/admin/health", all: true },
  { name: "source", path: "/admin/source?id=harbour-agency" },
  { name: "edit-source", path: "/admin/source/edit?id=harbour-agency" },
  { name: "schedule", path: "/admin/schedule" },
  { name: "selector-picker", path: "/admin/selector-picker?source=harbour-agency&field=title" },
  { name: "article", path: (page) => articleOf(page, "/admin/article?article=") },
  {
    name: "provenance",
    path: async (page) => `${await articleOf(page, "/admin/provenance?article=")}&field=title#page`,
    prepare: (page) => page.locator("#page").scrollIntoViewIfNeeded(),
  },
  {
    name: "why",
    path: async (page) => `/admin/why?url=${encodeURIComponent(await originalOf(page))}`,
  },
  {
    name: "find",
    path: "/admin",
    prepare: async (page) => {
      await page.locator("form.find input").fill("harbour");
      await page.locator(".found a").first().waitFor();
    },
  },
  { name: "preview", path: previewOf },
];

const { values } = parseArgs({
  options: {
    /** A login link for an administrator of a running demo. */
    at: { type: "string" },
    only: { type: "string", multiple: true },
  },
});

async function startDemo(stack: ReleaseStack): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), "newsgather-pictures-"));
  stack.add("folder", () => rm(dataDir, { recursive: true, force: true }));
  const demo = spawn(process.execPath, [join(root, "bin/newsgather"), "--data", dataDir, "demo"]);
  const ended = new Promise<void>((resolve) => demo.once("exit", () => resolve()));
  stack.add("demo", async () => {
    demo.kill("SIGINT");
    await ended;
  });
  demo.stderr.pipe(process.stderr);
  let said = "";
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the demo took too long")), PATIENCE_MS);
    const stop = () => clearTimeout(timer);
    demo.stdout.on("data", (text: Buffer) => {
      said += text.toString();
      if (!said.includes("The sites continue to publish")) return;
      stop();
      resolve();
    });
    demo.once("exit", () => {
      stop();
      reject(new Error(`the demo ended:\n${said}`));
    });
  });
  const invite = ["users", "invite", "ann", "--role", "admin", "--reason", "for the pictures"];
  const command = [join(root, "bin/newsgather"), "--data", dataDir, ...invite];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  return /http\S+/.exec(stdout)?.[0] ?? "";
}

/** Returns `prefix` followed by the id of the latest article. */
async function articleOf(page: Page, prefix: string): Promise<string> {
  await page.goto("/admin/articles");
  const link = page.locator("main td a[href^='/admin/article?']").first();
  const { searchParams } = new URL((await link.getAttribute("href")) ?? "", page.url());
  return prefix + encodeURIComponent(searchParams.get("article") ?? "");
}

async function originalOf(page: Page): Promise<string> {
  await page.goto("/admin/dead-letters");
  const dead = page.locator("main td.url").first();
  if ((await dead.count()) > 0) return (await dead.innerText()).trim();
  await page.goto(await articleOf(page, "/admin/article?article="));
  return (await page.locator("main a[rel*=external]").first().getAttribute("href")) ?? "";
}

async function previewOf(page: Page): Promise<string> {
  await page.goto("/admin/source/edit?id=harbour-agency");
  await page
    .locator("main form[data-source] button", { hasText: /preview/i })
    .first()
    .click();
  await page.waitForURL("**/admin/preview?*");
  await page.locator(".preview-article").first().waitFor({ timeout: 120_000 });
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}

async function fillInbox(page: Page): Promise<void> {
  await page.goto("/admin/inbox");
  if ((await page.locator(".inbox li").count()) > 0) return;
  await page.goto("/admin/inbox?show=published");
  for (const n of [1, 2, 3]) await page.locator(".inbox input[type=checkbox]").nth(n).check();
  await page.selectOption("select[name=verb]", "draft");
  await page.locator("form[action='/admin/inbox'] button.btn-primary").click();
  await page.waitForURL("**/admin/inbox*");
}

async function take(page: Page, name: string): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const { data } = await client.send("Page.captureScreenshot", {
    format: "webp",
    quality: WEBP_QUALITY,
  });
  await client.detach();
  const bytes = Buffer.from(data, "base64");
  await writeFile(join(FOLDER, `${name}.webp`), bytes);
  console.log(`${name}.webp ${Math.round(bytes.length / 1000)} kB`);
}

async function show(page: Page, { name, path, prepare }: Shot, suffix = ""): Promise<void> {
  await page.goto(typeof path === "string" ? path : await path(page));
  await page.locator(".btn-loading").waitFor({ state: "detached" });
  await prepare?.(page);
  await page.evaluate("document.fonts.ready.then(() => null)");
  await take(page, name + suffix);
}

const stack = new ReleaseStack();
try {
  await mkdir(FOLDER, { recursive: true });
  const link = values.at ?? (await startDemo(stack));
  const baseURL = new URL(link).origin;
  const { host, port } = { host: "127.0.0.1", port: Number(new URL(link).port) };
  const chromium = await openBrowser({ host, port });
  stack.add("chromium", () => chromium.close());
  const open = (size: Size, colorScheme: "light" | "dark" = "light", state?: State) =>
    chromium.browser.newContext({
      baseURL,
      viewport: SIZES[size],
      deviceScaleFactor: size === "phone" ? 2 : 1.5,
      colorScheme,
      ...(state && { storageState: state }),
    });
  const first = await open("desktop");
  const page = await first.newPage();
  page.setDefaultTimeout(PAGE_TIMEOUT_MS);
  await page.goto(link);
  await page.waitForURL("**/admin");
  await fillInbox(page);
  const state = await first.storageState();
  const wanted = (name: string) => !values.only || values.only.includes(name);
  for (const shot of SHOTS) {
    if (!wanted(shot.name)) continue;
    await show(page, shot);
    if (!shot.all) continue;
    for (const [suffix, context] of [
      ["-dark", await open("desktop", "dark", state)],
      ["-phone", await open("phone", "light", state)],
    ] as const) {
      await show(await context.newPage(), shot, suffix);
      await context.close();
    }
  }
  if (wanted("portal")) {
    await show(page, { name: "portal", path: "/" });
    const phone = await open("phone");
    await show(await phone.newPage(), { name: "portal", path: "/" }, "-phone");
  }
} finally {
  await stack.close();
}

type State = Awaited<ReturnType<BrowserContext["storageState"]>>;
