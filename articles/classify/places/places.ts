import { nearest } from "../../../lib/nearest.ts";
import type { Place, PlaceHit, PlaceVerdict } from "../../../model/articles/classification.ts";
import { type Gazetteer, keyOf, type Meaning } from "./gazetteer.ts";
import { type Mention, mentionsIn, type Stretch } from "./mentions.ts";

export interface PlaceInput {
  title: string;
  text: string;
  /** Primary language subtag; null if it is unknown. */
  language: string | null;
  /** The source's country and region, or null. A place there is likelier than its homonyms. */
  home: { country: string | null; region: string | null };
}

export type NamedPlace = Pick<PlaceVerdict, "country" | "region" | "city" | "confidence" | "hits">;

/** Determines an article's place. The same input always gives the same result. */
export interface PlaceFinder {
  readonly digest: string;
  find(input: PlaceInput): NamedPlace;
  /** Returns the ISO 3166-2 code and English name; for an unknown region, null and `name`. */
  region(country: string, name: string): { code: string | null; name: string };
  /** Returns the region with the most similar name or code; null if none is similar. */
  nearestRegion(country: string, word: string): Place | null;
  /** Returns the city that a word names or resembles most; null if none is similar. */
  nearestCity(word: string): Place | null;
}

const MAX_SEARCHED_CHARS = 3000;
const MAX_LEAD_CHARS = 300;
const WEIGHTS = { title: 3, dateline: 2.5, lead: 2, text: 1 };

export function placeFinder(gazetteer: Gazetteer, digest: string): PlaceFinder {
  const regionOf = (country: string, name: string) => {
    const key = keyOf(name);
    const known = (gazetteer.find(key)?.meanings ?? [])
      .map(({ place }) => place)
      .filter((place) => place.country === country && place.kind === "region");
    // `Moscow` is also a short form of `Moscow Region`.
    const place = known.find((one) => keyOf(one.name) === key) ?? known[0];
    return place ? { code: place.region, name: place.name } : { code: null, name };
  };
  const nearestPlace = (word: string, namesOf: (place: Place) => (string | null)[]) => {
    const places = new Map<string, Place>();
    for (const place of gazetteer.places()) {
      for (const name of namesOf(place)) if (name && !places.has(name)) places.set(name, place);
    }
    return places.get(nearest(word, places.keys()) ?? "") ?? null;
  };
  return {
    digest,
    region: regionOf,
    nearestRegion: (country, word) => {
      return nearestPlace(word, (place) =>
        place.kind === "region" && place.country === country ? [place.name, place.region] : [],
      );
    },
    nearestCity: (word) => {
      const own = gazetteer.find(keyOf(word))?.meanings.find(({ place }) => place.kind === "city");
      if (own) return own.place;
      return nearestPlace(word, ({ kind, name }) => (kind === "city" ? [name] : []));
    },
    find: ({ title, text, language, home }) => {
      const persons = new Set<string>();
      const mentions = stretchesOf(title, text.slice(0, MAX_SEARCHED_CHARS)).flatMap((stretch) =>
        mentionsIn(stretch, gazetteer, language, persons),
      );
      const places = mentions.filter(
        ({ matched, notes }) => !persons.has(matched) || notes.includes("locative"),
      );
      const region = home.country && home.region ? regionOf(home.country, home.region).code : null;
      const from = { country: home.country, region };
      const chosen = weigh(chooseMeanings(places, from), from);
      const name = chosen.region && gazetteer.find(chosen.region)?.meanings[0]?.place.name;
      return { ...chosen, region: name ? { code: chosen.region, name } : null };
    },
  };
}

function stretchesOf(title: string, text: string): Stretch[] {
  const end = datelineEnd(text);
  const lead = leadEnd(text, end);
  return [
    { field: "title", text: title, offset: 0, weight: WEIGHTS.title },
    { field: "dateline", text: text.slice(0, end), offset: 0, weight: WEIGHTS.dateline },
    { field: "text", text: text.slice(end, lead), offset: end, weight: WEIGHTS.lead },
    { field: "text", text: text.slice(lead), offset: lead, weight: WEIGHTS.text },
  ];
}

function leadEnd(text: string, from: number): number {
  const paragraph = text.indexOf("\n", from + 60);
  const most = from + MAX_LEAD_CHARS;
  if (paragraph !== -1 && paragraph < most) return paragraph;
  const space = text.indexOf(" ", most);
  return space === -1 || space > most + 40 ? Math.min(most, text.length) : space;
}

/** Matches `BERLIN (dpa) -`, `ROMA, 3 marzo (ANSA) –`, `МОСКВА, 12 мая —`, `القاهرة -`. */
const DASH_DATELINE = /^[\p{Lu}\p{Lo}][^\n!?;:]{1,60}?\s*[—–-]{1,2}\s+(?=\S)/u;
/** Matches `МОСКВА, 12 мая. ` and `АСТАНА. `. */
const STOP_DATELINE = /^\p{Lu}[\p{Lu} -]{2,30}(?:, \d{1,2} \p{Ll}+)?\. (?=\p{Lu})/u;
/** Matches `新华社北京11月2日电` and `中新社广州3月1日電`. */
const WIRE_DATELINE =
  /^[（(]?[^\s，。]{2,16}?\d{1,2}月\d{1,2}日[^\s，。]{0,3}[电電讯訊](?:[^\s，。]{0,20}[)）])?/u;
