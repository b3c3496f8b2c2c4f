import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Html, Part } from "../../lib/html.ts";
import { type Right } from "../../model/operations/account.ts";
import { checked } from "../../model/problem.ts";
import { actorName, may } from "../auth/actor.ts";
import type { AdminDeps, PageDeps } from "./deps.ts";
import type { IconName } from "./icons.ts";

/** The sections of the navigation, in its order, with their icons. */
export const SECTIONS = {
  Overview: "layout-dashboard",
  Sources: "rss",
  Content: "news",
  Publishing: "send",
  Archive: "archive",
  System: "server",
} as const satisfies Record<string, IconName>;

export type Section = keyof typeof SECTIONS;

/** What a page shows: HTML to a browser, JSON to a program. Only what is sent is made. */
export interface PageContent {
  json: object | (() => object | Promise<object>);
  html: Html | (() => Html | Promise<Html>);
  /** The heading, where it isn't the page's title. */
  title?: string;
  /** A sentence below the heading. */
  lead?: Part;
  /** Links and buttons beside the heading. */
  buttons?: Part;
  headers?: Record<string, string>;
  /** Seconds after which the page is asked for again where no script keeps it fresh. */
  reload?: number;
  /** Where a browser goes in place of the page. */
  location?: string;
}

/**
 * A page of the admin. Its route, its tab, the right that it asks for and the hint below it follow from this record; `pages.ts`
 * lists all of them. The frame writes the heading: a page's own headings begin with `h2`.
 */
export interface AdminPage {
  path: string;
  title: string;
  section: Section;
  /** What its tab says, where that is shorter than the title. */
  tab?: string;
  /** The page whose tab is lit while this one, which has none, is shown. */
  under?: string;
  /** Missing: `read`. */
  right?: Right;
  /** The commands that tell or do the same; words in capitals are filled from the page's query. */
  commands: readonly string[];
  /** Whether it shows pages of ours in frames. */
  frames?: true;
  /** How many things on it need somebody; a bounded read, asked now and then. */
  countAttention?(deps: AdminDeps): Promise<number>;
  show(request: FastifyRequest, deps: PageDeps): Promise<PageContent>;
  actions?: readonly AdminAction[];
  files?: readonly AdminFile[];
}

/** Who does something and why, as the audit log keeps it. */
export interface Author {
  actor: string;
  reason: string;
}

/**
 * What an action did: words for it, after which a browser goes back to the page that its form was on; or where it goes in place of
 * that, and what a program gets; or a page of its own.
 */
export type ActionResult = string | { location: string; done: string | object } | PageContent;

/** A form of a page that changes something. */
export interface AdminAction {
  path: string;
  right: Right;
  run(request: FastifyRequest, deps: AdminDeps): Promise<ActionResult>;
}

/** What a page loads or hands out. */
interface AdminFile {
  path: string;
  /** Missing: that of the page. */
  right?: Right;
  /** Whether even on an installation without accounts nobody gets it without logging in, as with the raw archive. */
  asksWho?: true;
  send(request: FastifyRequest, reply: FastifyReply, deps: PageDeps): Promise<FastifyReply>;
}

/** An action whose form is read by a schema; a `reason` among its fields goes into the audit log. */
export function action<Form extends z.ZodType>(definition: {
  path: string;
  right: Right;
  form: Form;
  run(form: z.output<Form>, deps: AdminDeps, author: Author): Promise<ActionResult>;
}): AdminAction {
  const { path, right, form, run } = definition;
  return {
    path,
    right,
    async run(request, deps) {
      const fields: z.output<Form> = checked(form, request.body ?? {}, "invalid-form");
      const reason = fields && typeof fields === "object" && "reason" in fields && fields.reason;
      const author = {
        actor: actorName(request),
        reason: typeof reason === "string" ? reason : "",
      };
      return run(fields, deps, author);
    },
  };
}

/** Reads the query of a page; throws a problem that names what is wrong. */
export function readQuery<T extends z.ZodType>(schema: T, request: FastifyRequest): z.output<T> {
  return checked(schema, request.query ?? {});
}

/** Whether a page is shown to whoever asks; servers without a gate show all. */
export function isShownTo(request: FastifyRequest, { right = "read" }: AdminPage): boolean {
  return !request.actor || may(request, right);
}
