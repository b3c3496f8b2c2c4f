const READABLE =
  /^(text\/(html|xml|plain|x-?json)|application\/(xml|json|xhtml|[\w.-]+\+(xml|json)|rss|atom|feed))/;
const UNSURE =
  /^(application\/(octet-stream|x?-?gzip|x-gzip|binary)|binary\/octet-stream|text\/.*)?$/;

/**
 * Whether a body is a page or feed: by its content type, or by its first character where the type
 * says nothing (servers label feeds and sitemaps as octet-stream).
 */
export function isReadable(contentType: string | undefined, body: Uint8Array): boolean {
  const type = (contentType ?? "").split(/[;\n]/)[0]?.trim().toLowerCase() ?? "";
  if (READABLE.test(type)) return true;
  return UNSURE.test(type) && startsLikeMarkup(body);
}

/** Whether a body is a PDF: by its mark, whatever it was called (ISO 32000-1 annex H: within 1024 bytes). */
export function isPdf(body: Uint8Array): boolean {
  return Buffer.from(body.subarray(0, 1024)).includes("%PDF-");
}

function startsLikeMarkup(body: Uint8Array): boolean {
  const start = Buffer.from(body.subarray(0, 200)).toString("latin1");
  // Nulls are UTF-16; the three signs a UTF-8 byte order mark.
  return /^[\0\s\u00ef\u00bb\u00bf\u00fe\u00ff]*[<{[]/.test(start);
}
