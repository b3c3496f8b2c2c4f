import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readOwnAssets } from "../../../../web/assets.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { BROWSER, makePortal, PORTAL_NOW } from "../../../helpers/portal.ts";

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>';
const STYLE = ".masthead { background: gold; }";

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "own-look-"));
  database = await startTestDatabase(import.meta.filename);
  await writeFile(join(folder, "logo.svg"), LOGO);
  await writeFile(join(folder, "own.css"), STYLE);
});
afterAll(async () => {
  await database?.close();
  await rm(folder, { recursive: true });
});

describe("a portal with a look of its own", () => {
  let portal: FastifyInstance;
  let front: string;
  beforeAll(async () => {
    const store = await database.open("look");
    const none = () => Promise.reject(new Error("nothing is searched here"));
    portal = await makePortal(store, {
      config: {
        portalTitle: "City Portal",
        baseUrl: "http://portal.example",
        timezone: "Europe/Berlin",
        topicNames: {},
        version: "0.0.0",
        ...readOwnAssets({ logo: join(folder, "logo.svg"), style: join(folder, "own.css") }),
        imprint: "https://publisher.example/imprint",
      },
      search: { find: none, misses: none, state: none, highlight: () => [] },
      now: () => PORTAL_NOW,
    });
    front = (await portal.inject({ url: "/", headers: BROWSER })).body;
  });
  afterAll(() => portal.close());

  test("Its logo stands beside its title", async () => {
    const [, path = ""] = /<img class="logo" src="([^"]+)" alt="">/.exec(front) ?? [];
    const { headers, body } = await portal.inject({ url: path });
    expect([headers["content-type"], body]).toEqual(["image/svg+xml", LOGO]);
    expect(headers["content-security-policy"]).toMatch(/^sandbox; default-src 'none'/);
  });

  test("Its own style sheet follows that of the portal", async () => {
    const [, path = ""] =
      /href="\/assets\/portal\.[^"]+">\s*<link rel="stylesheet" href="([^"]+)">/.exec(front) ?? [];
    const { headers, body } = await portal.inject({ url: path });
    expect([headers["content-type"], body]).toEqual(["text/css; charset=utf-8", STYLE]);
  });

  test("Its footer links to the imprint", () => {
    expect(front).toContain('<a href="https://publisher.example/imprint">Imprint</a>');
  });

  test("Each page has a search box", () => {
    expect(front).toMatch(/<form class="search-box" action="\/search" method="get" role="search">/);
  });
});

test("Without settings of its look a portal has neither logo nor imprint", async () => {
  const portal = await makePortal(await database.open("plain"));
  const { body } = await portal.inject({ url: "/", headers: BROWSER });
  await portal.close();
  expect(body).not.toMatch(/class="logo"|imprint/i);
});

test.each([
  ["logo.gif", "it has to be an SVG, PNG, JPEG or WebP file"],
  ["missing.svg", "which can't be read"],
  ["own.css", "it has to be an SVG, PNG, JPEG or WebP file"],
])("A logo that is %s is refused by the name of its setting, with the reason", (name, why) => {
  const logo = join(folder, name);
  const read = () => readOwnAssets({ logo, style: null });
  expect(read).toThrow(`NEWSGATHER_PORTAL_LOGO is ${logo}`);
  expect(read).toThrow(why);
});

test("A style sheet that isn't one is refused by the name of its setting, with the reason", () => {
  const style = join(folder, "own.txt");
  const why = `NEWSGATHER_PORTAL_CSS is ${style}: it has to be a file that ends in .css`;
  expect(() => readOwnAssets({ logo: null, style })).toThrow(why);
});
