import { z } from "zod";
import { jsonOf, parseUrl } from "../../lib/text.ts";
import type { RobotsCopy, TdmCopy, TdmRule } from "../../model/crawl/host.ts";
import {
  type DeclaredUse,
  DOCUMENT_BYTES,
  IMAGE_PREVIEWS,
  MAX_LICENCES,
  MAX_SIGNALS,
  MINING,
  type RightsDocument,
  RSL_TYPE,
  type Seen,
  type SignalPlace,
  type Statement,
  seenAs,
  stating,
  USES,
  type UsageSignal,
  type Use,
} from "../../model/usage-rights.ts";
import { linksInHeader } from "../http/response.ts";
import { parsedByText, TDM_PATH, tdmRuleFor } from "../robots/robots.ts";
import {
  type RobotsUsageOfPage,
  readContentSignal,
  readContentUsage,
  robotsUsage,
} from "./robots-usage.ts";
import { parseRsl, readRsl, unlicensed } from "./rsl.ts";

/** The places where a publisher can state how a page may be used. */
export interface PageSources {
  url: string;
  /** The product token that means us in robots.txt and robots directives. */
  product: string;
  seenAt: Date;
  /** The headers by lower-case name. The values of a repeated header are joined by newlines. */
  headers: Record<string, string>;
  /** What the page's markup declares; missing if the markup wasn't read. */
  declared?: DeclaredUse | undefined;
  /** What the host's files state; missing if they weren't requested. */
  host?: HostRights | undefined;
  /** Further signals, for example from the feed that names the page. */
  known?: UsageSignal[] | undefined;
}

/** What a host's files state about the use of one page. */
export interface HostRights {
  robots: (RobotsUsageOfPage & { seenAt: Date }) | null;
  /** The rule in tdmrep.json that applies to the page; null if none does. */
  tdm: (TdmRule & { seenAt: Date }) | null;
  /** The licences and policies that were requested, including those that couldn't be read. */
  documents: RightsDocument[];
}

export function hostRights(
  files: {
    robots?: Pick<RobotsCopy, "text" | "fetchedAt"> | null | undefined;
    tdm?: Pick<TdmCopy, "rules" | "fetchedAt"> | null | undefined;
    documents?: RightsDocument[] | undefined;
  },
  product: string,
  url: string,
): HostRights {
  const { robots, tdm, documents = [] } = files;
  const rule = tdm && tdmRuleFor(tdm.rules, url);
  const usage = robots?.text ? robotsUsage(robots.text, product, url) : null;
  return {
    robots: robots && usage ? { ...usage, seenAt: robots.fetchedAt } : null,
    tdm: tdm && rule ? { ...rule, seenAt: tdm.fetchedAt } : null,
    documents,
  };
}

/**
 * Combines what two copies of a host's files state. Text and data mining is reserved if either copy
 * reserves it.
 */
export function combinedRights(one: HostRights, other: HostRights): HostRights {
  const robots = one.robots ?? other.robots;
  const also = one.robots && other.robots;
  return {
    robots: robots && {
      ...robots,
      statements: [...robots.statements, ...(also?.statements ?? [])],
      licences: [...new Set([...robots.licences, ...(also?.licences ?? [])])],
    },
    tdm: one.tdm?.reserved ? one.tdm : (other.tdm ?? one.tdm),
    documents: [...one.documents, ...other.documents],
  };
}

export function rightsHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => RIGHTS_HEADERS.has(name)));
}

const RIGHTS_HEADERS = new Set([
  "x-robots-tag",
  "content-usage",
  "content-signal",
  "tdm-reservation",
  "tdm-policy",
  "link",
]);

/**
 * A licence or policy that applies to a page, and the place, such as a header, that names its URL.
 */
export interface NamedDocument {
  kind: "rsl" | "policy";
  url: string;
  place: SignalPlace;
}