/** Matches `【北京】`, `[서울=뉴스]` and `(부산=연합)`. */
const BRACKET_DATELINE = /^[[(（【［][^\])）】］\n]{2,24}[\])）】］]/u;

/** Returns the offset at which a text's dateline ends; 0 if there is none. */
export function datelineEnd(text: string): number {
  const wire = WIRE_DATELINE.exec(text) ?? BRACKET_DATELINE.exec(text) ?? STOP_DATELINE.exec(text);
  if (wire) return wire[0].length;
  const dash = DASH_DATELINE.exec(text)?.[0];
  if (!dash || /\p{Ll}{3}\. \p{L}/u.test(dash)) return 0;
  // With many lower-case words it is a sentence, not a dateline.
  const words = dash.replace(/\([^)]*\)/g, "").match(/\p{L}+/gu) ?? [];
  const small = words.filter((word) => /^\p{Ll}/u.test(word)).length;
  return words.length <= 7 && small <= 2 ? dash.length : 0;
}

const MIN_COUNTRY_SCORE = 1.2;
const UNSUPPORTED_FACTOR = 0.2;
const REPETITION_FACTOR = 0.6;
const MIN_LEADING_SHARE = 0.6;
const MAX_HITS = 10;

function weigh(chosen: readonly Chosen[], home: Home) {
  const all = weighed(chosen, home);
  const hits = strongestHits(all);
  const byCountry = sum(all, ({ place }) => place.country);
  const [country, score] = byCountry[0] ?? [null, 0];
  if (country === null || score < MIN_COUNTRY_SCORE) {
    return { country: null, region: null, city: null, confidence: 0, hits };
  }
  const total = byCountry.reduce((sofar, [, each]) => sofar + each, 0);
  const confidence = Math.round((score / total) * (1 - 2 ** (-score / 2.5)) * 100) / 100;
  const own = all.filter(({ place }) => place.country === country);
  const there = own.filter((hit) => !isNewsroom(hit, own));
  const region = leading(there, ({ place }) => place.region, 0.25 * score);
  const cities = own.filter(({ place }) => place.region === region && place.kind === "city");
  const city = region === null ? null : leading(cities, ({ place }) => place.name, 0);
  return { country, region, city, confidence, hits };
}

function strongestHits(all: readonly Weighed[]): PlaceHit[] {
  return all
    .toSorted((a, b) => b.weight - a.weight || a.start - b.start)
    .slice(0, MAX_HITS)
    .map((weighedHit) => {
      const { capital: _, ...hit } = weighedHit;
      return hit;
    });
}

type Weighed = PlaceHit & { capital: boolean };

function weighed(chosen: readonly Chosen[], home: Home): Weighed[] {
  const isSupported = supportCheck(chosen, home);
  const times = new Map<Place, number>();
  return chosen.map((mention) => {
    const { field, start, end, matched, meaning, meanings, weight, notes, unsure } = mention;
    const { place } = meaning;
    // `Москва` is both the region and the capital in it.
    const capital = meanings.some((one) => one.capital && one.place.region === place.region);
    const before = times.get(place) ?? 0;
    times.set(place, before + 1);
    const alone = unsure && !isSupported(mention);
    const counts =
      weight * (alone ? UNSUPPORTED_FACTOR : 1) * REPETITION_FACTOR ** Math.min(before, 6);
    const grounds = {
      weight: Math.round(counts * 100) / 100,
      notes: alone ? [...notes, "unsupported"] : notes,
    };
    return { field, start, end, matched, place, ...grounds, capital };
  });
}

function supportCheck(chosen: readonly Chosen[], home: Home) {
  const sure = new Map<string, Set<string>>();
  const fields = new Map<string, Set<string>>();
  const isThere = ({ locative, meaning }: Chosen) =>
    locative && (home.country ?? meaning.place.country) === meaning.place.country;
  for (const mention of chosen) {
    const { unsure, meaning, matched, field } = mention;
    fields.set(matched, (fields.get(matched) ?? new Set()).add(field));
    if (unsure && !isThere(mention)) continue;
    const regions = sure.get(meaning.place.country) ?? new Set();
    sure.set(meaning.place.country, regions);
    if (meaning.place.region) regions.add(meaning.place.region);
  }
  return (mention: Chosen) => {
    const { meaning, matched, notes, inside } = mention;
    const { country, region } = meaning.place;
    const isWord = notes.includes("also a word");
    const regions = sure.get(country);
    if (isThere(mention) || inside.some((outer) => isInside(meaning, outer))) return true;
    if (regions) {
      return !isWord || region === null || regions.size === 0 || regions.has(region);
    }
    const twice = !isWord && (fields.get(matched)?.size ?? 0) > 1;
    return (country === home.country && (!isWord || region === home.region)) || twice;
  };
}

