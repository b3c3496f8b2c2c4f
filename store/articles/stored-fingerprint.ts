import type { StagedArticle, StagedPage } from "../../model/archive/staging-set.ts";
import { type Features, type Fingerprint, PERMUTATIONS } from "../../model/articles/fingerprint.ts";

/**
 * A fingerprint as stored. Its signature, terms and numbers are bytes and strings, which are read
 * ten times as fast as arrays.
 */
export interface StoredFingerprint extends Omit<Fingerprint, "signature" | "terms" | "numbers"> {
  /** The minima of the MinHash signature, 16 bits each, low byte first. */
  signature: Uint8Array;
  /** One `term weight` pair per line. */
  terms: string;
  numbers: { title: string; text: string; form: string; textForm: string };
}

type Encoded = Pick<StoredFingerprint, "signature" | "terms" | "numbers">;

export function encodeFingerprint<T extends Pick<Fingerprint, keyof Encoded>>(
  print: T,
): Omit<T, keyof Encoded> & Encoded {
  const { signature, terms, numbers } = print;
  const bytes = Buffer.alloc(signature.length * 2);
  signature.forEach((value, index) => void bytes.writeUInt16LE(value, index * 2));
  return {
    ...print,
    signature: bytes,
    terms: terms.map(([term, weight]) => `${term} ${weight}`).join("\n"),
    numbers: { ...numbers, title: numbers.title.join(" "), text: numbers.text.join(" ") },
  };
}

/** Decodes fingerprints. Their signatures share one buffer. */
export function decodeFingerprints(prints: readonly StoredFingerprint[]): Fingerprint[] {
  // Separate buffers would lie outside V8's heap and would not trigger garbage collection.
  const buffer = new Uint16Array(prints.length * PERMUTATIONS);
  return prints.map((print, index) =>
    decodeFingerprint(print, buffer.subarray(index * PERMUTATIONS, (index + 1) * PERMUTATIONS)),
  );
}

/**
 * Decodes a fingerprint. Its signature goes into `buffer` if the buffer has the same length, else
 * into a new buffer.
 */
export function decodeFingerprint<T extends Encoded>(
  print: T,
  buffer?: Uint16Array,
): Omit<T, keyof Encoded> & Pick<Fingerprint, keyof Encoded> {
  const { signature, terms, numbers } = print;
  const length = signature.length / 2;
  const minima = buffer?.length === length ? buffer : new Uint16Array(length);
  for (let n = 0; n < minima.length; n += 1) {
    minima[n] = (signature[2 * n] ?? 0) | ((signature[2 * n + 1] ?? 0) << 8);
  }
  return {
    ...print,
    signature: minima,
    terms: splitAt(terms, "\n").map(termOf),
    numbers: {
      ...numbers,
      title: splitAt(numbers.title, " "),
      text: splitAt(numbers.text, " "),
    },
  };
}

function termOf(line: string): [term: string, weight: number] {
  const end = line.lastIndexOf(" ");
  return [line.slice(0, end), Number(line.slice(end + 1))];
}

function splitAt(text: string, separator: string): string[] {
  return text === "" ? [] : text.split(separator);
}

/** A staged article as stored: the fingerprint of its page is encoded. */
export interface StoredStagedArticle extends Omit<StagedArticle, "page"> {
  page: (Omit<StagedPage, "features"> & { features: StoredFeatures }) | null;
}

type StoredFeatures = ReturnType<typeof encodeFingerprint<Features>>;
