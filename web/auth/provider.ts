import type { Configuration } from "openid-client";
import { z } from "zod";
import type { Config } from "../../config/env.ts";
import { cached } from "../../lib/async.ts";
import { MINUTE_MS } from "../../lib/time.ts";
import { USER_NAME, type User, type UserRole } from "../../model/operations/account.ts";
import { getUser, getUserByIdentity } from "../../store/operations/accounts.ts";
import { addAuditEntry } from "../../store/operations/audit.ts";
import type { Store } from "../../store/store.ts";
import { createUser, editUser } from "./accounts.ts";

/** The OpenID provider that is configured, with its secret. */
export type ProviderSettings = Omit<NonNullable<Config["oidc"]>, "clientSecret"> & {
  /** Returns the client's secret at each login, so that a new secret takes effect at once. */
  clientSecret: () => string;
};

/** The content of the cookie that is stored while the user logs in at the provider. */
export const PendingLogin = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  next: z.string(),
});
export type PendingLogin = z.output<typeof PendingLogin>;

export type Claims = Record<string, unknown> & { iss: string; sub: string };

export const CALLBACK_PATH = "/admin/login/provider/callback";
export const PENDING_LOGIN_TTL_MS = 10 * MINUTE_MS;
const ANSWER_TIMEOUT_S = 10;

/** Logs users in through an OpenID provider: authorization code with PKCE, state and nonce. */
export class Provider {
  readonly settings: ProviderSettings;
  readonly #redirectUri: string;
  /** Discovered once, and again after the client's secret has changed. */
  readonly #configurations = cached((secret) => this.#discover(secret), {
    ttl: Number.POSITIVE_INFINITY,
    size: 1,
  });

  constructor(settings: ProviderSettings, redirectUri: string) {
    this.settings = settings;
    this.#redirectUri = redirectUri;
  }

  /** The provider's name as users see it: the host of the issuer's URL. */
  get name(): string {
    return new URL(this.settings.issuer).host;
  }

  /** Returns the URL of the provider's login page, and the content of a cookie for the login. */
  async begin(next: string): Promise<{ location: string; pending: PendingLogin }> {
    const client = await import("openid-client");
    const configuration = await this.#configurations.get(this.settings.clientSecret());
    const pending = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      codeVerifier: client.randomPKCECodeVerifier(),
      next,
    };
    const location = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri,
      scope: this.settings.scopes,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.codeVerifier),
      code_challenge_method: "S256",
    });
    return { location: location.href, pending };
  }

  /** Returns the user's claims. Throws an error if the provider's response is invalid. */
  async finish(query: string, pending: PendingLogin): Promise<Claims> {
    const client = await import("openid-client");
    const configuration = await this.#configurations.get(this.settings.clientSecret());
    const tokens = await client.authorizationCodeGrant(
      configuration,
      new URL(`${this.#redirectUri}?${query}`),
      {
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        pkceCodeVerifier: pending.codeVerifier,
        idTokenExpected: true,
      },
    );
    const claims = tokens.claims();
    if (!claims) throw new Error("the provider sent no id token");
    const { userinfo_endpoint: hasMore } = configuration.serverMetadata();
    const isKnown = valuesOf(claims, this.settings.claim).length > 0;
    const more =
      isKnown || !hasMore
        ? {}
        : await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
    return { ...more, ...claims };
  }

  async #discover(secret: string): Promise<Configuration> {
    const client = await import("openid-client");
    const { issuer, clientId } = this.settings;
    const isPlain = issuer.startsWith("http:");
    const found = await client.discovery(new URL(issuer), clientId, secret, undefined, {
      timeout: ANSWER_TIMEOUT_S,
      ...(isPlain && { execute: [client.allowInsecureRequests] }),
    });
    const server = found.serverMetadata();
    // OpenID Connect's default.
    const { token_endpoint_auth_methods_supported: ways = ["client_secret_basic"] } = server;
    const authenticate = ways.includes("client_secret_basic")
      ? client.ClientSecretBasic(secret)
      : client.ClientSecretPost(secret);
    const configuration = new client.Configuration(server, clientId, secret, authenticate);
    configuration.timeout = ANSWER_TIMEOUT_S;
    if (isPlain) client.allowInsecureRequests(configuration);
    return configuration;
  }
}

/** Returns `ISSUER SUBJECT`. A slash after the issuer's host makes no difference. */
export function identityOf(issuer: string, subject: string): string {
  return `${new URL(issuer).href} ${subject}`;
}

/**
 * Returns the user whom the claims identify. Adds new users and updates roles. Returns a problem if
 * the login isn't allowed or the name is taken.
 */
export async function userOf(
  store: Store,
  claims: Claims,
  { claim, roles, now }: Pick<ProviderSettings, "claim" | "roles"> & { now: Date },
): Promise<User | { problem: string }> {
  const identity = identityOf(claims.iss, claims.sub);
  const values = valuesOf(claims, claim);
  const role = roles.find(({ value }) => value === "*" || values.includes(value))?.role;
  if (!role) {
    const detail =
      `the claim ${claim} gives no role; its values: ${values.join(", ") || "none"}`.slice(0, 300);
    const entry = { at: now, actor: "gate", action: "user.refuse", subject: identity, detail };
    await addAuditEntry(store, entry);
    return { problem: "You have no role here. Ask an administrator for one." };
  }
  const known = await getUserByIdentity(store, identity);
  if (!known) return addUserOf(store, claims, { identity, role, now });
  if (known.disabledAt) return { problem: "Your account here is disabled." };
  if (known.role === role) return known;
  const context = { actor: "gate", now };
  const edited = await editUser(store, known._id, { action: "user.role", role }, context);
  return "problem" in edited ? known : { ...known, role };
}

const MAX_TRIED_NAMES = 20;

async function addUserOf(
  store: Store,
  claims: Claims,
  { identity, role, now }: { identity: string; role: UserRole; now: Date },
): Promise<User | { problem: string }> {
  const wanted = nameOf(claims);
  for (let n = 1; n <= MAX_TRIED_NAMES; n++) {
    const name = n === 1 ? wanted : `${wanted.slice(0, 28)}-${n}`;
    const taken = await getUser(store, name);
    // A person who can choose a name at the provider must not be able to take over an account here.
    if (taken && taken.identity === undefined) {
      const how = `newsgather users identity ${name} ${claims.sub}`;
      return {
        problem: `The user ${name} already exists here. If that is you, ask an administrator to run: ${how}`,
      };
    }
    if (taken) continue;
    const user = { _id: name, role, passwordHash: null, identity };
    const created = await createUser(store, user, { actor: "gate", now });
    const made = "problem" in created ? null : await getUser(store, name);
    if (made) return made;
  }
  return { problem: "Your name is taken here. Ask an administrator to add you." };
}

function nameOf({ preferred_username: name, email, sub }: Claims): string {
  const called = [name, email, sub].find((one) => typeof one === "string" && one !== "");
  const [local = ""] = String(called).toLowerCase().split("@");
  const short = local.replaceAll(/[^a-z0-9._-]+/g, "-").slice(0, 32);
  return USER_NAME.test(short) ? short : `u-${short}`.slice(0, 32);
}

function valuesOf(claims: object, claim: string): string[] {
  // The claim can be a path, such as `realm_access.roles`.
  const whole: unknown = Reflect.get(claims, claim);
  const value = whole ?? claim.split(".").reduce(memberOf, claims as unknown);
  return [value].flat().flatMap((one) => (typeof one === "string" ? [one] : []));
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
