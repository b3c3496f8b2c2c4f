import type { Place, PlaceHit, PlaceVerdict } from "../../../model/articles/classification.ts";
import type { Meaning } from "./gazetteer.ts";
import type { Mention } from "./mentions.ts";

const MIN_COUNTRY_SCORE = 1.2;
const UNSUPPORTED_FACTOR = 0.2;
const REPETITION_FACTOR = 0.6;
const MIN_LEADING_SHARE = 0.6;
const MAX_HITS = 10;

/** The result of weighing mentions. `region` is an ISO 3166-2 code. */
interface Weighing extends Pick<PlaceVerdict, "country" | "city" | "confidence" | "hits"> {
  region: string | null;
}

export function weigh(chosen: readonly Chosen[], home: Home): Weighing {
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
    .map(({ field, start, end, matched, place, weight, notes }) => {
      return { field, start, end, matched, place, weight, notes };
    });
}

type Weighed = PlaceHit & { capital: boolean };

function weighed(chosen: readonly Chosen[], home: Home): Weighed[] {
  const isSupported = supporter(chosen, home);
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
    const why = alone ? [...notes, "unsupported"] : notes;
    return {
      field,
      start,
      end,
      matched,
      place,
      weight: Math.round(counts * 100) / 100,
      notes: why,
      capital,
    };
  });
}

/** Returns a check of a mention: whether other words, a second field or the source support it. */
function supporter(chosen: readonly Chosen[], home: Home) {
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

/** Whether a capital stands for its government or a newsroom, not for the place of the event. */
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

interface Home {
  country: string | null;
  /** ISO 3166-2 code of the region; null if none is declared. */
  region: string | null;
}

interface Chosen extends Mention {
  meaning: Meaning;
}

/** Points that the context of a name adds to the rank of one of its meanings (`Meaning.rank`). */
const CONTEXT_POINTS = {
  inside: 6,
  country: 3,
  region: 1.5,
  home: 1.8,
  homeRegion: 1.5,
  city: -0.4,
};
const MIN_RANK_LEAD = 1.5;

/**
 * Chooses the place that each mention means. Of several places with the same name, chooses the
 * best-known one, unless the context supports another one.
 */
export function chooseMeanings(mentions: readonly Mention[], home: Home): Chosen[] {
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
