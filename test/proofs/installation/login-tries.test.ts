import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { changeUser, getUser } from "../../../store/operations/accounts.ts";
import type { Store } from "../../../store/store.ts";
import { emptyStore, startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { join, loginFrom, openGated } from "../../helpers/gated.ts";

/** The hashes that passwords were verified against. */
const verified = vi.hoisted((): string[] => []);
vi.mock("@node-rs/argon2", async (original) => {
  const argon2 = await original<typeof import("@node-rs/argon2")>();
  const verify: typeof argon2.verify = (hash, ...rest) => {
    verified.push(String(hash));
    return argon2.verify(hash, ...rest);
  };
  return { ...argon2, verify };
});

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("login-tries");
});
beforeEach(async () => {
  await emptyStore(store);
  await join(store, "ada", "admin");
  verified.length = 0;
});
afterAll(() => database.close());

describe("a login", () => {
  test("has at most five of fifty passwords verified that are sent at once", async () => {
    const app = await openGated(store);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => loginFrom(app, `192.0.2.${n}`)),
    );
    expect(new Set(answers)).not.toContain(303);
    const { passwordHash, lockedUntil } = (await getUser(store, "ada")) ?? {};
    const compared = verified.filter((hash) => hash === passwordHash).length;
    expect([1, 2, 3, 4, 5]).toContain(compared);
    expect(lockedUntil).toBeInstanceOf(Date);
    await app.close();
  });

  test("has one password verified whether its name is known, unknown, disabled or locked", async () => {
    const app = await openGated(store);
    await join(store, "bob", "analyst");
    await join(store, "eve", "analyst");
    await changeUser(store, "bob", { disabledAt: new Date() });
    for (let n = 0; n < 5; n++) await loginFrom(app, "192.0.2.1", { name: "eve" });
    const counts = [];
    for (const name of ["ada", "nobody", "bob", "eve"]) {
      verified.length = 0;
      expect(await loginFrom(app, "192.0.2.2", { name })).toBe(401);
      counts.push([name, verified.length]);
    }
    expect(counts).toEqual(["ada", "nobody", "bob", "eve"].map((name) => [name, 1]));
    await app.close();
  });
});
