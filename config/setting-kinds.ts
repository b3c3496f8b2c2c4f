import ipaddr from "ipaddr.js";
import { z } from "zod";
import { parseDuration } from "../lib/time.ts";

/** Text without blanks around it. */
export const text = (min = 1) => z.string().trim().min(min);

/** An address with one of these protocols. */
export const url = (protocols: RegExp) => text().refine((value) => hasProtocol(value, protocols));

/** Parts between commas. */
export const list = z.string().transform((value) =>
  value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

/** A whole number in these bounds. */
export const whole = (min: number, max: number) =>
  text().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max));

/** A duration such as `5s`, in ms. */
export const duration = (min: number) => z.string().transform(toDuration).pipe(z.number().min(min));

/** A size such as `500MB`, in bytes. */
export const size = z
  .string()
  .regex(/^\d{1,6}(MB|GB)$/)
  .transform(
    (value) => Number.parseInt(value, 10) * (value.endsWith("GB") ? 1024 ** 3 : 1024 ** 2),
  );

/** How long something is kept, ms; null: for ever. */
export const keep = () =>
  z.union([z.literal("forever").transform(() => null), duration(86_400_000)]);

/** A short name that is safe in every system. */
export const word = () => z.string().regex(/^[A-Za-z0-9_-]{1,38}$/);

function hasProtocol(value: string, protocols: RegExp): boolean {
  // A replica set names several hosts, which `URL` refuses: look at the first alone.
  const first = value.replace(/,[^/?]*/, "");
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
