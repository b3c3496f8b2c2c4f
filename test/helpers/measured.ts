/** Shows a number that a test measured, in words, in the output of the run. */
export function measured(text: string): void {
  process.stdout.write(`measured: ${text}\n`);
}
