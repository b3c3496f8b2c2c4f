import type { Env } from "./env.ts";
import { hideCredentials } from "./logger.ts";
import { INFO } from "./setting.ts";
import { Settings } from "./settings.ts";

/**
 * A setting with its value, where the value came from, and what the setting means. The value is
 * hidden if it is secret, and null if there is none.
 */
export interface ShownSetting {
  name: string;
  value: string | null;
  from: "environment" | ".env" | "default";
  about: string;
}

const HIDDEN = "***";

/**
 * Returns every setting with its value from `env`, or its default; secrets are hidden. `file` has
 * the variables of `.env`: values equal to those are shown as coming from that file.
 */
export function listSettings(env: Env, file: Env): ShownSetting[] {
  return Object.entries(Settings.shape).map(([name, schema]) => {
    const { fallback = null, about = "", secret = true } = INFO.get(schema) ?? {};
    const raw = env[name] || null;
    const value = raw === null ? fallback : secret ? HIDDEN : hideCredentials(raw);
    const from = raw === null ? "default" : file[name] === raw ? ".env" : "environment";
    return { name, value, from, about };
  });
}
