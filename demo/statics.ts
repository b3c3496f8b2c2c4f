import type { Reply } from "./site.ts";
import { SHELL_SCRIPT } from "./templates/shell.ts";

const PIXEL = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

const file = (type: string, body: string | Uint8Array) => (): Reply => ({
  status: 200,
  headers: { "content-type": type },
  body,
});

/** Scripts and styles that every site has. */
export const STATICS: [path: string, reply: () => Reply][] = [
  ["/static/site.css", file("text/css", "body{font-family:sans-serif}.cookie-bar{position:fixed}")],
  ["/static/app.css", file("text/css", "#app{max-width:60rem;margin:auto}")],
  ["/static/site.js", file("text/javascript", "document.documentElement.classList.add('js');")],
  ["/static/amp.js", file("text/javascript", "")],
  ["/static/app.js", file("text/javascript", SHELL_SCRIPT)],
  ["/favicon.ico", file("image/gif", PIXEL)],
];

/** Whether a request belongs to a page that is being rendered, not to a turn of its own. */
export function isSubResource(path: string): boolean {
  return /^\/(static|img|api)\/|^\/favicon\.ico$/.test(path);
}

/** The one picture that stands for all of them. */
export const picture = file("image/gif", PIXEL);
