import { nearest } from "../../../lib/nearest.ts";
import type { Place, PlaceVerdict } from "../../../model/articles/classification.ts";
import type { Entry, Gazetteer } from "./gazetteer.ts";
import { mentionsIn, type Stretch } from "./mentions.ts";
import { keyOf } from "./tokens.ts";
import { chooseMeanings, weigh } from "./verdict.ts";

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

/** Length of the part of a text that is searched for places: news names its place early. */
const MAX_TEXT_CHARS = 3000;
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
  return {
    digest,
    region: regionOf,
    nearestRegion: (country, word) => {
      const names = new Map<string, Place>();
      for (const place of gazetteer.places()) {
        if (place.kind !== "region" || place.country !== country) continue;
        for (const name of [place.name, place.region]) if (name) names.set(name, place);
      }
      return names.get(nearest(word, names.keys()) ?? "") ?? null;
    },
    nearestCity: (word) => {
      const [own] = citiesOf(gazetteer.find(keyOf(word)));
      if (own) return own;
      const names = new Map<string, Place>();
      for (const place of gazetteer.places()) {
        if (place.kind === "city" && !names.has(place.name)) names.set(place.name, place);
      }
      return names.get(nearest(word, names.keys()) ?? "") ?? null;
    },
    find: ({ title, text, language, home }) => {
      const persons = new Set<string>();
      const mentions = stretchesOf(title, text.slice(0, MAX_TEXT_CHARS)).flatMap((stretch) =>
        mentionsIn(stretch, gazetteer, language, persons),
      );
      const places = mentions.filter(
        ({ matched, notes }) => !persons.has(matched) || notes.includes("locative"),
      );
      const region = home.country && home.region ? regionOf(home.country, home.region).code : null;
      const from = { country: home.country, region };
      const chosen = weigh(chooseMeanings(places, from), from);
      const name = chosen.region && regionName(chosen.region);
      return { ...chosen, region: name ? { code: chosen.region, name } : null };
    },
  };

  function regionName(code: string): string | null {
    return gazetteer.find(code)?.meanings[0]?.place.name ?? null;
  }
}

function citiesOf(entry: Entry | null): Place[] {
  return (entry?.meanings ?? []).flatMap(({ place }) => (place.kind === "city" ? place : []));
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
/** Matches datelines that end in a full stop: `МОСКВА, 12 мая. `, `АСТАНА. `. */
const STOP_DATELINE = /^\p{Lu}[\p{Lu} -]{2,30}(?:, \d{1,2} \p{Ll}+)?\. (?=\p{Lu})/u;
/** Matches datelines of Chinese agencies: `新华社北京11月2日电`, `中新社广州3月1日電`. */
const WIRE_DATELINE =
  /^[（(]?[^\s，。]{2,16}?\d{1,2}月\d{1,2}日[^\s，。]{0,3}[电電讯訊](?:[^\s，。]{0,20}[)）])?/u;
/** Matches datelines in brackets: `【北京】`, `[서울=뉴스]`, `(부산=연합)`. */
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
