export interface HeaderLink {
  url: string;
  /** Relation types from `rel`, lower-case. */
  rels: string[];
  /** The declared media type, lower-case; empty if there is none. */
  type: string;
}

const ENTRY =
  /<([^<>]{1,2000})>((?:\s*;\s*[\w!#$&+.^`|~*-]+\s*=\s*(?:"[^"]{0,500}"|[^\s",;]{1,500})){0,10})/g;
const REL = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i;
const TYPE = /;\s*type\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i;
const MAX_HEADER_CHARS = 8000;

/** Returns the links in the Link header (RFC 8288) of the document at `base`, in order. */
export function linksInHeader(header: string | undefined, base: string): HeaderLink[] {
  const links: HeaderLink[] = [];
  for (const [, address = "", parameters = ""] of (header ?? "")
    .slice(0, MAX_HEADER_CHARS)
    .matchAll(ENTRY)) {
    if (!URL.canParse(address, base)) continue;
    const rels = parameter(REL, parameters).split(/\s+/);
    links.push({ url: new URL(address, base).href, rels, type: parameter(TYPE, parameters) });
  }
  return links;
}

function parameter(pattern: RegExp, parameters: string): string {
  const [, quoted, bare] = pattern.exec(parameters) ?? [];
  return (quoted ?? bare ?? "").trim().toLowerCase();
}

/** Returns the WebSub hub in a Link header and the document's URL at the hub (`self`), or null. */
export function hubInHeader(
  header: string | undefined,
  url: string,
): { url: string; self: string } | null {
  const links = linksInHeader(header, url);
  const first = (rel: string) => links.find(({ rels }) => rels.includes(rel))?.url;
  const hub = first("hub");
  return hub === undefined ? null : { url: hub, self: first("self") ?? url };
}
