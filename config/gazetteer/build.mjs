// Builds config/gazetteer/gazetteer.br: `npm run gazetteer`. The same packages give the same bytes.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { parse } from "yaml";
import { keyOf } from "../../dist/articles/classify/places/gazetteer.js";
import { demonymsOf } from "./demonyms.mjs";
import { openPackages } from "./packages.mjs";
import { readRegions } from "./regions.mjs";

const HERE = import.meta.dirname;
const LANGUAGES = "en de fr es it pt nl ru zh zh-Hant ja ko ar".split(" ");
/** Latin exonyms (Mailand) of smaller cities are mostly noise, except those of capitals. */
const MIN_EXONYM_POPULATION = 150_000;
/** Seats of government that are not the capital. */
const SEATS = { NL: "The Hague", BO: "La Paz", ZA: "Pretoria" };
/** A text that contains a capital's name usually means the capital. */
const CAPITAL_RANK_BONUS = 10;
const NATIVE_SCRIPT =
  /[\p{Script=Cyrillic}\p{Script=Han}\p{Script=Katakana}\p{Script=Hiragana}\p{Script=Hangul}\p{Script=Arabic}]/u;

const yaml = (file) => parse(readFileSync(join(HERE, `${file}.yaml`), "utf8"));
const packages = openPackages(resolve(process.argv[2] ?? "data/gazetteer"));
const { countries: countryNames, regions: regionNames, cities: cityNames } = yaml("names");
const { words, phrases, firstNames, both, titles, organisations } = yaml("words");

const entities = [];
const names = new Map();

function name(key, ref) {
  if (key.replace(/ /g, "").length < 2) return;
  const refs = names.get(key) ?? names.set(key, new Set()).get(key);
  refs.add(ref);
}

function entity(line, all, suffix = "") {
  const id = entities.push(line.join("\t")) - 1;
  for (const one of all) name(keyOf(one), id + suffix);
  return id;
}

const territories = LANGUAGES.map(
  (tag) =>
    packages.npm(`cldr-localenames-full/main/${tag}/territories.json`).main[tag].localeDisplayNames
      .territories,
);
const aliases = LANGUAGES.filter((tag) => tag !== "zh-Hant").map(
  (tag) => packages.npm(`i18n-iso-countries/langs/${tag}.json`).countries,
);
const countryIds = new Map();
for (const { iso } of packages.countries().toSorted((a, b) => (a.iso < b.iso ? -1 : 1))) {
  const all = new Set(countryNames[iso]);
  for (const table of territories) {
    for (const [key, value] of Object.entries(table))
      if (key === iso || key.startsWith(`${iso}-alt`)) all.add(value);
  }
  for (const table of aliases) for (const one of [table[iso] ?? []].flat()) all.add(one);
  const english =
    territories[0][`${iso}-alt-short`]?.length > 3
      ? territories[0][`${iso}-alt-short`]
      : territories[0][iso];
  countryIds.set(
    iso,
    entity(
      ["C", iso, "", english ?? iso],
      [...all].filter((one) => one.length > 1),
    ),
  );
}
const { regions, regionOf, districts, lost } = await readRegions(
  packages,
  { extra: regionNames, codes: yaml("codes") },
  keyOf,
);
const cities = packages
  .cities()
  .toSorted((a, b) => b.population - a.population || a.geonameid - b.geonameid);
const inhabitants = new Map();
for (const city of cities)
  inhabitants.set(regionOf(city), (inhabitants.get(regionOf(city)) ?? 0) + city.population);
const regionIds = new Map();
for (const { code, country, name: own, names: all } of [...regions.values()].toSorted((a, b) =>
  a.code < b.code ? -1 : 1,
)) {
  const id = entity(
    ["R", country, code, own, "", rankOf(inhabitants.get(code) ?? 1000, all.size)],
    all,
  );
  regionIds.set(code, id);
  // Looked up by its code; no text can contain this key.
  names.set(code, new Set([id]));
}
for (const { region, names: all } of districts) {
  for (const one of all) name(keyOf(one), `${regionIds.get(region)}s`);
}

for (const [iso, row] of Object.entries(yaml("demonyms"))) {
  for (const form of demonymsOf(row))
    name(keyOf(form), `${countryIds.get(iso) ?? regionIds.get(iso)}d`);
}

const capitals = new Set(packages.countries().map(capitalOf));
for (const [country, seat] of Object.entries(SEATS))
  capitals.add(cities.find((city) => city.countrycode === country && city.name === seat));
for (const city of cities) {
  const { name: own, countrycode: country, population, alternatenames = [] } = city;
  const rank =
    rankOf(population, alternatenames.length) + (capitals.has(city) ? CAPITAL_RANK_BONUS : 0);
  const region = regionOf(city);
  const isCapital = capitals.has(city);
  const big = population >= MIN_EXONYM_POPULATION || isCapital;
  const all = new Set([own, ...(cityNames[`${country} ${own}`] ?? [])]);
  for (const other of alternatenames) {
    if (NATIVE_SCRIPT.test(other)) nativeForms(other).forEach((form) => all.add(form));
    else if (keyOf(own).startsWith(`${keyOf(other)} `)) all.add(other);
    else if (big && /^\p{Lu}\p{Ll}[\p{L} '’-]{2,}$/u.test(other)) all.add(other);
  }
  entity(
    ["P", country, region, own, Math.round(population / 1000), rank, isCapital ? "c" : ""],
    all,
  );
}
for (const one of words) name(keyOf(one), "w");
for (const one of phrases) name(keyOf(one), "x");
for (const one of firstNames) name(keyOf(one), "g");
for (const one of both) name(keyOf(one), "b");
for (const one of titles) name(keyOf(one), "t");
for (const one of organisations) name(keyOf(one), "o");

function capitalOf({ iso, capital }) {
  const key = keyOf(capital);
  const namesakes = cities.filter(({ countrycode, name: own, alternatenames = [] }) => {
    return countrycode === iso && [own, ...alternatenames].some((one) => keyOf(one) === key);
  });
  return namesakes.find(({ name: own }) => keyOf(own) === key) ?? namesakes[0];
}

/** The number of names tells places of the same name apart better than the population alone. */
function rankOf(population, otherNames) {
  return Math.round(10 * (Math.log10(population + 1) + Math.log2(1 + otherNames) / 4));
}

function nativeForms(form) {
  const bare = form.replace(/(?<=..)[市县縣]$/u, "").replace(/(?<=..) ?시$/u, "");
  return /^\p{Script=Han}{1}$/u.test(form) ? [] : [form, bare];
}

const lines = [...names].map(([key, refs]) => `${key}\t${[...refs].join(",")}`).toSorted();
const text = `${entities.length}\n${entities.join("\n")}\n${lines.join("\n")}\n`;
const compressed = brotliCompressSync(text, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
});
writeFileSync(join(HERE, "gazetteer.br"), compressed);
process.stderr.write(
  `${entities.length} places, ${lines.length} names, ${text.length} characters, ${compressed.length} bytes; no ISO code for ${lost.length} regions\n`,
);
if (process.argv.includes("--lost")) process.stdout.write(`${lost.join("\n")}\n`);
