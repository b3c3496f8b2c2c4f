/** Returns a text of `length` characters that repeats a unit. */
export const repeated = (unit: string, length: number): string =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

/** Returns letters without repetition, the same for the same seed. */
export function randomLetters(length: number, seed: number): string {
  let state = seed;
  const letters = Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return String.fromCodePoint(97 + (Math.floor(state / 65_536) % 26));
  });
  return letters.join("");
}
