import type { ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { Login } from "../../model/sources/login.ts";
import { articlePage, type Page, type TestSite } from "./site.ts";

export const VALUE = "s3cr3t-of-the-session";
export const HANDED_OUT = "handed-out-to-the-session";
const FORM = '<form id="enter"><input name="user"></form>';

/** Returns an article for members, which is a teaser with a form for everybody else; sets a cookie. */
export function members(title: string, seen: string[]): Page {
  return (request, response) => {
    seen.push(request.headers.cookie ?? "");
    response.setHeader("content-type", "text/html").setHeader("set-cookie", `next=${HANDED_OUT}`);
    const known = request.headers.cookie?.includes(`session=${VALUE}`);
    response.end(
      articlePage(title).replace("</article>", known ? "</article>" : `${FORM}</article>`),
    );
  };
}

export const PASSWORD = "correct horse battery staple";

/** Makes a site whose articles need a login through its form; `tried` are the passwords that it received. */
export function membersOnly(site: TestSite, paths: string[]) {
  const [tried, valid]: [string[], Set<string>] = [[], new Set()];
  site.pages["/login"] = `<form method=post action=/enter>
    <input name=user><input name=pass type=password><button>Log in</button></form>`;
  site.pages["/enter"] = (request, response) =>
    void text(request).then((body) => enter(new URLSearchParams(body), response));
  const enter = (form: URLSearchParams, response: ServerResponse) => {
    tried.push(form.get("pass") ?? "");
    const right = form.get("user") === "ada" && form.get("pass") === PASSWORD;
    const session = `${HANDED_OUT}-${tried.length}`;
    if (right) valid.add(session);
    const cookie = right ? { "set-cookie": `session=${session}; HttpOnly` } : {};
    response.writeHead(303, { location: right ? "/me" : "/login?refused", ...cookie }).end();
  };
  site.pages["/login?refused"] = "<p class=refused>Not so.<input type=password>";
  site.pages["/me"] = "<p id=me>Ada";
  for (const path of paths) {
    site.pages[path] = (request, response) => {
      const [, session = ""] = /session=([^;]+)/.exec(request.headers.cookie ?? "") ?? [];
      const page = articlePage(`For members ${path}`);
      response.setHeader("content-type", "text/html");
      response.end(valid.has(session) ? page : page.replace("</article>", `${FORM}</article>`));
    };
  }
  return { tried, valid };
}

export function formLogin(site: TestSite) {
  return Login.parse({
    steps: [
      { goto: site.at("/login") },
      { fill: "input[name=user]", value: "env:SECRET_USER" },
      { fill: "input[name=pass]", value: "env:SECRET_PASS" },
      { click: "button" },
      { wait: "#me, .refused" },
    ],
    signedOut: "form#enter, input[type=password]",
  });
}
