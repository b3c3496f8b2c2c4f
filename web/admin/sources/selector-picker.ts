import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Html, html, shorten } from "../../../lib/text.ts";
import { MIN_REASON_CHARS } from "../../../model/operations/audit.ts";
import { ProblemError } from "../../../model/problem.ts";
import {
  PICKER_FIELDS,
  type PickerField,
  type Proposal,
  type Trial,
} from "../../../model/sources/selector-picker.ts";
import {
  applySelector,
  listPages,
  markPage,
  type PickerSubject,
  proposeFor,
  trySelector,
} from "../../../sources/selectors/picker.ts";
import { ASSETS } from "../../assets.ts";
import { formToken } from "../../auth/form.ts";
import { options, reasonField } from "../forms.ts";
import { type AdminPage, action, readQuery } from "../page.ts";
import { at, section, sourcePath } from "../tables.ts";

const Selector = z.string().trim().max(500);
const Subject = { preview: z.string().max(64).optional(), source: z.string().max(63).optional() };
const Query = z.object({
  ...Subject,
  n: z.coerce.number().int().min(0).max(100).catch(0),
  field: z.enum(PICKER_FIELDS).catch("title"),
  at: z.union([z.literal(""), z.coerce.number().int().min(0).max(200_000)]).default(""),
  selector: Selector.default(""),
  step: z.enum(["choose", "try"]).catch("choose"),
});
const Form = z.object({
  ...Subject,
  field: z.enum(PICKER_FIELDS),
  selector: Selector.min(1),
  reason: z.string().trim().max(500).default(""),
});

/** `allow-same-origin` is safe only because the page's scripts can't run. */
const FRAMED_POLICY =
  "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

type PickerQuery = z.output<typeof Query>;

interface Shown {
  name: string;
  pages: { url: string; at: Date }[];
  proposals: Proposal[];
  trial: Trial | null;
}

export const selectorPickerPage: AdminPage = {
  path: "/admin/selector-picker",
  title: "Point at a field",
  section: "Sources",
  under: "/admin/sources",
  right: "operate",
  commands: ["newsgather sources select ID FIELD SELECTOR"],
  frames: true,
  async show(request, deps) {
    const query = readQuery(Query, request);
    const { field, selector, n, step } = query;
    const subject = subjectOf(query);
    const tries = step === "try" && selector !== "";
    const clicked = { n, field, at: query.at === "" ? null : query.at };
    const [opened, proposals] = await Promise.all([
      listPages(deps, subject),
      tries ? [] : proposeFor(deps, subject, clicked),
    ]);
    // After a click on an element, show at once what its best selector would change.
    const tried = tries ? selector : clicked.at === null ? undefined : proposals[0]?.selector;
    const trial =
      tried === undefined ? null : await trySelector(deps, subject, { field, selector: tried });
    const shown = { ...opened, proposals, trial };
    return { json: shown, html: () => bodyOf(request, query, shown, deps.timezone) };
  },
  actions: [
    action("/admin/selector-picker", "operate", Form, async (form, deps, author) => {
      const { field, selector } = form;
      const subject = subjectOf(form);
      if ("source" in subject && author.reason.length < MIN_REASON_CHARS) {
        throw new ProblemError(400, "invalid-form", "reason: say why, in a few words");
      }
      const done = await applySelector(deps, subject, { field, selector, ...author });
      if ("previewId" in done) return { location: `/admin/preview?id=${done.previewId}`, done };
      const source = "source" in subject ? subject.source : "";
      return { location: `/admin/versions?source=${encodeURIComponent(source)}`, done };
    }),
  ],
  files: [
    {
      path: "/admin/selector-picker/page",
      async send(request, reply, deps) {
        const query = readQuery(Query, request);
        const page = await markPage(deps, subjectOf(query), query.n);
        if (page === null) throw new ProblemError(404, "not-found", "This page isn't stored.");
        return reply
          .header("content-security-policy", FRAMED_POLICY)
          .header("cache-control", "no-store")
          .header("content-type", "text/html; charset=utf-8")
          .send(page);
      },
    },
  ],
};

function subjectOf({ preview, source }: Pick<PickerQuery, "preview" | "source">): PickerSubject {
  if (preview) return { preview };
  if (source) return { source };
  throw new ProblemError(400, "invalid-query", "The URL must name a preview or a source.");
}

function bodyOf(request: FastifyRequest, query: PickerQuery, shown: Shown, zone: string): Html {
  const { name, pages, trial } = shown;
  const subject = subjectOf(query);
  const back =
    "preview" in subject
      ? html`<a href="/admin/preview?id=${subject.preview}">its preview</a>`
      : html`<a href="${sourcePath(subject.source)}">its page</a>`;
  const head = html`<p>Source: <bdi>${name}</bdi>. Back to ${back}.</p>`;
  if (pages.length === 0) {
    return html`${head}<p>No article page is stored: preview the source again, or wait for its next run.</p>`;
  }
  const use = trial && html`${trialSection(trial, zone)}${useForm(request, query, trial)}`;
  if (query.step === "try" && use)
    return html`${head}${use}<p><a href="${pathTo("", query, { field: query.field })}">Choose another selector</a></p>`;
  return html`${head}${use}${chooseForm(query, shown)}${framed(query, pages[query.n]?.url ?? "")}
<script type="module" src="${ASSETS["point.js"].path}"></script>`;
}

function hidden(query: PickerQuery): Html[] {
  return Object.entries(subjectOf(query)).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
}

