import type { LookupAddress, LookupOptions } from "node:dns";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { buildConnector } from "undici";
import { createResolve, hostName, notFound, type Resolve } from "./resolver.ts";

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

type Lookup = (hostname: string, options: LookupOptions, callback: LookupCallback) => void;

/** Thrown if the guard refuses a target, because of its IP address, its port or its host. */
export class EgressRefused extends Error {
  override name = "EgressRefused";
  readonly code = "EGRESS_REFUSED";
}

/** Decides which addresses requests to sites and proxies are allowed to reach. */
export interface Guard {
  /** Returns a function like `dns.lookup` that fails if any address of the name isn't allowed. */
  lookupFor(port: number): Lookup;
  allowed(address: string, port: number): boolean;
  /** Returns why a URL is refused before DNS resolution; null if it isn't refused. */
  check(url: URL): string | null;
  /** Opens sockets for an undici dispatcher, and checks the address of each open socket. */
  connector: buildConnector.connector;
}

const [WEB_PORT, OTHER_PORT] = [443, 0];
const WEB_PORTS = new Set([80, WEB_PORT]);

/**
 * Returns a guard that allows public unicast addresses on ports 80 and 443, and `allowNetworks`
 * (CIDRs) on any port. `hosts` (see `parseHosts`) takes precedence over DNS (`resolve`).
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
      if (!first) return callback(notFound(hostname), []);
      if (opts.all) callback(null, wanted);
      else callback(null, first.address, first.family);
    };
    const known = options.hosts.get(hostName(hostname));
    if (known) return judge(known.map(toAddress));
    resolve(hostname, { ...opts, all: true }, (error, addresses) => {
      if (error) callback(error, []);
      else judge(addresses);
    });
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

  return { lookupFor, allowed, check, connector };
}

function toAddress(address: string): LookupAddress {
  return { address, family: isIP(address) };
}

function refusal(what: string): EgressRefused {
  return new EgressRefused(`egress refused: ${what}`);
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

const GLOBAL_V6 = ipaddr.parseCIDR("2000::/3");
/** Addresses that are formally public, but internal to a cloud: Azure's wire server. */
const DENIED = new Set(["168.63.129.16"]);

/** Returns whether a text is a public unicast IP address (for IPv6, only 2000::/3). */
export function isPublic(address: string): boolean {
  const parsed = parse(address);
  if (!parsed || parsed.range() !== "unicast") return false;
  if (DENIED.has(parsed.toString())) return false;
  return parsed.kind() === "ipv4" || parsed.match(GLOBAL_V6);
}

/** Returns a test for addresses in these CIDRs. Throws an `Error` on a malformed CIDR. */
export function inNetworks(cidrs: readonly string[]): (address: string) => boolean {
  const ranges: Range[] = cidrs.map((cidr) => ipaddr.parseCIDR(cidr.trim()));
  return (address) => {
    const parsed = parse(address);
    if (!parsed) return false;
    return ranges.some(([base, bits]) => {
      return base.kind() === parsed.kind() && parsed.match(base, bits);
    });
  };
}

/** Parses an IP address; null even for octal and short IPv4. IPv4-mapped IPv6 becomes IPv4. */
function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (!ipaddr.IPv6.isValid(address) && !ipaddr.IPv4.isValidFourPartDecimal(address)) return null;
  if (address.includes("%")) return null;
  return ipaddr.process(address);
}
