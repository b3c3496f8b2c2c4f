import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { Resolver } from "node:dns/promises";
import { readFile, stat } from "node:fs/promises";
import { isIP, type LookupFunction } from "node:net";
import { callbackify, promisify } from "node:util";
import ipaddr from "ipaddr.js";
import pLimit, { type LimitFunction } from "p-limit";
import { parse } from "tldts";
import { buildConnector } from "undici";

/** Thrown if the guard refuses a target, because of its IP address, its port or its host. */
export class EgressRefused extends Error {
  override name = "EgressRefused";
  readonly code = "EGRESS_REFUSED";
}

/** Decides which addresses requests to sites and proxies are allowed to reach. */
export interface Guard {
  /** Returns a function like `dns.lookup` that fails if any address of the name isn't allowed. */
  lookupFor(port: number): LookupFunction;
  /** Returns a name's addresses. Rejects if the name has none, or if any of them isn't allowed. */
  addressesOf(hostname: string, port: number): Promise<string[]>;
  allowed(address: string, port: number): boolean;
  /** Returns why a URL is refused before DNS resolution; null if it isn't refused. */
  check(url: URL): string | null;
  /** Opens sockets for an undici dispatcher, and checks the address of each open socket. */
  connector: buildConnector.connector;
}

const [WEB_PORT, OTHER_PORT] = [443, 0];
const WEB_PORTS = new Set([80, WEB_PORT]);

/**
 * Returns a guard that allows public addresses on ports 80 and 443, and `allowNetworks` (CIDRs) on
 * any port. `hosts` takes precedence over DNS.
 */
export function createGuard(options: {
  hosts: ReadonlyMap<string, string[]>;
  allowNetworks: readonly string[];
  resolve?: Resolve;
}): Guard {
  const { resolve = createResolve() } = options;
  const inAllowed = inNetworks(options.allowNetworks);
  const allowed = (address: string, port: number) =>
    inAllowed(address) || (WEB_PORTS.has(port) && isPublic(address));

  const lookupFor: Guard["lookupFor"] = (port) => (hostname, opts, callback) => {
    const judge = (all: LookupAddress[]) => {
      const refused = all.find(({ address }) => !allowed(address, port));
      if (refused) return callback(refusal(`${hostname} is ${refused.address}`), []);
      const family = opts.family === "IPv4" ? 4 : opts.family === "IPv6" ? 6 : opts.family || 0;
      const wanted = all.filter((entry) => family === 0 || entry.family === family);
      const [first] = wanted;
      if (!first) return callback(failure("ENOTFOUND", hostname), []);
      if (opts.all) callback(null, wanted);
      else callback(null, first.address, first.family);
    };
    const known = options.hosts.get(hostName(hostname));
    if (known) return judge(known.map((address) => ({ address, family: isIP(address) })));
    resolve(hostname, { ...opts, all: true }, (error, addresses) => {
      if (error) callback(error, []);
      else judge(addresses);
    });
  };

  const addressesOf: Guard["addressesOf"] = async (hostname, port) => {
    const found: unknown = await promisify(lookupFor(port))(hostname, { all: true });
    return Array.isArray(found) ? found.map(({ address }) => String(address)) : [];
  };

  // The guard only distinguishes web ports from other ports.
  const openWeb = buildConnector({ timeout: 8000, lookup: lookupFor(WEB_PORT) });
  const openOther = buildConnector({ timeout: 8000, lookup: lookupFor(OTHER_PORT) });
  const connector: buildConnector.connector = (target, callback) => {
    const host = hostName(target.hostname);
    const port = Number(target.port) || (target.protocol === "https:" ? 443 : 80);
    if (isIP(host) && !allowed(host, port)) {
      return callback(refusal(`${host} port ${port}`), null);
    }
    const open = WEB_PORTS.has(port) ? openWeb : openOther;
    open(target, (...[error, socket]) => {
      if (error) return callback(error, null);
      const address = socket?.remoteAddress ?? "";
      if (allowed(address, port)) return callback(null, socket);
      socket?.destroy();
      callback(refusal(`${host} is ${address}, port ${port}`), null);
    });
  };

  const check = (url: URL): string | null => {
    if (url.protocol !== "http:" && url.protocol !== "https:") return `scheme ${url.protocol}`;
    if (url.username || url.password) return "a user name in the URL";
    const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
    const host = hostName(url.hostname);
    const known = isIP(host) ? [host] : (options.hosts.get(host) ?? []);
    const refused = known.find((address) => !allowed(address, port));
    if (refused) return `${host} port ${port}`;
    // The address of a DNS name isn't known yet, and might be in an allowed network. The port is
    // checked with the address when the socket opens.
    if (!WEB_PORTS.has(port) && options.allowNetworks.length === 0) {
      return `port ${port}`;
    }
    return null;
  };

  return { lookupFor, addressesOf, allowed, check, connector };
}

