import { z } from "zod";
import { REFERENCE } from "./reference.ts";

/** How a source's file names its proxy: its address, or where that is kept with its user and password. */
export const ProxyName = z
  .string()
  .regex(
    new RegExp(`^(${REFERENCE}|https?://[^\\s/?#@]+/?)$`),
    "write http://HOST:PORT, or env:SECRET_NAME or file:NAME where it has a user and password",
  )
  .describe("http(s)://HOST:PORT, or env:SECRET_NAME or file:NAME of an address with credentials");

/** Whether a text is the address of a proxy, with or without credentials. */
export function isProxyAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && pathname + search + hash === "/";
}