/** Whether a capital stands for its government or a newsroom, not for the event's place. */
function isNewsroom({ capital, place }: Weighed, own: readonly Weighed[]): boolean {
  if (!capital || !own.some((other) => other.place.kind === "country")) return false;
  return !own.some((other) => {
    const there =
      other.field === "title" || (other.field === "text" && other.notes.includes("locative"));
    return there && other.place.region === place.region;
  });
}

function leading(
  hits: readonly Weighed[],
  of: (hit: Weighed) => string | null,
  least: number,
): string | null {
  const [first, second] = sum(hits, of);
  if (!first) return null;
  const total = first[1] + (second?.[1] ?? 0);
  return first[1] >= MIN_LEADING_SHARE * total && first[1] >= least ? first[0] : null;
}

function sum(hits: readonly Weighed[], of: (hit: Weighed) => string | null): [string, number][] {
  const sums = new Map<string, number>();
  for (const hit of hits) {
    const key = of(hit);
    if (key) sums.set(key, (sums.get(key) ?? 0) + hit.weight);
  }
  // Equal sums stay in the order of their first mention.
  return [...sums].toSorted(([, a], [, b]) => b - a);
}

type Home = PlaceInput["home"];

type Chosen = Mention & { meaning: Meaning };

const CONTEXT_POINTS = {
  inside: 6,
  country: 3,
  region: 1.5,
  home: 1.8,
  homeRegion: 1.5,
  city: -0.4,
};
const MIN_RANK_LEAD = 1.5;

function chooseMeanings(mentions: readonly Mention[], home: Home): Chosen[] {
  const { all, own } = votesOf(mentions);
  return mentions.map((mention) => {
    // Occurrences of the same name don't help to choose among its homonyms.
    const name = nameOf(mention);
    const others = (key: string) => (all.get(key) ?? 0) - (own.get(`${name} ${key}`) ?? 0);
    const most = Math.max(1, ...[...all.keys()].map(others));
    const worth = (meaning: Meaning) => {
      const { place } = meaning;
      const speaks = (key: string | null) => (key ? Math.max(0, others(key)) / most : 0);
      const inside = mention.inside.some((outer) => isInside(meaning, outer));
      return (
        meaning.rank +
        (inside ? CONTEXT_POINTS.inside : 0) +
        CONTEXT_POINTS.country * Math.min(1, 2 * speaks(place.country)) +
        CONTEXT_POINTS.region * Math.min(1, 2 * speaks(place.region)) +
        (place.country === home.country ? CONTEXT_POINTS.home : 0) +
        (place.region !== null && place.region === home.region ? CONTEXT_POINTS.homeRegion : 0) +
        // `Madrid` the city and `Madrid` the region are one; the city is more precise.
        (meaning.as === "part" ? CONTEXT_POINTS.city : 0)
      );
    };
    const ranked = mention.meanings
      .map((meaning) => ({ meaning, worth: worth(meaning) }))
      .toSorted((a, b) => b.worth - a.worth || a.meaning.id - b.meaning.id);
    const meaning = ranked[0]?.meaning ?? mention.meanings[0];
    const homonyms = new Set(mention.meanings.map(({ place }) => place.region ?? place.country));
    const notes =
      homonyms.size > 1 ? [...mention.notes, `1 of ${homonyms.size} homonyms`] : mention.notes;
    return { ...mention, notes, meaning: meaning as Meaning };
  });
}

function votesOf(mentions: readonly Mention[]) {
  const all = new Map<string, number>();
  const own = new Map<string, number>();
  const add = (votes: Map<string, number>, key: string, weight: number) => {
    votes.set(key, (votes.get(key) ?? 0) + weight);
  };
  for (const mention of mentions) {
    const place = mention.unsure ? null : clearMeaning(mention)?.place;
    for (const key of [place?.country, place?.region]) {
      if (!key) continue;
      add(all, key, mention.weight);
      add(own, `${nameOf(mention)} ${key}`, mention.weight);
    }
  }
  return { all, own };
}

function nameOf({ meanings }: Mention): string {
  return meanings.map(({ id }) => id).join();
}

function isInside({ place, id }: Meaning, outer: Meaning): boolean {
  if (id === outer.id) return false;
  if (outer.place.kind === "country") return place.country === outer.place.country;
  return place.region === outer.place.region && place.kind === "city";
}

function clearMeaning({ meanings, inside }: Mention): Meaning | null {
  if (inside.length > 0 && meanings.length > 1) return null;
  const [first, ...others] = meanings.toSorted((a, b) => b.rank - a.rank || a.id - b.id);
  if (!first) return null;
  const rival = others.find(({ place }) => place.country !== first.place.country);
  return !rival || first.rank - rival.rank >= MIN_RANK_LEAD ? first : null;
}
