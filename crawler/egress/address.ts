import ipaddr from "ipaddr.js";

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

const GLOBAL_V6 = ipaddr.parseCIDR("2000::/3");
/** Formally public, but the inside of a cloud: Azure's wire server. */
const DENIED = new Set(["168.63.129.16"]);

/** Whether an IP address is public unicast (IPv6 only 2000::/3); anything else, names too, is not. */
export function isPublic(address: string): boolean {
  const parsed = parse(address);
  if (!parsed || parsed.range() !== "unicast") return false;
  if (DENIED.has(parsed.toString())) return false;
  return parsed.kind() === "ipv4" || parsed.match(GLOBAL_V6);
}

/** A test whether an address lies in one of these CIDRs; throws an `Error` on a malformed CIDR. */
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

/** IPv4 addresses that are mapped into IPv6 come out as IPv4; octal and short forms are refused. */
function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (!ipaddr.IPv6.isValid(address) && !ipaddr.IPv4.isValidFourPartDecimal(address)) return null;
  if (address.includes("%")) return null;
  return ipaddr.process(address);
}
