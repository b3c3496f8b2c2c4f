/** Prints a measured number, with its description, in the output of the run. */
export function measured(text: string): void {
  process.stdout.write(`measured: ${text}\n`);
}
