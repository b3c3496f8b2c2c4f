import { type LookupAddress, type LookupOptions, lookup, Resolver } from "node:dns";
import { readFile, stat } from "node:fs/promises";
import { isIP } from "node:net";
import { callbackify, promisify } from "node:util";
import pLimit, { type LimitFunction } from "p-limit";
import { parse } from "tldts";

export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Shorter than the connect timeout, so that a silent name server is reported as a DNS failure. */
const LOOKUP_TIMEOUT_MS = 5000;
const OTHER_FAMILY_MS = 500;
/** Maximum number of lookups at once in a registrable domain, whose names share name servers. */
const DOMAIN_CONCURRENCY = 4;
const MAX_LOOKUP_TRIES = 3;
const askSystem = promisify(lookup);
const ABSENT = new Set(["ENOTFOUND", "ENODATA", "EBADNAME"]);

/**
 * Returns a resolver for public names; IPv4 addresses come first. Unlike `dns.lookup`, it needs no
 * thread, so that a silent name server doesn't delay other domains. A failing lookup ends within
 * `deadlineMs`: with `ENOTFOUND` if the name has no address, with `EAI_AGAIN` if the name servers
 * don't answer. Names in the hosts file and names without a public domain are left to `dns.lookup`.
 */
export function createResolve(
  options: { servers?: readonly string[]; hostsFile?: string; deadlineMs?: number } = {},
): Resolve {
  const { servers, hostsFile = "/etc/hosts", deadlineMs = LOOKUP_TIMEOUT_MS } = options;
  const namesInFile = namesReader(hostsFile);
  const lanes = new Map<string, { limit: LimitFunction; lookups: number }>();

  const ask = async (name: string, endsAt: number): Promise<LookupAddress[] | "no-server"> => {
    const leftMs = endsAt - performance.now();
    if (leftMs <= 0) throw silence(name, "other names of its domain are still being resolved");
    // A fresh resolver per lookup reads the server list again, and a failure doesn't count
    // against other lookups.
    const resolver = new Resolver({ timeout: Math.ceil(deadlineMs / 4), tries: MAX_LOOKUP_TRIES });
    if (servers) resolver.setServers(servers);
    return askBothFamilies(resolver, name, leftMs);
  };

  const addressesOf = async (
    hostname: string,
    lookupOptions: LookupOptions & { all: true },
  ): Promise<LookupAddress[]> => {
    const name = hostName(hostname);
    const { domain, isIcann } = parse(name);
    const isOurs = !domain || !isIcann || (await namesInFile()).has(name);
    if (isOurs) return askSystem(hostname, lookupOptions);
    const endsAt = performance.now() + deadlineMs;
    const lane = lanes.get(domain) ?? { limit: pLimit(DOMAIN_CONCURRENCY), lookups: 0 };
    lanes.set(domain, lane);
    lane.lookups += 1;
    try {
      const found = await lane.limit(() => ask(name, endsAt));
      return found === "no-server" ? await askSystem(hostname, lookupOptions) : found;
    } finally {
      lane.lookups -= 1;
      if (lane.lookups === 0) lanes.delete(domain);
    }
  };

  return callbackify(addressesOf);
}

export function notFound(hostname: string): NodeJS.ErrnoException {
  return failure("ENOTFOUND", hostname, "");
}

function silence(hostname: string, why: string): NodeJS.ErrnoException {
  return failure("EAI_AGAIN", hostname, `: its name server doesn't answer (${why})`);
}

function failure(code: string, hostname: string, more: string): NodeJS.ErrnoException {
  const message = `getaddrinfo ${code} ${hostname}${more}`;
  return Object.assign(new Error(message), { code, syscall: "getaddrinfo", hostname });
}

function askBothFamilies(
  resolver: Resolver,
  name: string,
  leftMs: number,
): Promise<LookupAddress[] | "no-server"> {
  return new Promise((resolve, reject) => {
    const found: LookupAddress[] = [];
    const codes: string[] = [];
    const cancelAfter = (ms: number) => setTimeout(() => resolver.cancel(), ms);
    const timers = [cancelAfter(leftMs)];
    let waiting = 2;
    const end = (family: 4 | 6) => (error: NodeJS.ErrnoException | null, addresses: string[]) => {
      waiting -= 1;
      if (error) codes.push(error.code ?? error.message);
      else found.push(...addresses.map((address) => ({ address, family })));
      if (waiting > 0) {
        if (found.length > 0) timers.push(cancelAfter(OTHER_FAMILY_MS));
        return;
      }
      for (const timer of timers) clearTimeout(timer);
      const unknown = codes.find((code) => !ABSENT.has(code));
      if (found.length > 0) resolve(found.toSorted((one, other) => one.family - other.family));
      else if (codes.includes("ECONNREFUSED")) resolve("no-server");
      else if (unknown === undefined) reject(notFound(name));
      else reject(silence(name, unknown === "ECANCELLED" ? "ETIMEOUT" : unknown));
    };
    resolver.resolve4(name, end(4));
    resolver.resolve6(name, end(6));
  });
}

function namesReader(path: string): () => Promise<Set<string>> {
  let names = new Set<string>();
  let changedAt = 0;
  return async () => {
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
    if (mtimeMs === changedAt) return names;
    const text = await readFile(path, "utf8").catch(() => "");
    const lines = text.split(/[\r\n]+/).map((line) => (line.split("#")[0] ?? "").trim());
    names = new Set(lines.flatMap((line) => line.split(/\s+/).slice(1)).map(hostName));
    changedAt = mtimeMs;
    return names;
  };
}

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
