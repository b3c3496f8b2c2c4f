import { z } from "zod";
import { Duration } from "./schedule.ts";

const SECRET_REFERENCE_PATTERN = String.raw`env:SECRET_[A-Z0-9_]+|file:\w[\w.-]*(?:\/\w[\w.-]*)*`;

const Reference = z
  .string()
  .regex(
    new RegExp(`^(${SECRET_REFERENCE_PATTERN})$`),
    "write env:SECRET_NAME or file:NAME; a source's file must not contain the secret itself",
  )
  .describe("env:SECRET_NAME, or file:NAME under NEWSGATHER_SECRETS_DIR");

const LoginCookie = z.strictObject({
  name: z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, "write only the cookie's name"),
  value: Reference,
  domain: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "write a host name such as example.com")
    .optional()
    .describe(
      "Domain that gets the cookie, with its subdomains; default: only the source's own hosts",
    ),
  path: z.string().startsWith("/").default("/"),
  secure: z
    .boolean()
    .default(true)
    .describe("false: send the cookie over http, too, where others on the network can read it"),
});

const Css = z.string().min(1).describe("A CSS selector");

const LoginStep = z.union([
  z.strictObject({
    goto: z.url({ protocol: /^https?$/, error: "write an absolute http:// or https:// URL" }),
  }),
  z.strictObject({ fill: Css, value: Reference }),
  z.strictObject({ click: Css }),
  z.strictObject({ wait: Css.describe("Waits until this element is visible") }),
]);

/** The operator's account at a site. A source's file refers to secrets, but never has them. */
export const Login = z
  .strictObject({
    cookies: z.array(LoginCookie).max(20).default([]),
    steps: z
      .array(LoginStep)
      .max(20)
      .default([])
      .describe("Steps that log in with the site's form, in the browser; the first is a goto"),
    expires: Duration.prefault("12h").describe("How long a login by `steps` lasts"),
    signedOut: Css.optional().describe(
      "Selector of an element that appears only when the login is missing",
    ),
  })
  .refine(({ cookies, steps }) => cookies.length + steps.length > 0, {
    error: "give cookies or steps",
  })
  .refine(({ steps: [first] }) => first === undefined || "goto" in first, {
    error: "the first step must be { goto: URL }",
    path: ["steps"],
  });

export type Login = z.infer<typeof Login>;
export type LoginStep = z.infer<typeof LoginStep>;

export const ProxyName = z
  .string()
  .regex(
    new RegExp(`^(${SECRET_REFERENCE_PATTERN}|https?://[^\\s/?#@]+/?)$`),
    "write http://HOST:PORT or, for a proxy with user and password, env:SECRET_NAME or file:NAME",
  )
  .describe(
    "http(s)://HOST:PORT; for a proxy with user and password, env:SECRET_NAME or file:NAME of a secret that contains its URL",
  );

/** Whether a text is the URL of a proxy, with or without credentials. */
export function isProxyAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && pathname + search + hash === "/";
}
