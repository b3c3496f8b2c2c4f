import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { parseDuration } from "../lib/time.ts";
import { USER_ROLES, type UserRole } from "../model/operations/account.ts";
import { Duration } from "../model/sources/schedule.ts";

/** The documentation of one environment variable. */
export interface SettingInfo {
  /** Raw text that is used if the variable is unset or empty; null for an optional setting. */
  fallback: string | null;
  /** The allowed values, as shown with an error and in the documentation. */
  allowed: string;
  /** The meaning, for `.env.example` and docs/reference/settings.md. */
  about: string;
  /** Whether the value is secret, so that it is never shown, not even in an error. */
  secret: boolean;
}

export const INFO = z.registry<SettingInfo>();

export function define<T extends z.ZodType>(
  schema: T,
  fallback: string,
  allowed: string,
  about: string,
) {
  INFO.add(schema, { fallback, allowed, about, secret: false });
  return schema;
}

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

/** Defines an optional setting whose value is never shown. */
export function secret<T extends z.ZodType>(schema: T, allowed: string, about: string) {
  return optional(schema, allowed, about, true);
}

/** Defines an optional web address that is never shown, because it can contain a key. */
export function secretUrl(about: string) {
  return secret(url(/^https?:$/), "an http(s) URL", about);
}

/** Defines an optional secret that signs messages (Standard Webhooks). */
export function signingSecret(about: string) {
  const schema = text().regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/);
  return secret(schema, "whsec_ and at least 24 bytes in base64", about);
}

/** Defines an optional reference to a secret. */
export function secretReference(about: string) {
  const schema = z.string().regex(/^(env:SECRET_[A-Z0-9_]+|file:.+)$/);
  return optional(schema, "env:SECRET_NAME or file:NAME in NEWSGATHER_SECRETS_DIR", about);
}

export function optionalText(allowed: string, about: string) {
  return optional(text(), allowed, about);
}

export function retention(fallback: string, about: string) {
  const schema = z.union([z.literal("forever").transform(() => null), duration(86_400_000)]);
  return define(schema, fallback, "a duration of at least 1d, or forever", about);
}

/** Defines a duration of at least `min`, such as `1m`; the value is in ms. */
export function durationFrom(min: string, fallback: string, about: string) {
  const allowed = `a duration of at least ${min}, e.g. ${fallback}`;
  return define(duration(parseDuration(min)), fallback, allowed, about);
}

export function onOff(about: string, fallback = "on") {
  const schema = z.enum(["on", "off"]).transform((value) => value === "on");
  return define(schema, fallback, "on or off", about);
}

export function choice<const T extends string>(values: readonly T[], fallback: T, about: string) {
  const allowed = values.join(", ").replace(/, ([^,]+)$/, " or $1");
  return define(z.enum(values), fallback, allowed, about);
}

export function wholeFrom([min, max]: [number, number], fallback: string, about: string) {
  return define(whole(min, max), fallback, `a whole number from ${min} to ${max}`, about);
}

/** A schema for text of at least `min` characters after trimming. */
export const text = (min = 1) => z.string().trim().min(min);

export const url = (protocols: RegExp) => text().refine((value) => hasProtocol(value, protocols));

export const list = z.string().transform((value) =>
  value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

export const whole = (min: number, max: number) =>
  text().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max));

/** A schema for a duration such as `5s`, of at least `min` ms; the result is in ms. */
export const duration = (min: number) => Duration.pipe(z.number().min(min));

/** A schema for a size such as `500MB`; the result is in bytes. */
export const size = z
  .string()
  .regex(/^\d{1,6}(MB|GB)$/)
  .transform(
    (value) => Number.parseInt(value, 10) * (value.endsWith("GB") ? 1024 ** 3 : 1024 ** 2),
  );

export const word = () => z.string().regex(/^[A-Za-z0-9_-]{1,38}$/);

function hasProtocol(value: string, protocols: RegExp): boolean {
  // A replica set names several hosts, which `URL` rejects: check only the first. A comma in a
  // password doesn't separate hosts.
  const first = value.replace(/\/\/[^/?#]*@/, "//").replace(/,[^/?]*/, "");
  return URL.canParse(first) && protocols.test(new URL(first).protocol);
}

export function isAddress(value: string): boolean {
  return /^[^\s@,<>]+@[^\s@,<>]+$/.test(value);
}

export function isContact(value: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) || hasProtocol(value, /^https?:$/);
}

export function toListen(value: string, context: z.RefinementCtx): { host: string; port: number } {
  const [, bracketed, plain, port] =
    /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(value) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) {
    context.addIssue({ code: "custom", message: "not an address and port" });
    return z.NEVER;
  }
  return { host, port: Number(port) };
}

export function isLoopbackUrl(value: string): boolean {
  const host = URL.canParse(value) ? new URL(value).hostname : "";
  return isLoopbackHost(host);
}

export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (bare === "localhost") return true;
  return isIP(bare) !== 0 && ipaddr.isValid(bare) && ipaddr.process(bare).range() === "loopback";
}

/** Returns the OpenID claim's value and the role in `VALUE=ROLE`; null if the pair isn't valid. */
export function readRolePair(pair: string): { value: string; role: UserRole } | null {
  const [, value, role] = /^(.+)=([a-z]+)$/.exec(pair) ?? [];
  if (!value || !role || !Object.hasOwn(USER_ROLES, role)) return null;
  return { value: value.trim(), role: role as UserRole };
}