function pathTo(file: "" | "/page", query: PickerQuery, more: Record<string, string> = {}): string {
  const of = new URLSearchParams({ ...subjectOf(query), n: `${query.n}`, ...more });
  return `/admin/selector-picker${file}?${of.toString()}`;
}

function chooseForm(query: PickerQuery, { pages, proposals }: Shown): Html {
  const numbered = pages.map(({ url }, n) => [String(n), url] as const);
  // `point.js` submits the first form when the operator clicks an element of the page.
  return html`<form class="point" method="get" action="/admin/selector-picker">${hidden(query)}<input type="hidden" name="at" value="">
${fieldChoice(query.field)}<label class="form-label">Page <select class="form-select" name="n">${options(numbered, String(query.n))}</select></label> <button class="btn" name="step" value="choose">Search this page</button></form>
<form method="get" action="/admin/selector-picker">${hidden(query)}<input type="hidden" name="field" value="${query.field}"><input type="hidden" name="n" value="${query.n}">
${proposalsTable(proposals, query.selector)}
${proposals.length > 0 && html`<button class="btn" name="step" value="try">Show what the selector would change</button>`}</form>
<form method="get" action="/admin/selector-picker">${hidden(query)}<input type="hidden" name="field" value="${query.field}"><label class="form-label">Or a selector of your own <input class="form-control" name="selector" required maxlength="500" size="50" value="${query.selector}"></label>
<button class="btn" name="step" value="try">Show what the selector would change</button></form>`;
}

function framed(query: PickerQuery, url: string): Html {
  return html`<section class="card card-body"><h2 class="card-title">The page as received</h2><p class="url">${url}</p><p data-hint hidden>Choose the field above, then click it in the page. By keyboard: Tab to it and press Enter; the up arrow goes to the element around it.</p>
<iframe data-point sandbox="allow-same-origin" title="The page as received" src="${pathTo("/page", query)}"></iframe></section>`;
}

function useForm(request: FastifyRequest, query: PickerQuery, { field, selector }: Trial): Html {
  const isOfSource = "source" in subjectOf(query);
  const why = isOfSource && reasonField();
  const words = isOfSource
    ? "Write the selector into the source"
    : "Use the selector and preview again";
  return html`<form method="post" action="/admin/selector-picker">${formToken(request)}${hidden(query)}<input type="hidden" name="field" value="${field}"><input type="hidden" name="selector" value="${selector}">${why}
<button class="btn btn-primary">${words}</button></form>`;
}

const FIELD_WORDS: Readonly<Record<PickerField, string>> = {
  title: "Title",
  publishedAt: "Date",
  text: "Body",
  authors: "Author",
};

const MAX_VALUE_CHARS = 160;

function fieldChoice(chosen: PickerField): Html {
  const radios = PICKER_FIELDS.map(
    (field) =>
      html`<label class="me-3"><input class="form-check-input" type="radio" name="field" value="${field}"${field === chosen && html` checked`}> ${FIELD_WORDS[field]}</label> `,
  );
  return html`<fieldset><legend class="form-label">Field</legend>${radios}</fieldset>`;
}

function proposalsTable(proposals: readonly Proposal[], chosen: string): Html {
  const rows = proposals.map((proposal, index) => {
    const { selector, value, found, pages, distinct, agrees, hinted } = proposal;
    const checked = chosen === "" ? index === 0 : chosen === selector;
    const agreement = hinted > 0 ? `${agrees} of ${hinted}` : "–";
    return html`<tr><td><label class="me-3"><input class="form-check-input" type="radio" name="selector" required value="${selector}"${checked && html` checked`}> <code>${selector}</code></label></td>
<td><bdi>${shorten(value, MAX_VALUE_CHARS)}</bdi></td><td class="n">${found} of ${pages}</td><td class="n">${distinct}</td><td class="n">${agreement}</td></tr>\n`;
  });
  const heads = ["Selector", "Gives here", "Found on", "Different", "As the feed says"];
  const none = html`Nothing on this page fits this field: choose another element or another page.`;
  return section("Selectors", heads, rows, none);
}

function trialSection(trial: Trial, zone: string): Html {
  const { field, selector, pages, before, after, hinted, from } = trial;
  const rows = pages.map(
    (page) => html`<tr><td class="url">${page.url}</td><td>${at(zone, page.at)}</td>
<td><bdi>${shorten(page.before.value ?? "–", MAX_VALUE_CHARS)}</bdi> <small>${page.before.rule}</small></td><td><bdi>${shorten(page.after.value ?? "–", MAX_VALUE_CHARS)}</bdi> <small>${page.after.rule}</small></td></tr>\n`,
  );
  const agreement =
    hinted > 0 &&
    html`<li>same as in the feed: ${before.agrees} of ${hinted}, then ${after.agrees}</li>`;
  const since =
    from &&
    html`<li>the page fetched on ${at(zone, from)} is the oldest on which only the new selector finds the field</li>`;
  const none = html`No article page is stored.`;
  return html`<section class="card card-body"><h2 class="card-title">${FIELD_WORDS[field]} by <code>${selector}</code>, before and after</h2>
<ul><li>found on ${before.filled} of ${pages.length} pages, then ${after.filled}</li><li>different values: ${before.distinct}, then ${after.distinct}</li>${agreement}${since}</ul></section>
${section("Page by page", ["Page", "Fetched", "Now", "With the selector"], rows, none)}`;
}
