import { linksInHeader } from "../http/link-header.ts";

/** The WebSub hub that a Link header names for the document at `url`, and the address it knows that by; else null. */
export function hubInHeader(
  header: string | undefined,
  url: string,
): { url: string; self: string } | null {
  const links = linksInHeader(header, url);
  const first = (rel: string) => links.find(({ rels }) => rels.includes(rel))?.url;
  const hub = first("hub");
  return hub === undefined ? null : { url: hub, self: first("self") ?? url };
}
