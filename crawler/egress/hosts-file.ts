import { isIP } from "node:net";

/** Parses hosts-file syntax; `;` also ends a line. Throws a `SyntaxError` that names the line. */
export function parseHosts(text: string): Map<string, string[]> {
  const hosts = new Map<string, string[]>();
  for (const [index, line] of text.split(/\r\n|[\r\n;]/).entries()) {
    const [address, ...names] = (line.split("#")[0] ?? "").trim().split(/\s+/);
    if (!address) continue;
    if (!isIP(address) || names.length === 0) {
      throw new SyntaxError(
        `line ${index + 1}: write ADDRESS NAME [NAME...], not "${line.trim()}"`,
      );
    }
    for (const name of names) {
      const key = hostName(name);
      hosts.set(key, [...(hosts.get(key) ?? []), address]);
    }
  }
  return hosts;
}

/** Normalises a host name for comparison: lower-case, no brackets, no trailing dot. */
export function hostName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
}
