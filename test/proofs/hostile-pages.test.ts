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
