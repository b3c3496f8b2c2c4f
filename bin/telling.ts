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

/** How long something takes without a word, ms. */
const PATIENCE = 1000;

/** Says on standard error how far something is once it takes longer than a moment. */
export function tellingLate(): (text: string) => void {
  const [since, tell] = [Date.now(), telling()];
  return (text) => {
    if (Date.now() - since >= PATIENCE) tell(text);
  };
}

/** Bytes, as tables and lines show them. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
