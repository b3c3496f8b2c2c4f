import { type DeclaredUse, MAX_LICENCES, RSL_TYPE } from "../../model/usage-rights.ts";
import { scriptOf } from "../dom/node.ts";
import { textIn } from "../jsonld.ts";
import { absolute, type Page } from "../page.ts";

/** Matches robots directives that restrict the use of a page, whichever robot they are for. */
const DIRECTIVE =
  /\b(?:noindex|noarchive|nocache|nosnippet|noai|noimageai|none|max-snippet|max-image-preview\s*:\s*(?:none|standard)|unavailable_after)\b/i;
const MAX_META = 20;
const MAX_CONTENT = 1000;
/** One more than `MAX_LICENCES`: the last isn't read, but shows that the page has too many. */
const MAX_DECLARED_LICENCES = MAX_LICENCES + 1;
const MAX_LICENCE_TEXT = 100_000;

/**
 * Returns what the markup declares about use, unparsed; null if it declares nothing, or only that
 * reading is free.
 */
export function readDeclaredUse(page: Page, isFree: boolean | null): DeclaredUse | null {
  const robots = page
    .tags("meta")
    .flatMap(({ attribs }) => {
      const equivalent = attribs["http-equiv"]?.trim().toLowerCase() === "x-robots-tag";
      const name = equivalent ? "robots" : (attribs["name"]?.trim().toLowerCase() ?? "");
      const content = (attribs["content"] ?? "").slice(0, MAX_CONTENT);
      return /^[\w-]{1,50}$/.test(name) && DIRECTIVE.test(content) ? [{ name, content }] : [];
    })
    .slice(0, MAX_META);
  const typeOf = (type: string | undefined) => type?.trim().toLowerCase();
  const licences = page
    .links("license")
    .flatMap(({ href, tag }) => (typeOf(tag.attribs["type"]) === RSL_TYPE ? href : []));
  const licenceTexts = page
    .tags("script")
    .filter(({ attribs }) => typeOf(attribs["type"]) === RSL_TYPE)
    .map((tag) => scriptOf(tag).slice(0, MAX_LICENCE_TEXT));
  const reservation = page.meta("tdm-reservation").map((value) => value.trim());
  const declared: DeclaredUse = {
    robots,
    tdmReservation: reservation.includes("1") ? "1" : (reservation[0] ?? null),
    tdmPolicy: page.meta("tdm-policy")[0] ?? null,
    licences: [...new Set(licences)].slice(0, MAX_DECLARED_LICENCES),
    licenceTexts: licenceTexts.slice(0, MAX_DECLARED_LICENCES),
    license: address(page, "license"),
    usageInfo: address(page, "usageInfo"),
    isAccessibleForFree: isFree,
  };
  const says = Object.values(declared).some((one) => one !== null && !isEmpty(one));
  return says && !isOnlyFree(declared) ? declared : null;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Whether the only declaration is that reading is free, which doesn't allow other uses. */
function isOnlyFree({ isAccessibleForFree, ...rest }: DeclaredUse): boolean {
  return (
    isAccessibleForFree === true && Object.values(rest).every((one) => one === null || isEmpty(one))
  );
}

function address(page: Page, property: string): string | null {
  const value = page.article?.[property];
  const text = textIn(Array.isArray(value) ? value[0] : value, "@id", "url");
  const url = text ? absolute(text, page.base) : null;
  return url && /^https?:/.test(url) ? url.slice(0, MAX_CONTENT) : null;
}
