import { urlKey } from "../../crawler/links/canonical-url.ts";
import { sameSite } from "../../crawler/links/site.ts";
import type { Alias } from "../../model/articles/article.ts";
import type { Extraction, SheetRead } from "../../model/articles/extraction.ts";
import type { Hop, Link } from "../../model/crawl/link.ts";

/** A fetched article page, before it is known which article it is. */
export interface Arrival {
  link: Pick<Link, "_id" | "foundUrl" | "articleId">;
  hops: Hop[];
  finalUrl: string;
  /** The publisher's canonical address, where it is believable, else the final one. */
  address: string;
  /** Its versions for AMP, phones and print, and its further pages. */
  variants: Pick<Alias, "url" | "kind">[];
}

/** Which article an arrival is, and the addresses that it adds to it. */
export interface Identity {
  articleId: string;
  aliases: Alias[];
  /** A version for AMP, phones or print that came before the page that names it, and is that page's from now on. */
  version?: Pick<Alias, "_id" | "kind">;
}

/** Which article an address is of, and as what. */
export type Owner = Pick<Alias, "articleId" | "kind">;

/** Whether an address is that of a version, which doesn't speak for its article. */
export function isVersion(owner: Pick<Alias, "kind"> | undefined): boolean {
  return owner !== undefined && VERSIONS.has(owner.kind);
}

const VERSIONS = new Set<Alias["kind"]>(["amp", "mobile", "print", "sheet"]);

/**
 * The versions of a page that it names, and the further pages that were joined with it, as far as they
 * are its site's own: a page may not claim others' addresses.
 */
export function variantsOf(
  { page: { ampUrl, variants = [] }, evidence }: Pick<Extraction, "page" | "evidence">,
  finalUrl: string,
): Arrival["variants"] {
  const amp = ampUrl ? [{ url: ampUrl, kind: "amp" as const }] : [];
  const joined = (evidence.text?.sheets ?? []).filter(({ state }) => IS_OF_IT.has(state));
  const sheets = joined.map(({ url }) => ({ url, kind: "sheet" as const }));
  const all = [...amp, ...variants, ...sheets];
  return all.filter(({ url }) => sameSite(url, finalUrl));
}

const IS_OF_IT = new Set<SheetRead["state"]>(["joined", "repeats"]);

/** Keys of all addresses of an arrival, its own first. */
export function keysOf({ link, hops, finalUrl, address, variants }: Arrival): string[] {
  const others = [...hops, ...variants].map(({ url }) => url);
  const urls = [finalUrl, ...others, address];
  return [...new Set([link._id, ...urls.map(urlKey)])];
}

/**
 * Names the article of each arrival. What a link was before it stays; else the article that has
 * the canonical address; else the one that a version of it began, which came first and didn't say
 * whose it is; else the link itself becomes the article. `owners` has what is known by URL key and
 * is extended, so arrivals of one batch find each other.
 */
export function identify(arrivals: Arrival[], owners: Map<string, Owner>, now: Date): Identity[] {
  return arrivals.map((arrival): Identity => {
    const { link, address, finalUrl } = arrival;
    const known =
      owners.get(link._id) ?? owners.get(urlKey(address)) ?? owners.get(urlKey(finalUrl));
    const version = known ? undefined : orphanOf(arrival, owners);
    const articleId = known?.articleId ?? version?._id ?? link._id;
    if (version) owners.set(version._id, { articleId, kind: version.kind });
    const aliases = aliasesOf(arrival, articleId, now).filter(({ _id }) => !owners.has(_id));
    for (const { _id, kind } of aliases) owners.set(_id, { articleId, kind });
    return { articleId, aliases, ...(version && { version }) };
  });
}

/** The version that became an article of its own, since it came before the page that names it. */
function orphanOf({ variants }: Arrival, owners: Map<string, Owner>): Identity["version"] {
  return variants
    .map(({ url, kind }) => ({ _id: urlKey(url), kind }))
    .find(({ _id }) => {
      const owner = owners.get(_id);
      return owner?.articleId === _id && owner.kind === "self";
    });
}

function aliasesOf(arrival: Arrival, articleId: string, at: Date): Alias[] {
  const { link, hops, finalUrl, address, variants } = arrival;
  const of = (url: string, kind: Alias["kind"]): Alias => {
    return { _id: urlKey(url), articleId, url, kind, at };
  };
  const all = [
    of(link.foundUrl, link._id === articleId ? "self" : "variant"),
    of(address, "canonical"),
    of(finalUrl, "redirect"),
    ...hops.map((hop) => of(hop.url, "redirect")),
    ...variants.map(({ url, kind }) => of(url, kind)),
  ];
  const seen = new Set<string>();
  return all.filter(({ _id }) => !seen.has(_id) && seen.add(_id));
}
