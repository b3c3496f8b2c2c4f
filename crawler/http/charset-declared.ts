/** A charset as somebody declared it, and where. */
export interface Declared {
  label: string;
  from: "header" | "markup";
}

const PRESCAN = 8192;

/** Charset of a byte order mark; null without one. */
export function markCharset(bytes: Uint8Array): string | null {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  return null;
}

/** Charsets that Content-Type, XML declaration and meta elements name, most binding first. */
export function declaredCharset(bytes: Uint8Array, contentType: string): Declared[] {
  const declared: Declared[] = [];
  const header = labelIn(contentType);
  if (header) declared.push({ label: header, from: "header" });
  const [first, second, third, fourth] = bytes;
  if (first === 0x3c && second === 0 && third !== 0 && fourth === 0) {
    declared.push({ label: "utf-16le", from: "markup" });
  }
  if (first === 0 && second === 0x3c && third === 0 && fourth !== 0) {
    declared.push({ label: "utf-16be", from: "markup" });
  }
  const head = Buffer.from(bytes.subarray(0, PRESCAN)).toString("latin1");
  const xml = /^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/i.exec(head)?.[1];
  const label = xml ?? metaLabel(head.replace(/<!--[\s\S]*?(-->|$)/g, ""));
  // Text that a byte-wise scan could read is not UTF-16, whatever it says (WHATWG HTML 13.2.3.2).
  if (label) declared.push({ label: /^utf-?16/i.test(label) ? "utf-8" : label, from: "markup" });
  return declared;
}

function metaLabel(head: string): string | null {
  for (const [, attributes = ""] of head.matchAll(/<meta\s([^>]{1,500})>/gi)) {
    const own = /(?:^|[\s"'/])charset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(attributes)?.[1];
    if (own) return own;
    if (/http-equiv\s*=\s*["']?content-type/i.test(attributes)) {
      const label = labelIn(attributes);
      if (label) return label;
    }
  }
  return null;
}

function labelIn(text: string): string | null {
  return /charset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(text)?.[1] ?? null;
}
