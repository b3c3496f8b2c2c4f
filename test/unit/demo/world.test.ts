import { request } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { handMade } from "../../../demo/hand-made.ts";
import { startWorld, type World } from "../../../demo/world.ts";
import { Source } from "../../../model/sources/source.ts";
import { ask, charsetOf, textOf, visible } from "./ask.ts";

const now = new Date("2026-03-18T10:20:00Z");
const urlIn = (world: World, host: string, path: string) => `http://${host}:${world.port}${path}`;
/** The article whose URL has this part. */
const articleIn = (world: World, part: string) => {
  const found = world.truth.articles.find((one) => decodeURI(one.url).includes(part));
  if (!found) throw new Error(`no article ${part}`);
  return found;
};

describe("sample world", () => {
  let world: World;
  const url = (host: string, path: string) => urlIn(world, host, path);
  const article = (part: string) => articleIn(world, part);
  beforeAll(async () => {
    world = await startWorld({ port: 0, now });
  });
  afterAll(() => world.close());

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
    expect(world.truth.articles.flatMap((one) => one.variants).length).toBeGreaterThan(3);
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

describe("troublesome pages", () => {
  let world: World;
  const url = (host: string, path: string) => urlIn(world, host, path);
  const announced = (part: string) => articleIn(world, part).url;
  beforeAll(async () => {
    world = await startWorld({ port: 0, now });
  });
  afterAll(() => world.close());

  it("refuses once with 429 and Retry-After, then answers", async () => {
    const first = await ask(world, announced("lyon-capteurs-bruit"));
    expect([first.status, first.headers["retry-after"]]).toEqual([429, "1"]);
    expect(first.headers["content-type"]).toBe("text/plain");
    expect((await ask(world, announced("lyon-capteurs-bruit"))).status).toBe(200);
  });

  it("fails once with 500, then answers", async () => {
    const page = announced("identite-numerique-seniors");
    const first = await ask(world, page);
    expect([first.status, first.headers["content-type"]]).toEqual([500, "text/plain"]);
    expect((await ask(world, page)).status).toBe(200);
  });

  it("takes three seconds for the slow page", async () => {
    const start = performance.now();
    expect((await ask(world, announced("سجل-عقاري-عمان"))).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThanOrEqual(2990);
  });

  it("has a page that goes on and on", async () => {
    const { hostname, pathname, host } = new URL(url("cidadeaberta.example", "/ao-vivo/camara/"));
    const line = world.hosts.split("\n").find((one) => one.endsWith(hostname));
    const chunks = await new Promise<number>((resolve, reject) => {
      let count = 0;
      const call = request(
        { host: line?.split(" ")[0], port: world.port, path: pathname, headers: { host } },
        (response) => {
          response.on("data", () => {
            if (++count < 4) return;
            call.destroy();
            resolve(count);
          });
          response.on("end", () => reject(new Error("it ended")));
        },
      );
      call.end();
    });
    expect(chunks).toBe(4);
  });

  it("answers 404 and 410, and redirects over two hops and over hosts", async () => {
    const missing = url("rathaus-digital.example", "/artikel/kfz-zulassung-4007.html");
    const gone = url("rathaus-digital.example", "/artikel/umfrage-buergerbuero-3990.html");
    expect((await ask(world, missing)).status).toBe(404);
    expect((await ask(world, gone)).status).toBe(410);
    const chain = await ask(world, url("agency.example", "/archive/flood-sensors-calder-valley"));
    expect([chain.status, chain.headers.location]).toEqual([301, "/r/flood-sensors-calder-valley"]);
    const second = await ask(world, url("agency.example", "/r/flood-sensors-calder-valley"));
    expect(second.status).toBe(302);
    const short = await ask(world, url("go.example", "/s/x7Qp"));
    expect([short.status, short.headers.location]).toEqual([301, announced("plain-letters")]);
  });

  it("shows a consent wall without any article", async () => {
    const wall = await ask(world, url("plazadigital.example", "/notas/galeria-murales.php"));
    expect(wall.status).toBe(200);
    expect(textOf(wall)).toContain("cookie-consent");
  });

  it("forbids in robots.txt what the truth forbids on the site, and only that", async () => {
    const robots = textOf(await ask(world, url("stadtnetz.example", "/robots.txt")));
    expect(robots).toContain("Disallow: /intern/");
    const members = textOf(await ask(world, url("baladiya.example", "/robots.txt")));
    expect(members).toContain("Disallow: /members/\nAllow: /members/open/");
    expect((await ask(world, url("zhihui.example", "/robots.txt"))).status).toBe(404);
    expect(world.truth.forbidden).toEqual(
      expect.arrayContaining([
        url("stadtnetz.example", "/intern/protokoll-47"),
        url("baladiya.example", "/members/tenders"),
        url("scanner-shop.example", "/offer?partner=harbour"),
      ]),
    );
    expect(world.truth.forbidden).toHaveLength(3);
  });

  it("has one feed that no strict parser takes", async () => {
    const feed = textOf(await ask(world, url("plazadigital.example", "/rss.xml")));
    expect(feed).toContain("Trámites & servicios");
    expect(feed.match(/<comments>/g)).toHaveLength(1);
    expect(feed).not.toContain("</comments>");
  });

  it("answers 304 to validators of feeds, and anew once an article is corrected", async () => {
    const feed = url("www.metroledger.example", "/atom.xml");
    const { headers } = await ask(world, feed);
    const validators = { "if-none-match": headers.etag ?? "" };
    expect((await ask(world, feed, validators)).status).toBe(304);
    const since = { "if-modified-since": headers["last-modified"] ?? "" };
    expect((await ask(world, feed, since)).status).toBe(304);
    // The fourth event is a correction.
    for (let count = 0; count < 4; count++) world.happen();
    expect((await ask(world, feed, validators)).status).toBe(200);
    const page = textOf(await ask(world, announced("boston-permit-backlog")));
    expect(page).toContain("8,600 building permits");
  });
});

describe("seed and port", () => {
  const setting = { port: 18080, seed: 1, now };
  const dates = (articles: { publishedAt: string }[]) => articles.map((at) => at.publishedAt);
  const made = handMade(setting);

  it("makes the same world again from the same seed", () => {
    const again = handMade(setting);
    expect(again.truth()).toEqual(made.truth());
    expect(made.sites.length).toBeGreaterThan(10);
    for (const [index, site] of made.sites.entries()) {
      expect(again.sites[index]?.reply("/")).toEqual(site.reply("/"));
    }
  });

  it("makes a world with other dates from another seed", () => {
    const other = handMade({ ...setting, seed: 2 }).truth();
    expect(dates(other.articles)).not.toEqual(dates(made.truth().articles));
  });

  it("takes another port when the wanted one is in use", async () => {
    const first = await startWorld({ port: 0 });
    const second = await startWorld({ port: first.port });
    onTestFinished(() => first.close());
    onTestFinished(() => second.close());
    expect(second.port).not.toBe(first.port);
    expect(second.truth.articles[0]?.url).toContain(`:${second.port}/`);
  });

  it("reports requests with their gaps, apart from sub-resources and its own control paths", async () => {
    const world = await startWorld({ port: 0 });
    onTestFinished(() => world.close());
    const base = `http://agency.example:${world.port}`;
    for (const path of ["/robots.txt", "/static/site.css", "/rss.xml", "/none"]) {
      await ask(world, base + path);
    }
    const advert = world.truth.forbidden.find((url) => url.includes("scanner-shop")) ?? "";
    await Promise.all([ask(world, advert), ask(world, advert)]);
    const report: unknown = JSON.parse(
      (await ask(world, `http://${world.address}:${world.port}/__world/report`)).body.toString(),
    );
    expect(report).toMatchObject({
      summary: {
        [`agency.example:${world.port}`]: { count: 3, maxConcurrent: 1 },
        [`scanner-shop.example:${world.port}`]: { count: 2 },
      },
      forbiddenHits: [advert, advert],
    });
    const seen = world.report().requests.filter(({ host }) => host.startsWith("agency"));
    expect(seen.map(({ path, status, kind }) => [path, status, kind])).toEqual([
      ["/robots.txt", 200, "page"],
      ["/static/site.css", 200, "sub"],
      ["/rss.xml", 200, "page"],
      ["/none", 404, "page"],
    ]);
    expect(seen[2]?.start).toBeGreaterThan(seen[0]?.end ?? Infinity);
  });
});
