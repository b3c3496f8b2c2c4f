import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { parseDuration } from "../lib/time.ts";
import { USER_ROLES, type UserRole } from "../model/operations/account.ts";

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

export function retention(fallback: string, about: string) {
  return define(keep(), fallback, "a duration of at least 1d, or forever", about);
}

/** Defines a switch that is on by default. */
export function onOff(about: string) {
  const schema = z.enum(["on", "off"]).transform((value) => value === "on");
  return define(schema, "on", "on or off", about);
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
export const duration = (min: number) => z.string().transform(toDuration).pipe(z.number().min(min));

/** A schema for a size such as `500MB`; the result is in bytes. */
export const size = z
  .string()
  .regex(/^\d{1,6}(MB|GB)$/)
  .transform(
    (value) => Number.parseInt(value, 10) * (value.endsWith("GB") ? 1024 ** 3 : 1024 ** 2),
  );

const keep = () => z.union([z.literal("forever").transform(() => null), duration(86_400_000)]);

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

export function isNetwork(value: string): boolean {
  return ipaddr.isValidCIDR(value);
}

function toDuration(value: string, context: z.RefinementCtx): number {
  try {
    return parseDuration(value);
  } catch {
    context.addIssue({ code: "custom", message: "not a duration" });
    return z.NEVER;
  }
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
