import type { Command } from "commander";
import { makeKey } from "../../access/secret.ts";
import { parseDuration } from "../../lib/time.ts";
import { KEY_SCOPES, type Key, type KeyScope } from "../../model/key.ts";
import { note } from "../../store/audit.ts";
import { addKey, listKeys, revokeKey } from "../../store/keys.ts";
import { byCli } from "../by.ts";
import { CommandError } from "../exit.ts";
import { onStore } from "../services.ts";
import { plainTable } from "../table.ts";

interface Options {
  scope: string[];
  expires?: string;
  reason?: string;
  json?: true;
}

/** `newsgather keys`: what programs are let in with. */
export function register(program: Command): void {
  const keys = program.command("keys").description("keys that programs use the API with");
  keys
    .command("add")
    .description("make a key; it is shown this once")
    .argument("<name>", "what it is for")
    .requiredOption("--scope <scope...>", Object.keys(KEY_SCOPES).join(", "))
    .option("--expires <duration>", "e.g. 90d; without it the key holds until it is revoked")
    .option("--reason <text>", "why, for the audit log")
    .option("--json", "print JSON")
    .action(add);
  keys
    .command("list")
    .description("show every key, without its secret")
    .option("--json", "print JSON")
    .action(async ({ json }: Options) => {
      const rows = (await onStore(listKeys)).map(shown);
      console.log(json ? JSON.stringify(rows, null, 2) : tableOf(rows));
    });
  keys
    .command("revoke")
    .description("let a key in no more")
    .argument("<id>", "as `keys list` shows it")
    .option("--reason <text>", "why, for the audit log")
    .action(revoke);
}

async function add(name: string, { scope, expires, reason, json }: Options): Promise<void> {
  const scopes = scope.flatMap((word) => word.split(",")).map(toScope);
  const now = new Date();
  const expiresAt = expires === undefined ? null : new Date(now.getTime() + durationOf(expires));
  const { id, text, secretHash } = makeKey();
  const by = byCli();
  await onStore(async (store) => {
    const key = { _id: id, name, scopes, secretHash, createdAt: now, createdBy: by, expiresAt };
    await addKey(store, key);
    const what = { action: "key.add", subject: id, detail: `${name}: ${scopes.join(", ")}` };
    await note(store, { at: now, by, ...what, ...(reason && { reason }) });
  });
  console.error("Keep it now: only its hash is stored.");
  console.log(json ? JSON.stringify({ id, key: text, scopes, expiresAt }) : text);
}

async function revoke(id: string, { reason }: Options): Promise<void> {
  await onStore(async (store) => {
    const now = new Date();
    if (!(await revokeKey(store, id, now))) {
      throw new CommandError("usage", `there is no key ${id} that still holds`);
    }
    const what = { action: "key.revoke", subject: id, ...(reason && { reason }) };
    await note(store, { at: now, by: byCli(), ...what });
  });
  console.error(`${id} is revoked`);
}

function toScope(word: string): KeyScope {
  if (Object.hasOwn(KEY_SCOPES, word)) return word as KeyScope;
  throw new CommandError("usage", `--scope ${word}: use ${Object.keys(KEY_SCOPES).join(", ")}`);
}

function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new CommandError("usage", `--expires: ${String(error)}`, { cause: error });
  }
}

function shown(key: Key) {
  const { _id, name, scopes, createdAt, createdBy, lastUsedAt, expiresAt, revokedAt } = key;
  return { id: _id, name, scopes, createdAt, createdBy, lastUsedAt, expiresAt, revokedAt };
}

function tableOf(rows: ReturnType<typeof shown>[]): string {
  const day = (at: Date | null) => at?.toISOString().slice(0, 10) ?? "";
  const cells = rows.map(({ id, name, scopes, createdAt, lastUsedAt, expiresAt, revokedAt }) => [
    id,
    name,
    scopes.join(", "),
    day(createdAt),
    day(lastUsedAt),
    day(expiresAt),
    day(revokedAt),
  ]);
  return plainTable(["id", "name", "scopes", "made", "used", "expires", "revoked"], cells);
}