/** Returns a page's signals. A licence that is named but wasn't read denies analysis and AI use. */
export function pageSignals(page: PageSources): UsageSignal[] {
  const { url, product, seenAt, headers, declared, host } = page;
  const at = (place: SignalPlace): Seen => ({ place, url, seenAt });
  const header = (name: string) => headers[name] ?? "";
  const tdm = reservation(page);
  const signals = [
    ...seenAs(readRobotsDirectives(header("x-robots-tag"), product), at("header")),
    ...(declared?.robots ?? []).flatMap(({ name, content }) =>
      seenAs(
        readRobotsDirectives(`${name}: ${content}`.replace(/^robots: /, ""), product),
        at("meta"),
      ),
    ),
    ...seenAs(readContentUsage(header("content-usage")), at("header")),
    ...seenAs(readContentSignal(header("content-signal")), at("header")),
    ...(tdm ? seenAs([tdm.statement], tdm.seen) : []),
    ...structuredData(page).flatMap((statement) => seenAs([statement], at("json-ld"))),
  ];
  if (host?.robots) {
    const place = { place: "robots.txt", url: new URL("/robots.txt", url).href } as const;
    signals.push(...seenAs(host.robots.statements, { ...place, seenAt: host.robots.seenAt }));
  }
  const texts = declared?.licenceTexts ?? [];
  for (const text of texts.slice(0, MAX_LICENCES)) {
    signals.push(...seenAs(readRsl(parseRsl(text), url), at("meta")));
  }
  for (const linked of documentsOf(page)) signals.push(...documentSignals(linked, page));
  if (texts.length > MAX_LICENCES) signals.push(...seenAs([MORE_LICENCES], at("meta")));
  const more = namedDocuments(page).filter(({ kind }) => kind === "rsl")[MAX_LICENCES];
  if (more) signals.push(...seenAs([MORE_LICENCES], at(more.place)));
  return strictestFirst([...signals, ...(page.known ?? [])]);
}

const MORE_LICENCES = unlicensed(`it has more than ${MAX_LICENCES} licences`);

function strictestFirst(all: UsageSignal[]): UsageSignal[] {
  if (all.length <= MAX_SIGNALS) return all;
  const limitOf = ({ maxCharacters = -1 }: UsageSignal) =>
    maxCharacters < 0 ? Number.POSITIVE_INFINITY : maxCharacters;
  const endOf = ({ unavailableAfter }: UsageSignal) =>
    unavailableAfter?.getTime() ?? Number.POSITIVE_INFINITY;
  const deciding = new Set([
    ...USES.flatMap((use) => all.find(({ denies }) => denies?.includes(use)) ?? []),
    ...all.toSorted((a, b) => limitOf(a) - limitOf(b)).slice(0, 1),
    ...all.toSorted((a, b) => endOf(a) - endOf(b)).slice(0, 1),
    ...IMAGE_PREVIEWS.flatMap((size) => all.find((one) => one.maxImagePreview === size) ?? []),
    ...all.filter(({ noImageAi }) => noImageAi).slice(0, 1),
  ]);
  return [...deciding, ...all.filter((one) => !deciding.has(one))].slice(0, MAX_SIGNALS);
}

/**
 * Returns the licences and policies that apply to a page. RSL licences in robots.txt count only if
 * the page itself names none (RSL 1.0 section 4.9).
 */
export function documentsOf(page: PageSources): NamedDocument[] {
  return namedDocuments(page).slice(0, MAX_LICENCES);
}

function namedDocuments(page: PageSources): NamedDocument[] {
  const { url, headers, declared, host } = page;
  const licencesAt = (place: SignalPlace, urls: readonly string[]): NamedDocument[] =>
    urls.map((licence) => ({ kind: "rsl", url: licence, place }));
  const links = linksInHeader(headers["link"], url)
    .filter(({ rels, type }) => rels.includes("license") && type === RSL_TYPE)
    .map((link) => link.url);
  const found = [...licencesAt("header", links), ...licencesAt("link", declared?.licences ?? [])];
  if (found.length === 0 && !declared?.licenceTexts.length)
    found.push(...licencesAt("robots.txt", host?.robots?.licences ?? []));
  const tdm = reservation(page);
  if (tdm?.statement.denies && tdm.statement.terms) {
    found.push({ kind: "policy", url: tdm.statement.terms, place: tdm.seen.place });
  }
  return [...new Map(found.map((one) => [`${one.kind} ${one.url}`, one])).values()];
}

