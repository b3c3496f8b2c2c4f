import ipaddr from "ipaddr.js";

/** All addresses of an IPv6 network of this size usually belong to one subscriber. */
const IPV6_NETWORK_BITS = 64;

/**
 * Returns the network of an address: for IPv4, the address itself; for IPv6, its network
 * (`2001:db8::/64`). Returns any other text unchanged.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  const network = `${parsed.toNormalizedString().split("%")[0]}/${IPV6_NETWORK_BITS}`;
  return `${ipaddr.IPv6.networkAddressFromCIDR(network).toString()}/${IPV6_NETWORK_BITS}`;
}
