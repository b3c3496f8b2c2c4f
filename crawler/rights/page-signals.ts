import { z } from "zod";
import { jsonOf } from "../../lib/text.ts";
import type { RobotsCopy, TdmCopy, TdmRule } from "../../model/crawl/host.ts";
import {
  type DeclaredUse,
  IMAGE_PREVIEWS,
  MAX_LICENCES,
  MAX_SIGNALS,
  MINING,
  type RightsDocument,
  RSL_TYPE,
  type SignalPlace,
  USES,
  type UsageSignal,
} from "../../model/usage-rights.ts";
import { linksInHeader } from "../http/link-header.ts";
import { parsedByText } from "../robots/policy.ts";
import { TDM_PATH, tdmRuleFor } from "../robots/tdmrep.ts";
import { readRobotsDirectives } from "./robots-directives.ts";
import {
  type RobotsUsageOfPage,
  readContentSignal,
  readContentUsage,
  robotsUsage,
} from "./robots-usage.ts";
import { parseRsl, readRsl, unlicensed } from "./rsl.ts";
import { DOCUMENT_BYTES, type Seen, type Statement, seenAs, stating } from "./statement.ts";

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
 * Combines what two copies of a host's files state, one stored and one imported. Text and data
 * mining is reserved if either copy reserves it.
 */
export function bothRights(one: HostRights, other: HostRights): HostRights {
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

/** A document with further terms for a page, and the place that names it. */
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

/**
 * Returns at most `MAX_SIGNALS` signals. If there are more, one denial of each use and the
 * strictest limits come first, so that they aren't dropped.
 */
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
  const links = linksInHeader(headers["link"], url)
    .filter(({ rels, type }) => rels.includes("license") && type === RSL_TYPE)
    .map((link) => link.url);
  const own: NamedDocument[] = [
    ...links.map((licence) => ({ kind: "rsl", url: licence, place: "header" }) as const),
    ...(declared?.licences ?? []).map(
      (licence) => ({ kind: "rsl", url: licence, place: "link" }) as const,
    ),
  ];
  const found = [...own];
  if (own.length === 0 && !declared?.licenceTexts.length && host?.robots) {
    const { licences } = host.robots;
    found.push(
      ...licences.map((licence) => ({ kind: "rsl", url: licence, place: "robots.txt" }) as const),
    );
  }
  const tdm = reservation(page);
  if (tdm?.statement.denies && tdm.statement.terms) {
    found.push({ kind: "policy", url: tdm.statement.terms, place: tdm.seen.place });
  }
  const byUrl = new Map(found.map((one) => [one.url, one]));
  return [...byUrl.values()];
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

/**
 * Returns a page's TDM reservation by W3C TDMRep, "Processing priority": the markup overrides the
 * header, and the header overrides the host's file. If a header has several values, 1 wins; values
 * other than 0 and 1 are ignored.
 */
function reservation(page: PageSources): { statement: Statement; seen: Seen } | null {
  const { url, seenAt, headers, declared, host } = page;
  const rule = host?.tdm ?? null;
  const file = new URL(TDM_PATH, url).href;
  const stated = [
    {
      value: rule ? String(Number(rule.reserved)) : null,
      policy: rule?.policy ?? null,
      seen: { place: "tdmrep.json", url: file, seenAt: rule?.seenAt ?? seenAt },
    },
    {
      value: headers["tdm-reservation"] ?? null,
      policy: headers["tdm-policy"] ?? null,
      seen: { place: "header", url, seenAt },
    },
    {
      value: declared?.tdmReservation ?? null,
      policy: declared?.tdmPolicy ?? null,
      seen: { place: "meta", url, seenAt },
    },
  ] as const;
  let value: string | null = null;
  let policy: string | null = null;
  let seen: Seen | null = null;
  for (const one of stated) {
    const values = one.value?.split(/[,\n]/).map((each) => each.trim());
    const strictest = ["1", "0"].find((each) => values?.includes(each));
    if (strictest !== undefined) {
      value = strictest;
      seen = one.seen;
    }
    policy = one.policy?.split("\n")[0]?.trim() || policy;
  }
  if (value === null || seen === null) return null;
  const statement = stating("tdmrep", `tdm-reservation: ${value}`, MINING, value === "0");
  if (value === "0" || policy === null || !URL.canParse(policy, url)) return { statement, seen };
  return { statement: { ...statement, terms: new URL(policy, url).href }, seen };
}

/**
 * Reads an article's JSON-LD (schema.org 29.3, https://schema.org/CreativeWork). `license` and
 * `usageInfo` deny nothing; if the article isn't free, `full-text` is denied.
 */
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
 * Returns what a TDM policy states (W3C TDMRep, Final Community Group Report of 10 May 2024,
 * "Expressing a TDM Policy": https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/;
 * a profile of ODRL 2.2), with the contact as `terms`. An offer doesn't lift a reservation; it says
 * how to obtain permission. An unreadable policy states nothing.
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
