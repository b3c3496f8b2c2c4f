import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { extract } from "../../extractors/extract.ts";
import { prepare } from "../../extractors/language.ts";
import { growthOf, LINEAR } from "../helpers/cpu.ts";
import { HOSTILE } from "../helpers/hostile-pages.ts";

const url = "https://city.example/news/2026/portal-opens";
const now = new Date("2026-11-25T12:00:00Z");
const read = (html: string) => extract({ html, url, now });

beforeAll(async () => {
  await prepare();
  read("<title>A</title><p>B");
});

test.each(HOSTILE)(
  "a page of many %s is read in time that grows as the page does",
  async (_, n, make) => {
    const growth = await growthOf(n, make, (html) => {
      expect(read(html).page.kind).toBeTypeOf("string");
    });
    expect(growth).toBeLessThan(LINEAR);
  },
);

const root = new URL("../../dist/", import.meta.url).href;

const SCRIPT = `
  import { extract } from "${root}extractors/extract.js";
  import { prepare } from "${root}extractors/language.js";
  import { HOSTILE } from "${root}test/helpers/hostile-pages.js";
  await prepare();
  const [url, now] = ["${url}", new Date("${now.toISOString()}")];
  for (const [odd, n, make] of HOSTILE) {
    try {
      extract({ html: make(n), url, now });
    } catch (error) {
      console.log(odd, String(error));
    }
  }
`;

test("Hostile pages are read after V8 has stopped optimising patterns", async () => {
  const args = ["--no-regexp-optimization", "--input-type=module", "--eval", SCRIPT];
  expect(await promisify(execFile)(process.execPath, args)).toMatchObject({ stdout: "" });
});
