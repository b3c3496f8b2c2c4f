import type { Meaning } from "./gazetteer.ts";
import type { Mention } from "./mentions.ts";

/** What is known of where an article's source is. */
export interface Home {
  country: string | null;
  /** ISO 3166-2. */
  region: string | null;
}

/** A mention with the one place it is taken for. */
export interface Chosen extends Mention {
  meaning: Meaning;
}

/** What context adds to a meaning's rank, which is about the logarithm of how well known it is. */
const ADDS = { inside: 6, country: 3, region: 1.5, home: 1.8, homeRegion: 1.5, city: -0.4 };
/** A meaning that leads by this much is clear without context. */
const CLEAR = 1.5;

/**
 * Takes each mention for one place: the best known of its homonyms, unless the place named after it,
 * the other names of the article or its source speak for another one.
 */
export function chooseMeanings(mentions: readonly Mention[], home: Home): Chosen[] {
  const { all, own } = votesOf(mentions);
  return mentions.map((mention) => {
    // What the name itself says, here and elsewhere, is no hint at which of its homonyms it is.
    const name = nameOf(mention);
    const others = (key: string) => (all.get(key) ?? 0) - (own.get(`${name} ${key}`) ?? 0);
    const most = Math.max(1, ...[...all.keys()].map(others));
    const worth = (meaning: Meaning) => {
      const { place } = meaning;
      const speaks = (key: string | null) => (key ? Math.max(0, others(key)) / most : 0);
      const inside = mention.inside.some((outer) => isInside(meaning, outer));
      return (
        meaning.rank +
        (inside ? ADDS.inside : 0) +
        ADDS.country * Math.min(1, 2 * speaks(place.country)) +
        ADDS.region * Math.min(1, 2 * speaks(place.region)) +
        (place.country === home.country ? ADDS.home : 0) +
        (place.region !== null && place.region === home.region ? ADDS.homeRegion : 0) +
        // `Madrid` the city and `Madrid` the region are one: the city says more.
        (meaning.as === "part" ? ADDS.city : 0)
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

/** How much the clear mentions speak for each country and region, in all and by each name. */
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

/** The meaning that needs no context: the only country there is, or one far better known. */
function clearMeaning({ meanings, inside }: Mention): Meaning | null {
  if (inside.length > 0 && meanings.length > 1) return null;
  const [first, ...others] = meanings.toSorted((a, b) => b.rank - a.rank || a.id - b.id);
  if (!first) return null;
  const rival = others.find(({ place }) => place.country !== first.place.country);
  return !rival || first.rank - rival.rank >= CLEAR ? first : null;
}
