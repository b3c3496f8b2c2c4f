import { readFileSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { GiveUp } from "../model/crawl/outcome.ts";
import type { Env } from "./env.ts";

/** Returns the secret for `env:SECRET_NAME` or `file:NAME`. Throws `NoSecret` if there is none. */
export type Secrets = (reference: string) => string;

/** The message names the secret, never its value. */
class NoSecret extends Error {
  override name = "NoSecret";
}

/**
 * Returns a function that reads secrets from `SECRET_...` variables and from files in `dir`. It
 * reads a file each time, and never leaves `dir`.
 */
export function createSecrets(env: Env, dir: string | null): Secrets {
  return (reference) => {
    const [, kind, name = ""] = /^(env|file):(.+)$/s.exec(reference) ?? [];
    if (kind === "env" && /^SECRET_[A-Z0-9_]+$/.test(name)) {
      return env[name] || missing(`${name} isn't set`);
    }
    if (kind !== "file") return missing("write a secret as env:SECRET_NAME or file:NAME");
    if (dir === null) return missing(`NEWSGATHER_SECRETS_DIR isn't set, but ${reference} needs it`);
    return fileIn(dir, name).trim() || missing(`${name} in NEWSGATHER_SECRETS_DIR is empty`);
  };
}

function fileIn(dir: string, name: string): string {
  let path: string;
  try {
    const root = realpathSync(dir);
    path = realpathSync(join(root, name));
    if (path.startsWith(root + sep)) return readFileSync(path, "utf8");
  } catch {
    return missing(`${name} in NEWSGATHER_SECRETS_DIR can't be read`);
  }
  return missing(`${name} points outside NEWSGATHER_SECRETS_DIR`);
}

function missing(what: string): never {
  throw new NoSecret(what);
}

/** Returns a secret. Throws `GiveUp` with this reason if the secret can't be read. */
export function secretOf(secrets: Secrets, reference: string, reason: "login" | "proxy"): string {
  try {
    return secrets(reference);
  } catch (error) {
    const why = error instanceof Error ? error.message : "can't be read";
    throw new GiveUp(reason, `a secret is missing: ${why}`);
  }
}