const parsedRsl = parsedByText(parseRsl);

function documentSignals({ kind, url }: NamedDocument, page: PageSources): UsageSignal[] {
  const copy = page.host?.documents.find((document) => document.url === url);
  const seenAt = copy?.fetchedAt ?? page.seenAt;
  if (kind === "policy") {
    return copy?.text ? seenAs(readTdmPolicy(copy.text), { place: "policy", url, seenAt }) : [];
  }
  const statements =
    copy?.text == null
      ? [unlicensed(copy?.detail ?? "its licence has not been read")]
      : readRsl(parsedRsl(copy.text), page.url);
  return seenAs(statements, { place: "licence", url, seenAt });
}

/** Returns a page's TDM reservation (W3C TDMRep, "Processing priority"). */
function reservation(page: PageSources): { statement: Statement; seen: Seen } | null {
  const { url, seenAt, headers, declared, host } = page;
  const rule = host?.tdm ?? null;
  const file = new URL(TDM_PATH, url).href;
  const stated = [
    {
      value: rule ? String(Number(rule.reserved)) : undefined,
      policy: rule?.policy,
      seen: { place: "tdmrep.json", url: file, seenAt: rule?.seenAt ?? seenAt },
    },
    {
      value: headers["tdm-reservation"],
      policy: headers["tdm-policy"],
      seen: { place: "header", url, seenAt },
    },
    {
      value: declared?.tdmReservation,
      policy: declared?.tdmPolicy,
      seen: { place: "meta", url, seenAt },
    },
  ] as const;
  const read = stated.map(({ value: text, policy: policies, seen }) => {
    const values = text?.split(/[,\n]/).map((each) => each.trim());
    // If a header has several values, 1 wins. Values other than 0 and 1 are ignored.
    const value = ["1", "0"].find((each) => values?.includes(each));
    return { value, policy: policies?.split("\n")[0]?.trim(), seen };
  });
  const last = read.findLast(({ value }) => value !== undefined);
  if (!last) return null;
  const { value, seen } = last;
  const policy = read.findLast((one) => one.policy)?.policy;
  const statement = stating("tdmrep", `tdm-reservation: ${value}`, MINING, value === "0");
  const terms = policy && value !== "0" ? parseUrl(policy, url) : null;
  return { statement: terms ? { ...statement, terms: terms.href } : statement, seen };
}

/** Reads an article's JSON-LD (schema.org 29.3, https://schema.org/CreativeWork). */
function structuredData({ declared }: PageSources): Statement[] {
  if (!declared) return [];
  const { license, usageInfo, isAccessibleForFree } = declared;
  const statements = Object.entries({ license, usageInfo }).flatMap(([name, terms]): Statement[] =>
    terms ? [{ format: "schema.org", text: `${name}: ${terms}`, terms }] : [],
  );
  if (isAccessibleForFree !== false) return statements;
  return [...statements, stating("schema.org", "isAccessibleForFree: false", ["full-text"], false)];
}

const MAX_RULES = 50;

const oneOrMore = <T extends z.ZodType>(type: T) =>
  z.union([z.array(type), type.transform((one) => [one])]);
const Term = z.union([
  z.string(),
  z.object({ "@id": z.string() }).transform((node) => node["@id"]),
]);
const Rule = z.object({
  action: oneOrMore(Term).catch([]),
  duty: oneOrMore(z.object({ action: oneOrMore(Term).catch([]) })).catch([]),
  constraint: oneOrMore(
    z.object({ leftOperand: Term.catch(""), rightOperand: Term.catch("") }),
  ).catch([]),
});
const Policy = z.object({
  permission: oneOrMore(Rule).catch([]),
  prohibition: oneOrMore(Rule).catch([]),
  assigner: z
    .object({
      "vcard:hasURL": z.string().optional(),
      "vcard:hasEmail": z.string().optional(),
      uid: z.string().optional(),
    })
    .optional()
    .catch(undefined),
});

