import { humanDate } from "../dates.ts";
import { escape } from "../text.ts";
import { dateMarks, head, inline, relatedLinks, type View } from "../view.ts";

/** A page of the old school: layout tables, font tags, paragraphs by line breaks, no HTML5. */
export function tables(view: View): string {
  const { spec, article, labels } = view;
  const body = article.paragraphs
    .map(({ kind, text }) => (kind === "h2" ? `<b>${escape(text)}</b>` : inline(text, view)))
    .join("<br><br>\n");
  return `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<HTML lang="${spec.language}"><HEAD>${head(view)}</HEAD>
<BODY bgcolor="#ffffff">
<TABLE width="960" align="center" cellpadding="4"><TR><TD colspan="3" class="top"><FONT size="5"><A href="/">${escape(spec.name)}</A></FONT>
<FONT size="1">${escape(humanDate(view.now, spec.language, spec.zone))}</FONT></TD></TR>
<TR><TD width="160" valign="top" class="left">${labels.nav.map((item, index) => `<A href="/part${index}.html">${escape(item)}</A><BR>`).join("\n")}</TD>
<TD valign="top" class="main">
<H1><FONT color="#003366">${escape(article.title)}</FONT></H1>
<DIV class="source">${escape(labels.published)} ${dateMarks(view).visible} &nbsp; ${escape(labels.by)} ${escape(article.author)}</DIV>
<DIV id="zoom">${body}</DIV>
<DIV class="tools">${escape(labels.share)}</DIV>
<TABLE class="rel"><TR><TD><B>${escape(labels.related)}</B><UL>${relatedLinks(view)}</UL></TD></TR></TABLE>
<DIV class="guestbook"><B>${escape(labels.comments[0])}</B>${labels.comments
    .slice(1)
    .map((comment) => `<P>${escape(comment)}</P>`)
    .join("")}</DIV>
</TD><TD width="180" valign="top"><B>${escape(labels.newsletter[0])}</B><BR>${escape(labels.newsletter[1])}</TD></TR>
<TR><TD colspan="3" align="center"><FONT size="1">${escape(labels.footer)}</FONT></TD></TR></TABLE>
</BODY></HTML>`;
}
