/** Encodings in which the sample sites answer. */
export type Charset = "utf-8" | "windows-1251" | "gb18030" | "shift_jis";

const tables = new Map<Charset, Map<string, number[]>>();

/** Which bytes stand for a character, read from the platform's own decoder. */
function tableOf(charset: Charset): Map<string, number[]> {
  const known = tables.get(charset);
  if (known) return known;
  const table = new Map<string, number[]>();
  const decoder = new TextDecoder(charset);
  const add = (bytes: number[]) => {
    const text = decoder.decode(Uint8Array.from(bytes));
    if (Array.from(text).length === 1 && text !== "\ufffd" && !table.has(text))
      table.set(text, bytes);
  };
  for (let byte = 0; byte < 256; byte++) add([byte]);
  if (charset !== "windows-1251") {
    for (let lead = 0x81; lead < 0xff; lead++) {
      for (let trail = 0x40; trail < 0xff; trail++) add([lead, trail]);
    }
  }
  tables.set(charset, table);
  return table;
}

/** Markup as bytes of a charset; a character that it lacks becomes a numeric reference (`&#169;`). */
export function encode(text: string, charset: Charset): Uint8Array {
  if (charset === "utf-8") return new TextEncoder().encode(text);
  const table = tableOf(charset);
  const bytes: number[] = [];
  for (const char of text) {
    bytes.push(...(table.get(char) ?? Buffer.from(`&#${char.codePointAt(0)};`)));
  }
  return Uint8Array.from(bytes);
}
