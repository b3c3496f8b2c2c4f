import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Source } from "../../../model/source.ts";
import { startWorld, type World } from "../../world/world.ts";
import { ask, charsetOf, textOf, visible } from "./ask.ts";

const now = new Date("2026-03-18T10:20:00Z");
let world: World;
const url = (host: string, path: string) => `http://${host}:${world.port}${path}`;
const article = (part: string) => {
  const found = world.truth.articles.find((one) => decodeURI(one.url).includes(part));
  if (!found) throw new Error(`no article ${part}`);
  return found;
};

beforeAll(async () => {
  world = await startWorld({ port: 0, now });
});
afterAll(() => world.close());

describe("sample world", () => {
  it("has sources that fit the schema, each with its articles", () => {
    for (const { id, yaml } of world.sources) {
      const source = Source.parse(parse(yaml));
      expect(source.id).toBe(id);
      expect(source.country).toMatch(/^[A-Z]{2}$/);
      expect(source.topics.length).toBeGreaterThan(0);
      const own = world.truth.articles.filter((one) => one.sourceId === id);
      expect(own.length).toBeGreaterThanOrEqual(5);
    }
  });

  it("shows every article's title and text at its address, but for the rendered site and the PDF", async () => {
    const lost: string[] = [];
    for (const one of world.truth.articles) {
      if (one.sourceId === "tramite-abierto" || one.url.endsWith(".pdf")) continue;
      let answer = await ask(world, one.url);
      if (answer.status !== 200) answer = await ask(world, one.url);
      const more = await Promise.all(one.variants.map((variant) => ask(world, variant)));
      const seen = [answer, ...more].map((each) => visible(textOf(each))).join("\n");
      const parts = [one.title.replace(/\s+/g, " "), ...one.text.split("\n\n")];
      lost.push(...parts.filter((part) => !seen.includes(part)));
    }
    expect(lost).toEqual([]);
  });

  it("leads every variant to its article", async () => {
    for (const one of world.truth.articles) {
      for (const variant of one.variants) {
        let answer = await ask(world, variant);
        for (let hop = 0; answer.headers.location && hop < 5; hop++) {
          answer = await ask(world, new URL(answer.headers.location, variant).href);
        }
        expect(answer.status).toBe(200);
        expect(textOf(answer)).toContain(`<link rel="canonical" href="${one.url}">`);
      }
    }
  });

  it("dates all articles within the last 20 days, never in the future, copies after originals", () => {
    const dates = new Map(
      world.truth.articles.map((one) => [one.url, Date.parse(one.publishedAt)]),
    );
    for (const one of world.truth.articles) {
      const age = now.getTime() - Date.parse(one.publishedAt);
      expect(age).toBeGreaterThan(0);
      expect(age).toBeLessThan(20 * 86_400_000);
      const original = one.duplicateOf === null ? 0 : (dates.get(one.duplicateOf) ?? Infinity);
      expect(Date.parse(one.publishedAt)).toBeGreaterThan(original);
    }
  });

  it("answers in the old charsets and declares them in header or markup", async () => {
    const ru = await ask(world, article("vestnik.example").url);
    expect(ru.headers["content-type"]).toBe("text/html; charset=windows-1251");
    const ja = await ask(world, article("machikado.example").url);
    expect(ja.headers["content-type"]).toBe("text/html; charset=shift_jis");
    const zh = await ask(world, article("zhihui.example").url);
    expect(zh.headers["content-type"]).toBe("text/html");
    expect(charsetOf(zh)).toBe("gb18030");
    for (const answer of [ru, ja, zh]) {
      expect(() => new TextDecoder("utf-8", { fatal: true }).decode(answer.body)).toThrow(
        /not valid/,
      );
    }
  });

  it("brings the rendered site's text by a data call only", async () => {
    const one = article("tramite.example");
    const page = textOf(await ask(world, one.url));
    expect(page).toContain('<div id="app"></div>');
    expect(page).not.toContain(one.title);
    const data = await ask(world, one.url.replace("/n/", "/api/news/n/").concat(".json"));
    expect(JSON.parse(textOf(data))).toMatchObject({ title: one.title, url: one.url });
  });

  it("zips pages for those who take it", async () => {
    const plain = await ask(world, article("civicwire").url);
    const zipped = await ask(world, article("civicwire").url, { "accept-encoding": "br, gzip" });
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(zipped.headers["content-encoding"]).toBe("gzip");
    expect(zipped.body.equals(plain.body)).toBe(true);
  });

  it("announces the news sitemap's articles through an index and zipped files", async () => {
    const index = textOf(await ask(world, url("villebranchee.example", "/sitemap.xml")));
    const files = [...index.matchAll(/<loc>([^<]+)/g)].map((match) => match[1] ?? "");
    expect(files).toHaveLength(2);
    const maps = await Promise.all(files.map((file) => ask(world, file)));
    const found = maps.map((file) => gunzipSync(file.body).toString()).join("");
    const own = world.truth.articles.filter((one) => one.sourceId === "ville-branchee");
    for (const one of own) expect(found).toContain(`<loc>${one.url}</loc>`);
  });

  it("lists articles on three pages", async () => {
    let pages = 0;
    let markup = "";
    for (let path: string | undefined = "/news"; path; pages++) {
      const page = textOf(await ask(world, url("stadtnetz.example", path)));
      markup += page;
      path = /class="next" href="([^"]+)"/.exec(page)?.[1];
    }
    expect(pages).toBe(3);
    const own = world.truth.articles.filter((one) => one.sourceId === "stadtnetz-wien");
    for (const one of own) expect(markup).toContain(`href="${new URL(one.url).pathname}"`);
    expect(markup).toContain("/intern/protokoll-47");
  });
});
