import type { PlaceFinder } from "../../../articles/classify/places/places.ts";
import { namesIn } from "../../../extractors/fields/names.ts";
import { isoOf } from "../../../lib/dates.ts";
import type { Extraction } from "../../../model/articles/fields.ts";

/** One page of a batch. `file` is a path to its HTML or PDF, gzipped if the name ends in `.gz`. */
export interface PageTask {
  id: string;
  url: string;
  file: string;
  now: Date;
}

/** One line of a batch's output. `published` is ISO 8601 in the page's time zone. */
export interface BatchPage {
  id: string;
  title: string | null;
  text: string | null;
  /** The authors, and also the organisations if no author is a person. Null if unknown. */
  authors: string[] | null;
  published: string | null;
  language: string | null;
  teaser: string | null;
  image: string | null;
  section: string | null;
  tags: string[] | null;
  /**
   * ISO 3166 code of the country that the page is about; null if unknown. `region` and `city` are
   * English names.
   */
  country: string | null;
  region: string | null;
  regionCode: string | null;
  city: string | null;
}

/** Returns the result for a page that can't be read: every field except `id` is null. */
export function emptyPage(id: string): BatchPage {
  return {
    id,
    title: null,
    text: null,
    authors: null,
    published: null,
    language: null,
    teaser: null,
    image: null,
    section: null,
    tags: null,
    ...NOWHERE,
  };
}

const NOWHERE = { country: null, region: null, regionCode: null, city: null };

export function pageOf(id: string, { fields }: Extraction, places: PlaceFinder): BatchPage {
  const { title, text, language, teaser, image, section, tags } = fields;
  const { publishedAt: at, publishedPrecision: precision, publishedOffset: offset = null } = fields;
  const published = at && precision ? isoOf({ at, precision, offset }) : null;
  return {
    id,
    title,
    text,
    authors: signedBy(fields),
    published,
    language,
    teaser,
    image: image?.url ?? null,
    section,
    tags,
    ...placeOf(fields, places),
  };
}

function signedBy(fields: Extraction["fields"]): string[] | null {
  const { authors, organisations, siteName } = fields;
  if (!authors || !organisations) return authors ?? organisations ?? null;
  const site = siteName ? [siteName] : [];
  const isPerson = (name: string) => namesIn(name, site).some(({ kind }) => kind === "person");
  return authors.some(isPerson) ? authors : [...authors, ...organisations];
}

function placeOf({ title, text, language }: Extraction["fields"], places: PlaceFinder) {
  const home = { country: null, region: null };
  const found = places.find({ title: title ?? "", text: text ?? "", language, home });
  const { country, region, city } = found;
  return { country, region: region?.name ?? null, regionCode: region?.code ?? null, city };
}
