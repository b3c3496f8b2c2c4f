import type { FastifyInstance } from "fastify";
import { setGate } from "../../access/gate.ts";
import { loginRoutes } from "../../access/login.ts";
import { hashPassword } from "../../access/password.ts";
import { frame } from "../../admin/frame.ts";
import { adminRoutes } from "../../admin/routes.ts";
import { actionsOf } from "../../bin/roles/actions.ts";
import { readTopics } from "../../bin/roles/topics.ts";
import { whyFirst } from "../../dedupe/representative.ts";
import type { UserRole } from "../../model/user.ts";
import type { Store } from "../../store/store.ts";
import { addUser } from "../../store/users.ts";
import { BROWSER, makePortal } from "./portal.ts";

/** Password of every user that a test adds. */
export const PASSWORD = "correct horse battery";
/** How our own pages' forms are sent. */
export const FORM = {
  ...BROWSER,
  "content-type": "application/x-www-form-urlencoded",
  origin: "http://localhost:3000",
  host: "localhost:3000",
};

/** What a test changes about the gate, and about the time. */
export interface GateGiven {
  perMinute?: number;
  publicReading?: boolean;
  baseUrl?: string;
  trustProxy?: string[];
  now?: () => Date;
}

/** The whole server as the role `api` puts it together, on a real clock. */
export async function openGated(store: Store, given: GateGiven = {}): Promise<FastifyInstance> {
  const { baseUrl = "http://portal.example", now = () => new Date() } = given;
  const { perMinute = 10_000, publicReading = true, trustProxy = [] } = given;
  const topics = await readTopics();
  return makePortal(store, {
    now,
    trustProxy,
    gate: (app) => setGate(app, { store, baseUrl, publicReading, perMinute, now }),
    plugins: [
      adminRoutes({
        store,
        timezone: "Europe/Berlin",
        now,
        topics,
        whyFirst,
        actions: actionsOf({ store, now }, topics),
      }),
      loginRoutes({ store, baseUrl, now, frame }),
    ],
  });
}

let passwordHash: Promise<string> | undefined;

/** Adds a user. */
export async function join(store: Store, name: string, role: UserRole): Promise<void> {
  passwordHash ??= hashPassword(PASSWORD);
  await addUser(store, { _id: name, role, passwordHash: await passwordHash }, new Date());
}

/** Logs in; answers the cookie to send, or the status of the refusal. */
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

/** The code of the first form on a page. */
export function codeIn(page: string): string {
  const [, code] = /name="_csrf" value="([^"]+)"/.exec(page) ?? [];
  if (!code) throw new Error(`no form on this page:\n${page}`);
  return code;
}
