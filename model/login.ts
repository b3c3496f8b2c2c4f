import { z } from "zod";

/** Where a secret is: an environment variable `SECRET_...`, or a file under `NEWSGATHER_SECRETS_DIR`. */
export const Reference = z
  .string()
  .regex(
    /^(env:SECRET_[A-Z0-9_]+|file:\w[\w.-]*(\/\w[\w.-]*)*)$/,
    "write env:SECRET_NAME or file:NAME; the secret itself stands in no source's file",
  )
  .describe("env:SECRET_NAME, or file:NAME under NEWSGATHER_SECRETS_DIR");

const LoginCookie = z.strictObject({
  name: z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, "write the cookie's name alone"),
  value: Reference,
  domain: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "write a host name such as example.com")
    .optional()
    .describe("It and its subdomains get the cookie; else only the source's own hosts do"),
  path: z.string().startsWith("/").default("/"),
  secure: z
    .boolean()
    .default(true)
    .describe("false: also over http, where whoever is on the way can read it"),
});

/** The operator's own account at a source: what its requests carry, never as such in a file. */
export const Login = z.strictObject({
  cookies: z.array(LoginCookie).min(1).max(20),
  signedOut: z
    .string()
    .min(1)
    .optional()
    .describe("A CSS selector that only pages have which come without the login"),
});

export type Login = z.infer<typeof Login>;
