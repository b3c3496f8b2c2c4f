import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Translator } from "../../articles/editorial/translate.ts";
import type { Html, Part } from "../../lib/text.ts";
import type { Right } from "../../model/operations/account.ts";
import type { Author } from "../../model/operations/audit.ts";
import { checked } from "../../model/problem.ts";
import type { Producer } from "../../queues/producer.ts";
import type { PickerDeps } from "../../sources/selectors/picker.ts";
import type { SiteJobs } from "../../sources/site-jobs.ts";
import { actorName, may } from "../auth/access.ts";
import type { Check, SearchActions, WebhookActions } from "../server/config.ts";
import type { Watch } from "../server/watch.ts";
import type { IconName } from "./icons.ts";

export interface Installation {
  settings(): Promise<{ name: string; value: string | null; from: string; about: string }[]>;
  about(): Promise<{ versions: Record<string, string>; licence: string; attribution: string }>;
}

/** The dependencies of the admin, from `bin/roles`. */
export interface AdminDeps extends PickerDeps {
  /** Public URL without a trailing slash. */
  baseUrl: string;
  /** IANA time zone of the admin's pages. */
  timezone: string;
  producer: Pick<Producer, "add" | "counts" | "queues">;
  sites: SiteJobs;
  webhooks: Pick<WebhookActions, "test">;
  search?: SearchActions | undefined;
  translator: Translator | null;
  installation: Installation;
  /** Returns what stops all work, such as a full disk, in words. */
  findUrgentProblems: () => Promise<readonly string[]>;
  checks: () => Promise<Check[]>;
}

export interface PageDeps extends AdminDeps {
  /** Returns the number of items that need attention, by page path; cached for a while. */
  countAttention(): Promise<ReadonlyMap<string, number>>;
  /**
   * Counts a connection that waits for changes, until the signal fires. Throws a 429 or 503 problem
   * if too many connections wait.
   */
  admit: Watch["admit"];
  closing: AbortSignal;
}

export const SECTIONS = {
  Overview: "layout-dashboard",
  Sources: "rss",
  Content: "news",
  Publishing: "send",
  Archive: "archive",
  System: "server",
} as const satisfies Record<string, IconName>;

export type Section = keyof typeof SECTIONS;

/** The content of a page: `html` for a browser, `json` for a program. */
export interface PageContent {
  json: object | (() => object | Promise<object>);
  html: Html | (() => Html | Promise<Html>);
  /** The heading, if it differs from the page's title. */
  title?: string;
  lead?: Part;
  buttons?: Part;
  /** Seconds after which the browser reloads the page if no script keeps it up to date. */
  reload?: number;
  /** Path to redirect a browser to, instead of showing the page. */
  location?: string;
}

/**
 * A page of the admin. Its routes, tab and rights are derived from this record. Headings in the
 * content begin with `h2`.
 */
export interface AdminPage {
  path: string;
  title: string;
  section: Section;
  /** Label of the tab, if it is shorter than the title. */
  tab?: string;
  /** For a page without its own tab: path of the page whose tab is highlighted. */
  under?: string;
  /** The required right; `read` if missing. */
  right?: Right;
  /**
   * Commands that do the same as the page, such as `newsgather why URL`. Words in capitals come
   * from the page's query.
   */
  commands?: readonly string[];
  /** Whether the page shows other admin pages in frames. */
  frames?: true;
  /** Counts the items that need attention; it is called often, so it must read little. */
  countAttention?(deps: AdminDeps): Promise<number>;
  show(request: FastifyRequest, deps: PageDeps): Promise<PageContent>;
  actions?: readonly AdminAction[];
  files?: readonly AdminFile[];
}

/**
 * What an action returns:
 * - a message, which the page with the form shows
 * - or `location`, which a browser opens, and `done`, which a program gets
 * - or the content of the response page
 */
export type ActionResult = string | { location: string; done: string | object } | PageContent;

interface AdminAction {
  path: string;
  right: Right;
  run(request: FastifyRequest, deps: AdminDeps): Promise<ActionResult>;
}

interface AdminFile {
  path: string;
  /** Whether this file requires a login or key even on a server that has no users or keys yet. */
  asksWho?: true;
  send(request: FastifyRequest, reply: FastifyReply, deps: PageDeps): Promise<FastifyReply>;
}

/** Returns an action that checks its form, and knows who acts and why. */
export function action<Form extends z.ZodType>(
  path: string,
  right: Right,
  form: Form,
  run: (
    fields: z.output<Form>,
    deps: AdminDeps,
    author: Author,
    request: FastifyRequest,
  ) => Promise<ActionResult>,
): AdminAction {
  return {
    path,
    right,
    async run(request, deps) {
      const fields: z.output<Form> = checked(form, request.body ?? {}, "invalid-form");
      const { reason = "" } = fields as { reason?: string };
      return run(fields, deps, { actor: actorName(request), reason }, request);
    },
  };
}

/** Content Security Policy of a stored page: no scripts or requests, framed only by the admin. */
export const STORED_PAGE_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

/** Parses the query of a page. Throws a 400 problem that names an invalid parameter. */
export function readQuery<T extends z.ZodType>(schema: T, request: FastifyRequest): z.output<T> {
  return checked(schema, request.query ?? {});
}

/** Returns whether the user may see a page; true if the server doesn't identify users. */
export function isShownTo(request: FastifyRequest, { right = "read" }: AdminPage): boolean {
  return !request.actor || may(request, right);
}