/**
 * Returns what a TDM policy states. An offer has the contact as `terms`, and doesn't lift a
 * reservation.
 *
 * W3C TDMRep, Final Community Group Report of 10 May 2024, "Expressing a TDM Policy", a profile of
 * ODRL 2.2: https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
 */
export function readTdmPolicy(text: string): Statement[] {
  const policy = policyOf(text);
  if (!policy) return [];
  const mines = ({ action }: z.infer<typeof Rule>) => action.some(isMining);
  const prohibited = policy.prohibition.slice(0, MAX_RULES).some(mines);
  const terms = policy.assigner?.["vcard:hasURL"] ?? policy.assigner?.["vcard:hasEmail"];
  const offers = policy.permission.slice(0, MAX_RULES).filter(mines);
  const statements = offers.map((offer): Statement => {
    const duties = offer.duty.flatMap(({ action }) => action).map(shortName);
    const purposes = offer.constraint
      .filter(({ leftOperand }) => shortName(leftOperand) === "purpose")
      .map(({ rightOperand }) => rightOperand);
    const offerText = ["tdm:mine", ...duties, ...purposes].join(" ");
    return { format: "odrl", text: offerText, ...(terms && { terms }) };
  });
  if (prohibited) statements.push({ format: "odrl", text: "prohibits tdm:mine", denies: MINING });
  return statements;
}

function policyOf(text: string): z.infer<typeof Policy> | null {
  if (text.length > DOCUMENT_BYTES) return null;
  return Policy.safeParse(jsonOf(text.replace(/^\ufeff/, ""))).data ?? null;
}

function isMining(action: string): boolean {
  return /^(?:tdm:|https?:\/\/www\.w3\.org\/ns\/tdmrep#)mine$/.test(action);
}

function shortName(name: string): string {
  return name.replace(/^(?:odrl:|https?:\/\/www\.w3\.org\/ns\/odrl\/2\/)/, "");
}

const MAX_LENGTH = 5000;

const HIDES: Use[] = ["search"];
/** `none` means `noindex, nofollow`, and `nocache` is Bing's name for `noarchive`. */
const DENIED: Record<string, Use[]> = {
  noindex: HIDES,
  none: HIDES,
  noarchive: ["archive", "full-text"],
  nocache: ["archive", "full-text"],
  noai: MINING,
};
/** In these directives, the word before the colon isn't the name of a robot. */
const DIRECTIVES_WITH_VALUE = new Set(["max-snippet", "max-image-preview", "max-video-preview"]);
const UNAVAILABLE_AFTER = "unavailable_after";
/**
 * Reads the robots directives for `product` and for all robots. `values` has the values of one
 * header or `meta` element, one per line.
 *
 * - Google, "Robots meta tag, data-nosnippet, and X-Robots-Tag specifications", as of December
 *   2025: https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag
 * - DeviantArt, `noai` and `noimageai`, 11 November 2022
 */
export function readRobotsDirectives(values: string, product: string): Statement[] {
  const found = new Map<string, Statement>();
  const ours = product.toLowerCase();
  for (const line of values.slice(0, MAX_LENGTH).split("\n")) {
    let robot: string | null = null;
    const parts = line.split(",");
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at]?.trim() ?? "";
      const colon = part.indexOf(":");
      const name = colon === -1 ? "" : part.slice(0, colon).trim().toLowerCase();
      let words = part;
      // Some publishers separate directives by blanks.
      const isValued = DIRECTIVES_WITH_VALUE.has(name.split(/\s+/).at(-1) ?? "");
      if (name && name !== UNAVAILABLE_AFTER && !isValued) {
        if (!/^[\w-]+$/.test(name)) continue;
        // The name applies to the rest of the line.
        robot = name;
        words = part.slice(colon + 1).trim();
      }
      if (robot !== null && robot !== ours) continue;
      const { statements, taken } = readPart(words, parts.slice(at + 1, at + 2));
      at += taken;
      for (const statement of statements) found.set(statement.text, statement);
    }
  }
  return [...found.values()];
}

