import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { scaled } from "../../../../bench/world/scaled.ts";
import { Source } from "../../../../model/sources/source.ts";
import { visible } from "../../demo/ask.ts";

const setting = { port: 18080, seed: 7, now: new Date("2026-03-18T10:20:00Z") };
const plan = scaled(setting, { sites: 6, articles: 300, variants: 0.12 });
const { articles } = plan.truth();

const pageOf = (url: string) => {
  const { hostname, pathname, search } = new URL(url);
  const reply = plan.sites.find((site) => site.host === hostname)?.reply(pathname + search);
  return Buffer.from(reply?.body ?? "").toString();
};

describe("scaled world", () => {
  it("has as many sites and articles as asked for, each at its own address", () => {
    expect(plan.sites).toHaveLength(6);
    expect(new Set(articles.map((one) => one.url)).size).toBe(300);
    for (const { yaml } of plan.sources) expect(() => Source.parse(parse(yaml))).not.toThrow();
  });

  it("serves each article as a page of 30 to 130 kB with its text", () => {
    for (const one of articles.filter((_, index) => index % 10 === 0)) {
      const page = pageOf(one.url);
      expect(page.length).toBeGreaterThan(30_000);
      expect(page.length).toBeLessThan(130_000);
      const seen = visible(page);
      for (const paragraph of one.text.split("\n\n")) expect(seen).toContain(paragraph);
    }
  });

  it("announces everything over feed and listing, about 12 % of it twice", () => {
    const links = plan.sites.flatMap((site) => {
      const base = `http://${site.host}:18080`;
      const pages: string[] = [];
      for (let path: string | undefined = "/news"; path; ) {
        const page: string = pageOf(base + path);
        pages.push(page);
        path = /class="next" href="([^"]+)"/.exec(page)?.[1];
      }
      return pages.flatMap((page) =>
        Array.from(page.matchAll(/<h2><a href="([^"]+)"/g), ([, path = ""]) => base + path),
      );
    });
    const plain = new Set(links);
    for (const one of articles) expect(plain).toContain(one.url);
    const variants = articles.flatMap((one) => one.variants);
    expect(links).toHaveLength(300 + variants.length);
    expect(variants.length).toBeGreaterThan(15);
    expect(variants.length).toBeLessThan(60);
  });

  it("is the same for the same seed and another for another", () => {
    const options = { sites: 6, articles: 300, variants: 0.12 };
    expect(scaled(setting, options).truth()).toEqual(plan.truth());
    const other = scaled({ ...setting, seed: 8 }, options).truth();
    expect(other.articles[0]?.text).not.toBe(articles[0]?.text);
  });

  it("has texts of their own, dated within 20 days", () => {
    expect(new Set(articles.map((one) => one.text)).size).toBe(300);
    for (const one of articles) {
      const age = setting.now.getTime() - Date.parse(one.publishedAt);
      expect(age).toBeGreaterThan(0);
      expect(age).toBeLessThan(20 * 86_400_000);
    }
  });
});

describe("scaled world whose articles come by script", () => {
  const scripted = scaled(setting, { sites: 2, articles: 6, shells: true });
  const bodyAt = (url: string) => {
    const { hostname, pathname } = new URL(url);
    const reply = scripted.sites.find((site) => site.host === hostname)?.reply(pathname);
    return Buffer.from(reply?.body ?? "").toString();
  };

  it("serves pages without their text, which the script fetches", () => {
    expect(scripted.truth().articles).toHaveLength(6);
    for (const { url, text, title } of scripted.truth().articles) {
      expect(bodyAt(url)).not.toContain(text.slice(0, 40));
      const { pathname, origin } = new URL(url);
      const data = JSON.parse(bodyAt(`${origin}/api/news${pathname}.json`));
      expect(data).toMatchObject({ title, url });
      expect(data.body.map((part: { text: string }) => part.text).join("\n\n")).toBe(text);
    }
  });
});
