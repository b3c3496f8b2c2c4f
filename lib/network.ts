import ipaddr from "ipaddr.js";

/** Prefix length of the IPv6 network whose addresses usually belong to one subscriber. */
const IPV6_NETWORK_BITS = 64;

/** Returns an IPv4 address itself, an IPv6 address's /64 network, and other text unchanged. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  const network = `${parsed.toNormalizedString().split("%")[0]}/${IPV6_NETWORK_BITS}`;
  return `${ipaddr.IPv6.networkAddressFromCIDR(network).toString()}/${IPV6_NETWORK_BITS}`;
}

/** Returns a host in lower case and Punycode; null if the text isn't just a host name. */
export function hostNameOf(text: string): string | null {
  const address = `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || url.hostname.includes("*")) return null;
  return url.href === `http://${url.hostname}/` ? url.hostname : null;
}
