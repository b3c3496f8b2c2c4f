import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorld, type World } from "../../world/world.ts";
import { ask, textOf } from "./ask.ts";

const now = new Date("2026-03-18T10:20:00Z");
let world: World;
const url = (host: string, path: string) => `http://${host}:${world.port}${path}`;
const announced = (part: string) => {
  const found = world.truth.articles.find((one) => decodeURI(one.url).includes(part));
  if (!found) throw new Error(`no article ${part}`);
  return found.url;
};

beforeAll(async () => {
  world = await startWorld({ port: 0, now });
});
afterAll(() => world.close());

describe("troublesome pages", () => {
  it("refuses once with 429 and Retry-After, then answers", async () => {
    const first = await ask(world, announced("lyon-capteurs-bruit"));
    expect([first.status, first.headers["retry-after"]]).toEqual([429, "1"]);
    expect((await ask(world, announced("lyon-capteurs-bruit"))).status).toBe(200);
  });

  it("fails once with 500, then answers", async () => {
    const page = announced("identite-numerique-seniors");
    expect((await ask(world, page)).status).toBe(500);
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
    const before = world.truth.articles.length;
    world.nextPhase();
    expect(world.truth.articles).toHaveLength(before);
    expect((await ask(world, feed, validators)).status).toBe(200);
    const page = textOf(await ask(world, announced("broadband-count")));
    expect(page).toContain("State finds 69,000 homes");
    expect(page).toContain("2026-03-18T06:20:00-04:00");
  });
});
