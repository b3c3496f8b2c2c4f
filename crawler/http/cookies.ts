import { domainMatch, pathMatch } from "tough-cookie";

export interface SentCookie {
  name: string;
  value: string;
  host: string;
  /** Whether subdomains of `host` get the cookie too. */
  below: boolean;
  path: string;
  secure: boolean;
}

/** Returns the `Cookie` header for a request (RFC 6265, 5.4); null if no cookie applies. */
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
