import { MINUTE_MS } from "../lib/time.ts";
import type { UserRole } from "../model/operations/account.ts";
import { addLoginLink, addUser } from "../store/operations/accounts.ts";
import { noted } from "../store/operations/audit.ts";
import type { Store } from "../store/store.ts";
import { hashPassword } from "../web/auth/password.ts";
import { hashSecret, makeSecret } from "../web/auth/secret.ts";
import { byCli } from "./by.ts";

/** How long a link logs in, ms. */
const LINK_MS = 15 * MINUTE_MS;

/** Returns a URL that logs a user in to the admin at `address` once, within a quarter of an hour. */
export async function loginLink(
  store: Store,
  { user, address, now }: { user: string; address: string; now: Date },
): Promise<string> {
  const token = makeSecret();
  const expiresAt = new Date(now.getTime() + LINK_MS);
  const link = { _id: hashSecret(token), user, createdAt: now, expiresAt, isLink: true as const };
  const entry = { at: now, by: byCli(), action: "user.link", subject: user };
  await noted(store, entry, () => addLoginLink(store, link));
  return `${address}/admin/login/link?token=${token}`;
}

/** Adds a user who logs in by links, since nobody knows a password. */
export async function addUserWithoutPassword(
  store: Store,
  name: string,
  role: UserRole,
): Promise<void> {
  const now = new Date();
  const user = { _id: name, role, passwordHash: await hashPassword(makeSecret()) };
  const entry = { at: now, by: byCli(), action: "user.add", subject: name, detail: role };
  await noted(store, entry, () => addUser(store, user, now));
}
