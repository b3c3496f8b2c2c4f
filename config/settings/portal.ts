import { z } from "zod";
import { define, secret } from "../setting.ts";
import { text, url, whole } from "../setting-kinds.ts";

/** What the portal is called, speaks and counts. */
export const PORTAL = {
  NEWSGATHER_PORTAL_TITLE: define(text(), "Newsgather", "text", "Title of the portal."),
  NEWSGATHER_PORTAL_LANGUAGE: define(
    z.enum(["en", "de"]),
    "en",
    "en or de",
    "The portal's first language, at `/`; the other one is at `/de` or `/en`.",
  ),
  NEWSGATHER_COUNTED_BEFORE: define(
    whole(0, 1_000_000_000_000),
    "0",
    "a whole number from 0 on",
    "Articles that the site counted before; added to the portal's counter of all.",
  ),
  NEWSGATHER_SHOW_CLICKS: define(
    z.enum(["on", "off"]).transform((value) => value === "on"),
    "off",
    "on or off",
    "Whether the portal shows how often its readers followed `Read more` today.",
  ),
  NEWSGATHER_TRANSLATOR_URL: secret(
    url(/^https?:$/),
    "an http(s) address",
    "A service that drafts translations for editors; needs NEWSGATHER_TRANSLATOR_SECRET.",
  ),
  NEWSGATHER_TRANSLATOR_SECRET: secret(
    text().regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/),
    "whsec_ and at least 24 bytes in base64",
    "What the translator is asked with is signed with this.",
  ),
};
