import { beforeAll, expect, test } from "vitest";
import { extract, prepare } from "../../../../extractors/extract.ts";
import { leastCpuOf } from "../../../helpers/cpu.ts";
import { HOSTILE } from "./pages.ts";

/** CPU ms that any page may cost; the thread's clock ends at 5,000. */
const MOST = 2000;
const url = "https://city.example/news/2026/portal-opens";
const now = new Date("2026-11-25T12:00:00Z");

beforeAll(async () => {
  await prepare();
  extract({ html: "<title>A</title><p>B", url, now });
});

test.each(Object.keys(HOSTILE))("%s: read in time, without an error", (name) => {
  const html = HOSTILE[name]?.() ?? "";
  const before = process.cpuUsage();
  const { page } = extract({ html, url, now });
  const { user } = process.cpuUsage(before);
  expect(page.kind).toBeTypeOf("string");
  expect(user / 1000).toBeLessThan(MOST);
});

const cost = (html: string) => leastCpuOf(() => extract({ html, url, now }));

test.each([
  [
    "paragraphs",
    (n: number) => "<p>The council opened a portal on 3 March 2026 in town.</p>".repeat(n),
  ],
  ["a headline", (n: number) => `<h1>${"Portal: opens - the council of the town ".repeat(n)}</h1>`],
  [
    "nested boxes with links",
    (n: number) => "<div class=box><a href=/a>Read also this</a>".repeat(n),
  ],
  [
    "bylines",
    (n: number) => "<div class=byline>By Anna Berg and Bo Dahl, 3 March 2026</div>".repeat(n),
  ],
])("time grows with the size of the page and no faster: %s", async (_, make) => {
  const pageOf = (n: number) => `<!doctype html><title>Portal opens</title><body>${make(n)}`;
  const few = await cost(pageOf(4000));
  const many = await cost(pageOf(16_000));
  expect(many).toBeLessThan(Math.max(150, 10 * few));
});