function refusal(what: string): EgressRefused {
  return new EgressRefused(`egress refused: ${what}`);
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

const GLOBAL_V6 = ipaddr.parseCIDR("2000::/3");
/** Azure's wire server has a public address, but is internal to the cloud. */
const CLOUD_ADDRESSES = new Set(["168.63.129.16"]);

/** Returns whether a text is a public unicast IP address (for IPv6, only 2000::/3). */
export function isPublic(address: string): boolean {
  const parsed = parseAddress(address);
  if (!parsed || parsed.range() !== "unicast") return false;
  if (CLOUD_ADDRESSES.has(parsed.toString())) return false;
  return parsed.kind() === "ipv4" || parsed.match(GLOBAL_V6);
}

/** Returns a test for addresses in these CIDRs. Throws an `Error` on a malformed CIDR. */
export function inNetworks(cidrs: readonly string[]): (address: string) => boolean {
  const ranges: Range[] = cidrs.map((cidr) => ipaddr.parseCIDR(cidr.trim()));
  return (address) => {
    const parsed = parseAddress(address);
    if (!parsed) return false;
    return ranges.some(([base, bits]) => {
      return base.kind() === parsed.kind() && parsed.match(base, bits);
    });
  };
}

/** Returns null for octal or short IPv4, and turns IPv4-mapped IPv6 into IPv4. */
function parseAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (!ipaddr.IPv6.isValid(address) && !ipaddr.IPv4.isValidFourPartDecimal(address)) return null;
  if (address.includes("%")) return null;
  return ipaddr.process(address);
}

export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Shorter than the connect timeout, so that a silent name server is reported as a DNS failure. */
const LOOKUP_TIMEOUT_MS = 5000;
const OTHER_FAMILY_MS = 500;
/** Maximum number of concurrent lookups in a registrable domain: its names share name servers. */
const DOMAIN_CONCURRENCY = 4;
const MAX_LOOKUP_TRIES = 3;
const askSystem = promisify(lookup);
const ABSENT = new Set(["ENOTFOUND", "ENODATA", "EBADNAME"]);

/**
 * Returns a resolver that lists IPv4 addresses first. A failing lookup of a public name ends within
 * `deadlineMs`, with `ENOTFOUND` (no address) or `EAI_AGAIN` (no answer).
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
    // Other names don't use `dns.lookup`, whose threads a silent name server could block.
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

function silence(hostname: string, why: string): NodeJS.ErrnoException {
  return failure("EAI_AGAIN", hostname, `: its name server doesn't answer (${why})`);
}

function failure(code: string, hostname: string, more = ""): NodeJS.ErrnoException {
  const message = `getaddrinfo ${code} ${hostname}${more}`;
  return Object.assign(new Error(message), { code, syscall: "getaddrinfo", hostname });
}

async function askBothFamilies(
  resolver: Resolver,
  name: string,
  leftMs: number,
): Promise<LookupAddress[] | "no-server"> {
  const cancelAfter = (ms: number) => setTimeout(() => resolver.cancel(), ms);
  const timers = [cancelAfter(leftMs)];
  const ask = async (family: 4 | 6): Promise<LookupAddress[]> => {
    const addresses = await (family === 4 ? resolver.resolve4(name) : resolver.resolve6(name));
    timers.push(cancelAfter(OTHER_FAMILY_MS));
    return addresses.map((address) => ({ address, family }));
  };
  const answers = await Promise.allSettled([ask(4), ask(6)]);
  for (const timer of timers) clearTimeout(timer);
  const found = answers.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  if (found.length > 0) return found;
  const codes = answers.flatMap((one) =>
    one.status === "rejected" ? String(one.reason.code ?? one.reason) : [],
  );
  if (codes.includes("ECONNREFUSED")) return "no-server";
  const unknown = codes.find((code) => !ABSENT.has(code));
  if (unknown === undefined) throw failure("ENOTFOUND", name);
  throw silence(name, unknown === "ECANCELLED" ? "ETIMEOUT" : unknown);
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
