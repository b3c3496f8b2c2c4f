import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Command } from "@commander-js/extra-typings";
import { type Config, loadConfig, processEnv } from "../../../config/env.ts";
import {
  createSigningKey,
  publishedKeysAt,
  readSigningKeys,
  revokeSigningKeys,
  rotateSigningKeys,
  type StoredSigningKey,
  signingKeyAt,
  writeSigningKeys,
} from "../../../crawler/signing/keys.ts";
import { CommandError } from "../../../lib/exit.ts";
import { runAudited } from "../../../store/operations/audit.ts";
import { cliActor } from "../../actor.ts";
import { requireKnown } from "../../exit.ts";
import { minute, plainTable } from "../../output.ts";
import { onStore } from "../../services/use.ts";

export function register(program: Command): void {
  const keys = program
    .command("signing-keys")
    .description("manage the keys that sign requests to sites");
  keys
    .command("list")
    .description("list keys; private keys are never shown")
    .option("--json", "print JSON")
    .action(list);
  keys
    .command("create")
    .description("create the first key; it signs requests at once")
    .option("--reason <text>", "why, for the audit log")
    .action(create);
  keys
    .command("rotate")
    .description("publish a new key; in two days, it replaces the present key")
    .option("--reason <text>", "why, for the audit log")
    .action(rotate);
  keys
    .command("revoke")
    .description("remove a leaked key; another key signs requests at once")
    .argument("<id>", "id of the key, as `signing-keys list` shows it")
    .option("--reason <text>", "why, for the audit log")
    .action(revoke);
}

function list({ json }: { json?: true }): void {
  const config = loadConfig(processEnv());
  const keys = readKeys(config);
  const now = new Date();
  const signing = signingKeyAt(keys, now)?.id;
  const rows = keys.map(({ id, signsFrom, signsUntil, publishedUntil }) => {
    const state = id === signing ? "signs" : stateOf({ signsFrom, publishedUntil }, now);
    return { id, state, signsFrom, signsUntil, publishedUntil };
  });
  const { agent } = config.signing;
  if (json) return console.log(JSON.stringify({ agent, keys: rows }, null, 2));
  const cells = rows.map((row) => [
    row.id,
    row.state,
    minute(row.signsFrom),
    minute(row.signsUntil),
    minute(row.publishedUntil),
  ]);
  const none = { none: "no keys: `newsgather signing-keys create` creates one" };
  console.log(plainTable(["id", "state", "signs from", "until", "published until"], cells, none));
  if (agent === null) console.error(NO_AGENT);
}

const NO_AGENT =
  "Requests are not signed: set NEWSGATHER_BASE_URL to an https URL, so that sites can find the keys.";

async function create({ reason }: { reason?: string }): Promise<void> {
  const { signing } = loadConfig(processEnv());
  const now = new Date();
  const keys = readKeys({ signing });
  const present = signingKeyAt(keys, now);
  if (present) {
    const next = "`newsgather signing-keys rotate` replaces this key";
    throw new CommandError("usage", `${present.id} already signs requests: ${next}`);
  }
  const key = createSigningKey(now);
  await write("signing-key.create", key.id, [...publishedKeysAt(keys, now), key], reason);
  console.error(`${key.id} signs requests until ${key.signsUntil.toISOString()}.`);
  if (signing.agent === null) console.error(NO_AGENT);
  else
    console.error(
      "Running processes use the key within a minute. `newsgather doctor` checks the key.",
    );
}

async function rotate({ reason }: { reason?: string }): Promise<void> {
  const keys = readKeys(loadConfig(processEnv()));
  if (keys.length === 0) {
    throw new CommandError(
      "usage",
      "there is no key yet: `newsgather signing-keys create` creates one",
    );
  }
  const next = rotateSigningKeys(keys, new Date());
  const key = next.at(-1) as StoredSigningKey;
  await write("signing-key.rotate", key.id, next, reason);
  console.error(
    `${key.id} is published and signs requests from ${key.signsFrom.toISOString()} on.`,
  );
}

async function revoke(id: string, { reason }: { reason?: string }): Promise<void> {
  const keys = readKeys(loadConfig(processEnv()));
  const known = keys.map((key) => key.id);
  const hint = "`newsgather signing-keys list` lists all signing keys";
  requireKnown("signing key", [id], known, hint);
  const next = revokeSigningKeys(keys, [id], new Date());
  await write("signing-key.revoke", id, next, reason);
  console.error(
    `${id} was removed. Sites that have fetched the key can accept it for up to a day.`,
  );
  console.error(`${signingKeyAt(next, new Date())?.id} signs requests now.`);
}

/** Throws if the file can't be read, so that no caller replaces the file. */
function readKeys({ signing }: Pick<Config, "signing">): StoredSigningKey[] {
  try {
    return readSigningKeys(signing.keysFile);
  } catch (error) {
    throw new CommandError("usage", error instanceof Error ? error.message : String(error));
  }
}

async function write(
  action: string,
  subject: string,
  keys: readonly StoredSigningKey[],
  reason: string | undefined,
): Promise<void> {
  const { keysFile } = loadConfig(processEnv()).signing;
  const audit = { actor: cliActor(), now: new Date(), reason: reason || undefined };
  await onStore((store) =>
    runAudited(store, audit, { action, subject }, async () => {
      mkdirSync(dirname(keysFile), { recursive: true, mode: 0o700 });
      await writeSigningKeys(keysFile, keys);
      return true;
    }),
  );
}

function stateOf(key: Pick<StoredSigningKey, "signsFrom" | "publishedUntil">, now: Date): string {
  if (key.signsFrom > now) return "next";
  return key.publishedUntil > now ? "former" : "past";
}
