import type { PlaceVerdict } from "../../model/place.ts";
import type { Named, PlaceFinder } from "./places/places.ts";
import type { Carried } from "./title-prefix.ts";

/** What decides where an article belongs. */
export interface PlaceGrounds {
  /** The place that the title carried as a prefix; null without one. */
  carried: Carried | null;
  /** Without the prefix. */
  title: string;
  text: string;
  language: string | null;
  source: { country?: string | undefined; region?: string | undefined };
  /** Without it an article is where its title's prefix or its source says. */
  places: PlaceFinder | undefined;
}

const NOTHING: Named = { country: null, region: null, city: null, confidence: 0, hits: [] };
/** Another country than the source's is believed from this confidence on; the source's own always. */
const FOREIGN = 0.35;
const UNDECLARED = 0.2;
/** How sure a place is that nothing in the article speaks for. */
const DECLARED = 0.4;

/**
 * Where an article belongs: what its title carries as a prefix, else what its words name, else its
 * source's place. Where its words name the source's country and no region of it, the source's stays.
 */
export function placeOf(grounds: PlaceGrounds): PlaceVerdict {
  const { carried, title, text, language, source, places } = grounds;
  const home = { country: source.country ?? null, region: source.region ?? null };
  const named = believed(places?.find({ title, text, language, home }) ?? NOTHING, home.country);
  const regionIn = (country: string, name: string) =>
    places?.region(country, name) ?? { code: null, name };
  const country = carried?.country ?? named.country ?? home.country;
  const verdict: PlaceVerdict = {
    country,
    region: null,
    city: null,
    confidence: carried ? 1 : named.country ? named.confidence : country ? DECLARED : 0,
    because: {
      country: carried ? "title prefix" : named.country ? "named" : country ? "source" : null,
      region: null,
    },
    hits: named.hits,
  };
  if (country === null) return verdict;
  const because = (region: PlaceVerdict["because"]["region"]) => ({ ...verdict.because, region });
  if (carried?.region) {
    const region = regionIn(country, carried.region);
    const city = named.region?.code === region.code ? named.city : null;
    return { ...verdict, region, city, because: because("title prefix") };
  }
  if (named.country === country && named.region) {
    return { ...verdict, region: named.region, city: named.city, because: because("named") };
  }
  const namesOther = named.hits.some(({ place }) => place.country === country && place.region);
  if (country !== home.country || home.region === null || namesOther) return verdict;
  return { ...verdict, region: regionIn(country, home.region), because: because("source") };
}

/** What the words name, with nothing but the words where they don't say enough against the source. */
function believed(named: Named, home: string | null): Named {
  const least = home === null ? UNDECLARED : FOREIGN;
  if (named.country === home || named.confidence >= least) return named;
  return { ...NOTHING, hits: named.hits };
}
