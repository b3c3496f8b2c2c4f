import type { Command } from "@commander-js/extra-typings";
import { KEY_SCOPES, type Key, type KeyScope } from "../../../model/operations/account.ts";
import { hasAccounts, listKeys } from "../../../store/operations/accounts.ts";
import { createKey, endKey } from "../../../web/auth/accounts.ts";
import { commandActor } from "../../actor.ts";
import { requireKnown, unknownName, wholeNumber } from "../../exit.ts";
import { day, plainTable } from "../../output.ts";
import { onStore } from "../../services/use.ts";
import { printStored } from "../../stored-list.ts";
import { laterTime } from "../../time.ts";

export function register(program: Command): void {
  const keys = program.command("keys").description("manage keys for programs that use the API");
  keys
    .command("add")
    .description("create a key; it is shown only once")
    .argument("<name>", "what the key is for")
    .requiredOption("--scope <scope...>", Object.keys(KEY_SCOPES).join(", "))
    .option("--expires <time>", "when the key expires, e.g. 90d (default: never)")
    .option(
      "--per-minute <n>",
      "requests per minute, instead of the limit for an IP address",
      wholeNumber(1, 1_000_000),
    )
    .option("--reason <text>", "why, for the audit log")
    .option("--json", "print JSON")
    .action(async (name, { scope, expires, perMinute, reason, json }) => {
      const known = Object.keys(KEY_SCOPES);
      const scopes = scope.flatMap((word) => word.split(",")) as KeyScope[];
      requireKnown("scope", scopes, known, `write one or more of ${known.join(", ")}`);
      const expiresAt = expires === undefined ? null : laterTime("--expires", expires);
      const key = { name, scopes, expiresAt, ...(perMinute !== undefined && { perMinute }) };
      const { id, text } = await onStore(async (store) => {
        const isFirst = !(await hasAccounts(store));
        const made = await createKey(store, key, { ...commandActor(), reason });
        if (isFirst) console.error(FIRST_ACCOUNT);
        return made;
      });
      console.error(
        "Store the key now: it isn't shown again, because Newsgather keeps only its hash.",
      );
      const shownKey = { id, key: text, scopes, expiresAt, perMinute: perMinute ?? null };
      console.log(json ? JSON.stringify(shownKey) : text);
    });
  const list = keys.command("list").description("list keys, without their secrets");
  printStored(list, async (store) => (await listKeys(store)).map(shown), tableOf);
  keys
    .command("revoke")
    .description("revoke a key; requests with it are refused")
    .argument("<id>", "id of the key, as `keys list` shows it")
    .option("--reason <text>", "why, for the audit log")
    .action(async (id, { reason }) => {
      await onStore(async (store) => {
        const outcome = await endKey(store, id, { ...commandActor(), reason });
        if ("problem" in outcome) {
          const valid = (await listKeys(store)).filter(({ revokedAt }) => revokedAt === null);
          const known = valid.map(({ _id }) => _id);
          throw unknownName("valid key", id, known, "`newsgather keys list` lists all keys");
        }
      });
      console.error(`${id} is revoked`);
    });
}

const FIRST_ACCOUNT = `This is the first account, so the admin and /metrics are no longer open on this machine:
  people log in (\`newsgather users add NAME --role operator\` adds a user);
  Prometheus sends a key with the scope read as a bearer token.`;

function shown({ _id: id, name, scopes, ...key }: Key) {
  const perMinute = key.perMinute ?? null;
  const { createdAt, createdBy, lastUsedAt, expiresAt, revokedAt } = key;
  return { id, name, scopes, perMinute, createdAt, createdBy, lastUsedAt, expiresAt, revokedAt };
}

function tableOf(rows: ReturnType<typeof shown>[]): string {
  const cells = rows.map(({ id, name, scopes, perMinute, ...at }) => [
    id,
    name,
    scopes.join(", "),
    perMinute ?? "",
    day(at.createdAt),
    day(at.lastUsedAt),
    day(at.expiresAt),
    day(at.revokedAt),
  ]);
  const head = ["id", "name", "scopes", "a minute", "made", "used", "expires", "revoked"];
  const none = "no keys: `newsgather keys add NAME --scope SCOPE` adds one";
  return plainTable(head, cells, { none });
}
