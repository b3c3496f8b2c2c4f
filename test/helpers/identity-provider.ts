import type { RequestListener } from "node:http";
import Oidc, { type KoaContext } from "oidc-provider";
import { CookieJar } from "tough-cookie";
import { listen } from "./loopback.ts";

/** The accounts at the provider, by subject. */
export type Accounts = Record<string, { preferred_username: string; groups: string[] }>;

/** Maximum number of redirects in one login. */
const MAX_HOPS = 20;
const SCOPES = "openid profile groups";

/** Starts a real OpenID provider on loopback, at which a browser logs in with only a name. */
export async function startIdentityProvider(
  accounts: Accounts,
  client: { id: string; secret: string; redirectUri: string },
) {
  let answer: RequestListener = (_, response) => response.end();
  const { origin: issuer, close } = await listen("127.0.0.1", (...exchange) => answer(...exchange));
  const oidc: Oidc = new Oidc(issuer, {
    clients: [
      { client_id: client.id, client_secret: client.secret, redirect_uris: [client.redirectUri] },
    ],
    scopes: SCOPES.split(" "),
    claims: { profile: ["preferred_username"], groups: ["groups"] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ["of a test"] },
    interactions: { url: () => "/who" },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, ...accounts[id] }),
    }),
    async loadExistingGrant(context: KoaContext) {
      const { accountId } = context.oidc.session;
      const grant = new oidc.Grant({ clientId: client.id, accountId });
      grant.addOIDCScope(SCOPES);
      await grant.save();
      return grant;
    },
  });
  const others = oidc.callback();
  answer = (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", issuer);
    if (pathname !== "/who") return others(request, response);
    const login = { accountId: searchParams.get("sub") ?? "" };
    return void oidc.interactionFinished(request, response, { login });
  };
  return {
    issuer,
    close,
    /**
     * Logs in at the provider, like a browser that was redirected to `location`. Returns the URL it is sent back to.
     */
    async logIn(location: string, subject: string): Promise<string> {
      const jar = new CookieJar();
      let next = location;
      for (let hops = 0; hops < MAX_HOPS; hops++) {
        const cookie = await jar.getCookieString(next);
        const answered = await fetch(next, { headers: { cookie }, redirect: "manual" });
        for (const set of answered.headers.getSetCookie()) await jar.setCookie(set, next);
        const to = answered.headers.get("location");
        if (to === null) throw new Error(`${answered.status}: ${await answered.text()}`);
        const url = new URL(to, next);
        if (url.href.startsWith(client.redirectUri)) return url.href;
        if (url.pathname === "/who") url.searchParams.set("sub", subject);
        next = url.href;
      }
      throw new Error(`the provider redirects more than ${MAX_HOPS} times: ${next}`);
    },
  };
}
