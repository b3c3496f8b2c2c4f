/**
 * Yields the lines of a text that arrives in parts. Only "\n" ends a line: `node:readline` also
 * splits at U+2028 and U+2029, which JSON can contain.
 */
export async function* linesOf(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let line = "";
  for await (const part of parts) {
    const [first = "", ...others] = part.split("\n");
    line += first;
    for (const other of others) {
      yield line;
      line = other;
    }
  }
  if (line !== "") yield line;
}
