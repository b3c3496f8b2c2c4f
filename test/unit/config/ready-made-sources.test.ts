import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { leftOut } from "../../../crawler/links/url.ts";
import { Source } from "../../../model/sources/source.ts";
import { portalTopics } from "../../helpers/portal-topics.ts";

const folder = "config/sources";
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const read = (file: string): unknown => parse(readFileSync(join(folder, file), "utf8"));
const sources = () => files.map((file) => Source.parse(read(file)));

/** Why a path of a source's site is left out; null when it is kept. */
const left = (id: string, path: string) => {
  const source = Source.parse(read(`${id}.yaml`));
  return leftOut(new URL(path, source.home).href, source)?.reason ?? null;
};

const KNOWN_COUNTRIES = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
const KNOWN_LANGUAGES = new Intl.DisplayNames("en", { type: "language", fallback: "none" });

test("at least 30 sources are ready-made", () => {
  expect(files.length).toBeGreaterThanOrEqual(30);
});

test.each(files)("%s follows the schema and is named after its id", (file) => {
  const result = Source.safeParse(read(file));
  expect(result.error?.issues ?? []).toEqual([]);
  expect(result.data?.id).toBe(basename(file, ".yaml"));
});

test("they come from at least ten languages and fifteen countries, all of them real codes", () => {
  const languages = new Set(sources().map((source) => source.language ?? ""));
  const countries = new Set(sources().flatMap((source) => source.country ?? []));
  expect(languages.size).toBeGreaterThanOrEqual(10);
  expect(countries.size).toBeGreaterThanOrEqual(15);
  expect([...languages].filter((code) => !KNOWN_LANGUAGES.of(code || "xx"))).toEqual([]);
  expect([...countries].filter((code) => !KNOWN_COUNTRIES.of(code))).toEqual([]);
});

test("no two share an id, a home or an entry point", () => {
  const ids = sources().map((source) => source.id);
  const homes = sources().map((source) => source.home);
  const entries = sources().flatMap(({ feeds, sitemaps, listings }) => [
    ...feeds,
    ...sitemaps,
    ...listings.map((listing) => listing.url),
  ]);
  for (const list of [ids, homes, entries]) expect(new Set(list).size).toBe(list.length);
  expect(homes).not.toContain(undefined);
});

test("none claims to be verified, since nobody has run them from here", () => {
  expect(sources().filter((source) => source.verified)).toEqual([]);
});

test("their topics are the portal's", () => {
  const known = new Set(portalTopics().map((topic) => topic.id));
  expect(sources().flatMap((s) => s.topics.filter((topic) => !known.has(topic)))).toEqual([]);
});

test("each runs every 30 minutes to 6 hours and asks a host at most every two seconds", () => {
  const hasty = sources().filter(({ schedule, pace }) => {
    const every = "every" in schedule ? schedule.every : 0;
    const rarely = every >= 30 * 60_000 && every <= 6 * 3_600_000;
    return !rarely || pace.delay < 2000 || pace.concurrency > 1;
  });
  expect(hasty.map((source) => source.id)).toEqual([]);
});

test("the patterns of sources with listings keep articles and leave out the rest", () => {
  expect(left("kommune21", "/k21-meldungen/energieeffizientes-rechenzentrum-3/")).toBe(null);
  expect(left("kommune21", "/k21-meldungen/beliebter-chatbot")).toBe(null);
  expect(left("kommune21", "/k21-meldungen/feed/")).toBe("filtered");
  expect(left("kommune21", "/k21-themen/it-sicherheit/")).toBe("filtered");
  expect(left("esmartcity", "/2025/10/17/diccionario-terminos-administracion")).toBe(null);
  expect(left("esmartcity", "/biblioteca/un-libro")).toBe("filtered");
});