/**
 * Reads one part of a line that is split at commas. `taken` is 1 if the part's date contains a
 * comma, so that `next` belongs to it.
 */
function readPart(words: string, next: string[]): { statements: Statement[]; taken: number } {
  const lower = words.toLowerCase();
  if (lower.startsWith(UNAVAILABLE_AFTER)) {
    const value = words.slice(UNAVAILABLE_AFTER.length).replace(/^\s*:/, "").trim();
    const rest = next.filter((part) => /^\s*\d/.test(part));
    const both = rest.length > 0 ? timeOf([value, ...rest].join(",")) : null;
    const at = both ?? timeOf(value);
    if (!at) return { statements: [], taken: 0 };
    const text = `${UNAVAILABLE_AFTER}: ${both ? [value, ...rest].join(",") : value}`;
    const statement: Statement = { format: "robots-directive", text, unavailableAfter: at };
    return { statements: [statement], taken: both ? 1 : 0 };
  }
  const limit = /^max-snippet\s*:?\s*(-?\d{1,9})$/.exec(lower)?.[1];
  if (limit !== undefined) return { statements: [snippet(Number(limit))], taken: 0 };
  const preview = imagePreview(lower);
  if (preview) return { statements: [preview], taken: 0 };
  if (DIRECTIVES_WITH_VALUE.has(lower.slice(0, lower.indexOf(":")).trim()))
    return { statements: [], taken: 0 };
  const statements = lower.split(/\s+/).flatMap((word): Statement | Statement[] => {
    if (word === "nosnippet") return { ...snippet(0), text: word };
    const inner = /^max-snippet:(-?\d{1,9})$/.exec(word)?.[1];
    if (inner !== undefined) return snippet(Number(inner));
    if (word === "noimageai") return { format: "robots-directive", text: word, noImageAi: true };
    const denies = Object.hasOwn(DENIED, word) ? DENIED[word] : undefined;
    return denies ? { format: "robots-directive", text: word, denies } : (imagePreview(word) ?? []);
  });
  return { statements, taken: 0 };
}

function imagePreview(words: string): Statement | null {
  const value = /^max-image-preview\s*:?\s*(\w+)$/.exec(words)?.[1];
  const maxImagePreview = IMAGE_PREVIEWS.find((size) => size === value);
  if (!maxImagePreview) return null;
  const text = `max-image-preview:${maxImagePreview}`;
  return { format: "robots-directive", text, maxImagePreview };
}

function snippet(maxCharacters: number): Statement {
  const statement: Statement = { format: "robots-directive", text: `max-snippet:${maxCharacters}` };
  return maxCharacters >= 0 ? { ...statement, maxCharacters } : statement;
}

/** A numeric zone must follow a time: in `25-Jun-2010`, `-2010` is the year. */
const ZONE = /(?:\b(?:UTC?|GMT|[ECMP][SD]T)|Z|:\d{2}[^+-]*[+-]\d{2}:?\d{2})$/i;
const YEAR = /\b\d{4}\b|[a-z]{3,9}[ -]\d{2}\b/i;

/** Parses dates of RFC 822, RFC 850 and ISO 8601; a missing or unknown zone means UTC. */
function timeOf(text: string): Date | null {
  const trimmed = text.trim().slice(0, 60);
  if (!YEAR.test(trimmed) || !/^[\w\s,:+./-]+$/.test(trimmed)) return null;
  const spaced = trimmed.replace(/(\d{1,2})-([a-z]{3,9})-(\d{2,4})/i, "$1 $2 $3");
  const forms =
    ZONE.test(trimmed) || /^\d{4}-\d{2}-\d{2}$/.test(trimmed)
      ? [spaced]
      : [`${trimmed}Z`, `${spaced} UTC`, `${spaced.replace(/\s+[a-z]+$/i, "")} UTC`];
  const time = forms.map((form) => Date.parse(form)).find((ms) => !Number.isNaN(ms));
  return time === undefined ? null : new Date(time);
}
