/** An entry of a Link header (RFC 8288): its address and its parameters. */
const ENTRY =
  /<([^<>]{1,2000})>((?:\s*;\s*[\w!#$&+.^`|~*-]+\s*=\s*(?:"[^"]{0,500}"|[^\s",;]{1,500})){0,10})/g;
const REL = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i;
/** Characters of a header that are read. */
const MOST = 8000;

/** The WebSub hub that a Link header names for the document at `url`, and the address it knows that by; else null. */
export function hubInHeader(
  header: string | undefined,
  url: string,
): { url: string; self: string } | null {
  const found = new Map<string, string>();
  for (const [, address = "", parameters = ""] of (header ?? "").slice(0, MOST).matchAll(ENTRY)) {
    const [, quoted, bare] = REL.exec(parameters) ?? [];
    if (!URL.canParse(address, url)) continue;
    for (const rel of (quoted ?? bare ?? "").toLowerCase().split(/\s+/)) {
      if (!found.has(rel)) found.set(rel, new URL(address, url).href);
    }
  }
  const hub = found.get("hub");
  return hub === undefined ? null : { url: hub, self: found.get("self") ?? url };
}
