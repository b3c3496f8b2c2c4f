import { tmpdir } from "node:os";
import type { FastifyInstance } from "fastify";
import type { Translator } from "../../articles/editorial/translate.ts";
import type { Parser } from "../../articles/reading/parser.ts";
import { actionsOf as webhookActions } from "../../bin/roles/api-workers.ts";
import { readTopics } from "../../bin/roles/config-data.ts";
import { listSettings } from "../../bin/roles/installation.ts";
import { createLogger } from "../../config/logger.ts";
import { createGuard } from "../../crawler/egress/guard.ts";
import { createPost } from "../../crawler/http/post.ts";
import type { KeyScope, UserRole } from "../../model/operations/account.ts";
import type { Producer } from "../../queues/producer.ts";
import type { SiteJobs } from "../../sources/site-jobs.ts";
import { addKey, addUser } from "../../store/operations/accounts.ts";
import type { Store } from "../../store/store.ts";
import { frame } from "../../web/admin/frame.ts";
import { adminRoutes } from "../../web/admin/routes.ts";
import { setGate } from "../../web/auth/access.ts";
import { loginRoutes } from "../../web/auth/login.ts";
import type { Provider } from "../../web/auth/provider.ts";
import { hashPassword, makeKey } from "../../web/auth/secret.ts";
import { websubRoutes } from "../../web/feeds/websub.ts";
import { signingKeysRoutes } from "../../web/portal/signing-keys.ts";
import type { ExportDeps, SearchActions } from "../../web/server/config.ts";
import { hearIntent, hearPush } from "../../workers/crawl/subscriptions.ts";
import { makeAdminDeps } from "./admin.ts";
import { BROWSER, makePortal } from "./portal.ts";

/** Password of every user that a test adds. */
export const PASSWORD = "correct horse battery";
/** Headers with which the admin's own forms are sent. */
export const FORM = {
  ...BROWSER,
  "content-type": "application/x-www-form-urlencoded",
  origin: "http://localhost:3000",
  host: "localhost:3000",
};

/** How a test changes the gate and the time. */
export interface GateOptions {
  perMinute?: number;
  publicReading?: boolean;
  baseUrl?: string;
  trustProxy?: string[];
  now?: () => Date;
  search?: SearchActions;
  translator?: Translator;
  /** An OpenID provider beside passwords. */
  provider?: Provider;
  /** How exports are written. */
  exports?: ExportDeps;
  /** Jobs that fetch from sites. */
  sites?: SiteJobs;
  /** Opens the parser for pages in the selector picker. */
  openParser?: () => Promise<Parser>;
  /** The queues that pages show. */
  producer?: Pick<Producer, "add" | "queues" | "counts">;
  /** The folder of the source files. */
  sourcesDir?: string;
  /** Adds to the server behind the gate, before its routes. */
  behindGate?: (app: FastifyInstance) => void;
}

/** Returns the whole server as the role `api` builds it, with the real time. */
export async function openGated(store: Store, options: GateOptions = {}): Promise<FastifyInstance> {
  const { baseUrl = "http://portal.example", now = () => new Date() } = options;
  const { perMinute = 10_000, publicReading = true, trustProxy = [] } = options;
  const topics = await readTopics();
  const webhooks = webhooksOn(store, now);
  const { search, translator = null, producer, sites, openParser, sourcesDir } = options;
  const admin = makeAdminDeps(store, {
    baseUrl,
    now,
    topics,
    webhooks,
    search,
    translator,
    installation: {
      settings: () => Promise.resolve(listSettings({}, {})),
      about: () => Promise.resolve({ versions: {}, licence: "MIT", attribution: "" }),
    },
    ...(producer && { producer }),
    ...(sites && { sites }),
    ...(openParser && { openParser }),
    ...(sourcesDir !== undefined && { sourcesDir }),
  });
  return makePortal(store, {
    sources: admin,
    now,
    publicReading,
    trustProxy,
    async gate(app) {
      await setGate(app, { store, baseUrl, publicReading, perMinute, now });
      options.behindGate?.(app);
    },
    webhooks,
    exports: options.exports ?? { folder: tmpdir(), producer: { add: () => Promise.resolve() } },
    ...(search && { search }),
    plugins: [
      adminRoutes(admin),
      websubRoutes({
        intent: (id, said) => hearIntent({ store, now, log }, id, said),
        push: (id, pushed) => hearPush({ store, now, log }, id, pushed),
      }),
      loginRoutes({ store, baseUrl, now, frame, provider: options.provider ?? null }),
      signingKeysRoutes({
        agent: null,
        keysFile: "",
        name: "News",
        userAgent: "Newsgather/test",
        contact: null,
      }),
    ],
  });
}

const log = createLogger({ logLevel: "silent" });

/** Returns webhooks that may only be called on 127.1.0.0/16. */
function webhooksOn(store: Store, now: () => Date) {
  const guard = createGuard({ hosts: new Map(), allowNetworks: ["127.1.0.0/16"] });
  return webhookActions({ store, now, post: createPost({ guard, userAgent: "Newsgather/test" }) });
}

let passwordHash: Promise<string> | undefined;

/** Adds a user. */
export async function join(store: Store, name: string, role: UserRole): Promise<void> {
  passwordHash ??= hashPassword(PASSWORD);
  await addUser(store, { _id: name, role, passwordHash: await passwordHash }, new Date());
}

/** Logs in. Returns the cookie to send, or the status of the refusal. */
export async function login(
  app: FastifyInstance,
  name: string,
  password = PASSWORD,
): Promise<{ status: number; cookie: string; location: string }> {
  const payload = new URLSearchParams({ name, password }).toString();
  const answer = await app.inject({ method: "POST", url: "/admin/login", headers: FORM, payload });
  const [set] = answer.cookies;
  return {
    status: answer.statusCode,
    cookie: set ? `${set.name}=${set.value}` : "",
    location: String(answer.headers.location),
  };
}

/** Returns the code of the first form on a page. */
export function codeIn(page: string): string {
  const [, code] = /name="_csrf" value="([^"]+)"/.exec(page) ?? [];
  if (!code) throw new Error(`no form on this page:\n${page}`);
  return code;
}

/** Creates a key with this scope and returns its text. */
export async function newKey(store: Store, scope: KeyScope): Promise<string> {
  const { id, text, secretHash } = makeKey();
  const made = { createdAt: new Date(), createdBy: "test", expiresAt: null };
  await addKey(store, { _id: id, name: scope, scopes: [scope], secretHash, ...made });
  return text;
}

/** Returns a function that sends requests with a new key of this scope; it returns status, text and parsed JSON. */
export async function asKey(app: FastifyInstance, store: Store, scope: KeyScope) {
  const headers = { authorization: `Bearer ${await newKey(store, scope)}` };
  return async (method: "GET" | "POST" | "PUT" | "DELETE", url: string, body?: object) => {
    const payload = body && { payload: body };
    const answer = await app.inject({ method, url, headers, ...payload });
    const isJson = /json/.test(String(answer.headers["content-type"]));
    const json: unknown = isJson ? answer.json() : null;
    return { status: answer.statusCode, text: answer.body, body: json };
  };
}

/** Returns the status of a login from an address. */
export async function loginFrom(
  app: FastifyInstance,
  remoteAddress: string,
  { name = "ada", password = "wrong password" } = {},
): Promise<number> {
  const payload = new URLSearchParams({ name, password }).toString();
  const post = { method: "POST", url: "/admin/login", headers: FORM } as const;
  return (await app.inject({ ...post, remoteAddress, payload })).statusCode;
}
