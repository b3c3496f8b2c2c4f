import { z } from "zod";
import { keep } from "./setting-kinds.ts";

/** What people are told of one environment variable. */
export interface SettingInfo {
  /** Raw text used when the variable is unset or empty; null: then there is none. */
  fallback: string | null;
  /** What is allowed, as it is shown beside a mistake. */
  allowed: string;
  /** One sentence for `.env.example` and docs/settings.md. */
  about: string;
  /** Never shown, not even in an error. */
  secret: boolean;
}

/** `SettingInfo` by schema. */
export const INFO = z.registry<SettingInfo>();

/** A setting with a value of its own. */
export function define<T extends z.ZodType>(
  schema: T,
  fallback: string,
  allowed: string,
  about: string,
) {
  INFO.add(schema, { fallback, allowed, about, secret: false });
  return schema;
}

/** A setting that may be left out. */
export function optional<T extends z.ZodType>(
  schema: T,
  allowed: string,
  about: string,
  hidden = false,
) {
  const nullable = schema.nullable();
  INFO.add(nullable, { fallback: null, allowed, about, secret: hidden });
  return nullable;
}

/** A setting that may be left out and is never shown. */
export function secret<T extends z.ZodType>(schema: T, allowed: string, about: string) {
  return optional(schema, allowed, about, true);
}

/** How long something is kept. */
export function kept(fallback: string, about: string) {
  return define(keep(), fallback, "a duration from 1d on, or forever", about);
}

/** A switch that is on where nobody says otherwise. */
export function onOff(about: string) {
  const schema = z.enum(["on", "off"]).transform((value) => value === "on");
  return define(schema, "on", "on or off", about);
}
