/** How often it is said how far something is, ms. */
const EVERY = 2000;

/** Says on standard error how far something is, now and then. */
export function telling(): (text: string) => void {
  let shown = 0;
  return (text) => {
    if (Date.now() - shown < EVERY) return;
    shown = Date.now();
    process.stderr.write(`${text}\n`);
  };
}

/** Bytes, as tables and lines show them. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
