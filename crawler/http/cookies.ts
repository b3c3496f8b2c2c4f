import { domainMatch, pathMatch } from "tough-cookie";

/** A cookie that requests carry where it belongs, and nowhere else. */
export interface SentCookie {
  name: string;
  value: string;
  /** Host name that gets it. */
  host: string;
  /** Whether names below `host` get it too. */
  below: boolean;
  path: string;
  /** Over https only. */
  secure: boolean;
}

/** The `Cookie` header of a request (RFC 6265, 5.4); null when none of them belongs to the address. */
export function cookieHeader(cookies: readonly SentCookie[], address: string): string | null {
  const url = new URL(address);
  const sent = cookies.filter((cookie) => belongs(cookie, url));
  return sent.length > 0 ? sent.map(({ name, value }) => `${name}=${value}`).join("; ") : null;
}

function belongs({ host, below, path, secure }: SentCookie, url: URL): boolean {
  if (secure && url.protocol !== "https:") return false;
  const matches = below ? domainMatch(url.hostname, host) === true : url.hostname === host;
  return matches && pathMatch(url.pathname, path);
}
