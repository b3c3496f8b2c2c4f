import { type LookupAddress, type LookupOptions, lookup as systemLookup } from "node:dns";
import { isIP } from "node:net";
import { buildConnector } from "undici";
import { inNetworks, isPublic } from "./address.ts";
import { hostName } from "./hosts-file.ts";

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** The way out was refused: the target is not public, or not on a web port. */
export class EgressRefused extends Error {
  override name = "EgressRefused";
  readonly code = "EGRESS_REFUSED";
}

/** The one judge of where requests may go; every way out asks it. */
export interface Guard {
  /** Resolves like `dns.lookup`, hosts file first; fails if ANY answer is not allowed. */
  lookup: (hostname: string, options: LookupOptions, callback: LookupCallback) => void;
  /** Whether a connection to this IP address and port is allowed. */
  allowed(address: string, port: number): boolean;
  /** Why a URL is refused before any resolution, in words; null when it may be tried. */
  check(url: URL): string | null;
  /** Opens sockets for an undici dispatcher; the address connected to is checked once more. */
  connector: buildConnector.connector;
}

const WEB_PORTS = new Set([80, 443]);

/**
 * The egress guard. Allowed are public unicast addresses on ports 80 and 443, and the CIDRs of
 * `allowNetworks` on any port; `hosts` (see `parseHosts`) wins over DNS.
 */
export function createGuard(options: {
  hosts: ReadonlyMap<string, string[]>;
  allowNetworks: readonly string[];
}): Guard {
  const inAllowed = inNetworks(options.allowNetworks);
  const reachable = (address: string) => inAllowed(address) || isPublic(address);
  const allowed = (address: string, port: number) =>
    inAllowed(address) || (WEB_PORTS.has(port) && isPublic(address));

  const lookup: Guard["lookup"] = (hostname, opts, callback) => {
    const known = options.hosts.get(hostName(hostname));
    if (known) return answer(known.map(toAddress), hostname, opts, callback);
    const query = { ...opts, all: true as const };
    systemLookup(hostname, query, (error, addresses) => {
      if (error) return callback(error, []);
      answer(addresses, hostname, opts, callback);
    });
  };

  const answer = (
    all: LookupAddress[],
    hostname: string,
    opts: LookupOptions,
    callback: LookupCallback,
  ) => {
    const refused = all.find((entry) => !reachable(entry.address));
    if (refused) return callback(refusal(`${hostname} is ${refused.address}`), []);
    const family = opts.family === "IPv4" ? 4 : opts.family === "IPv6" ? 6 : opts.family || 0;
    const wanted = all.filter((entry) => family === 0 || entry.family === family);
    const [first] = wanted;
    if (!first) return callback(notFound(hostname), []);
    if (opts.all) callback(null, wanted);
    else callback(null, first.address, first.family);
  };

  const open = buildConnector({ timeout: 8000, lookup });
  const connector: buildConnector.connector = (target, callback) => {
    const host = hostName(target.hostname);
    const port = Number(target.port) || (target.protocol === "https:" ? 443 : 80);
    if (isIP(host) && !allowed(host, port)) {
      return callback(refusal(`${host} port ${port}`), null);
    }
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
    if (url.username || url.password) return "a user name in the address";
    const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
    const host = hostName(url.hostname);
    const known = isIP(host) ? [host] : (options.hosts.get(host) ?? []);
    const refused = known.find((address) => !allowed(address, port));
    if (refused) return `${host} port ${port}`;
    // A name that only DNS knows can't lie in the allowed networks for sure: its port is checked
    // with its address when the socket opens.
    if (known.length === 0 && !WEB_PORTS.has(port) && options.allowNetworks.length === 0) {
      return `port ${port}`;
    }
    return null;
  };

  return { lookup, allowed, check, connector };
}

function toAddress(address: string): LookupAddress {
  return { address, family: isIP(address) };
}

function refusal(what: string): EgressRefused {
  return new EgressRefused(`egress refused: ${what}`);
}

function notFound(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
    code: "ENOTFOUND",
    syscall: "getaddrinfo",
    hostname,
  });
}
