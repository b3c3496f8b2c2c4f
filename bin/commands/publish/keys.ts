import type { Command } from "commander";
import { KEY_SCOPES, type Key, type KeyScope } from "../../../model/operations/account.ts";
import { hasAccounts, listKeys } from "../../../store/operations/accounts.ts";
import { createKey, endKey } from "../../../web/auth/accounts.ts";
import { cliActor } from "../../actor.ts";
import { unknownName, wholeNumber } from "../../exit.ts";
import { plainTable, print } from "../../output.ts";
import { onStore } from "../../services/use.ts";
import { laterTime } from "../../time.ts";

interface Options {
  scope: string[];
  expires?: string;
  perMinute?: number;
  reason?: string;
  json?: true;
}

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
    .action(add);
  keys
    .command("list")
    .description("list keys, without their secrets")
    .option("--json", "print JSON")
    .action(async ({ json }: Options) => {
      print((await onStore(listKeys)).map(shown), json, tableOf);
    });
  keys
    .command("revoke")
    .description("revoke a key; requests with it are refused")
    .argument("<id>", "id of the key, as `keys list` shows it")
    .option("--reason <text>", "why, for the audit log")
    .action(revoke);
}

async function add(
  name: string,
  { scope, expires, perMinute, reason, json }: Options,
): Promise<void> {
  const scopes = scope.flatMap((word) => word.split(",")).map(toScope);
  const expiresAt = expires === undefined ? null : laterTime("--expires", expires);
  const limit = perMinute ?? null;
  const context = { actor: cliActor(), now: new Date(), reason };
  const { id, text } = await onStore(async (store) => {
    const isFirst = !(await hasAccounts(store));
    const key = { name, scopes, expiresAt, ...(limit !== null && { perMinute: limit }) };
    const made = await createKey(store, key, context);
    if (isFirst) console.error(FIRST_ACCOUNT);
    return made;
  });
  console.error("Store the key now: it isn't shown again, because Newsgather keeps only its hash.");
  console.log(json ? JSON.stringify({ id, key: text, scopes, expiresAt, perMinute: limit }) : text);
}

const FIRST_ACCOUNT = `This is the first account, so the admin and /metrics are no longer open on this machine:
  people log in (\`newsgather users add NAME --role operator\` adds a user);
  Prometheus sends a key with the scope read as a bearer token.`;

async function revoke(id: string, { reason }: Options): Promise<void> {
  await onStore(async (store) => {
    const outcome = await endKey(store, id, { actor: cliActor(), now: new Date(), reason });
    if ("problem" in outcome) {
      const valid = (await listKeys(store)).filter(({ revokedAt }) => revokedAt === null);
      const known = valid.map(({ _id }) => _id);
      throw unknownName("valid key", id, known, "`newsgather keys list` lists all keys");
    }
  });
  console.error(`${id} is revoked`);
}

function toScope(word: string): KeyScope {
  if (Object.hasOwn(KEY_SCOPES, word)) return word as KeyScope;
  const known = Object.keys(KEY_SCOPES);
  throw unknownName("scope", word, known, `write one or more of ${known.join(", ")}`);
}

function shown({ _id, name, scopes, perMinute, ...key }: Key) {
  const { createdAt, createdBy, lastUsedAt, expiresAt, revokedAt } = key;
  const at = { createdAt, createdBy, lastUsedAt, expiresAt, revokedAt };
  return { id: _id, name, scopes, perMinute: perMinute ?? null, ...at };
}

function tableOf(rows: ReturnType<typeof shown>[]): string {
  const day = (at: Date | null) => at?.toISOString().slice(0, 10) ?? "";
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
  return plainTable(
    ["id", "name", "scopes", "a minute", "made", "used", "expires", "revoked"],
    cells,
    { none: "no keys: `newsgather keys add NAME --scope SCOPE` adds one" },
  );
}
