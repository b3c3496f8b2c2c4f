import { z } from "zod";
import { Reference } from "./reference.ts";
import { Duration } from "./schedule.ts";

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

const Css = z.string().min(1).describe("A CSS selector");

/** One step of a form's login, in the browser. */
const LoginStep = z.union([
  z.strictObject({
    goto: z.url({ protocol: /^https?$/, error: "write an absolute http:// or https:// address" }),
  }),
  z.strictObject({ fill: Css, value: Reference }),
  z.strictObject({ click: Css }),
  z.strictObject({ wait: Css.describe("Goes on once there is such an element to see") }),
]);

/** The operator's own account at a source: what its requests carry, never as such in a file. */
export const Login = z
  .strictObject({
    cookies: z.array(LoginCookie).max(20).default([]),
    steps: z
      .array(LoginStep)
      .max(20)
      .default([])
      .describe("How to log in by the site's form, in the browser; first a goto"),
    expires: Duration.prefault("12h").describe("A session by `steps` is made anew after so long"),
    signedOut: Css.optional().describe("What only pages have that come without the login"),
  })
  .refine(({ cookies, steps }) => cookies.length + steps.length > 0, {
    error: "give cookies or steps",
  })
  .refine(({ steps: [first] }) => first === undefined || "goto" in first, {
    error: "begin with { goto: ADDRESS }",
    path: ["steps"],
  });

export type Login = z.infer<typeof Login>;
export type LoginStep = z.infer<typeof LoginStep>;
