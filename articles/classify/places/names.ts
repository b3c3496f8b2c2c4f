const TAB = 9;
const SPACE = 32;
/** From here on characters stand without spaces between words, or may. */
const DENSE = 0x2e80;
/** FNV-1a, 32 bits. */
const SEED = 0x811c9dc5;
const PRIME = 0x01000193;
/** Bits for names and what they begin with: an eighth of them is set, and all have room in a processor's cache. */
const BITS = 1 << 21;

/** Names at the beginnings of lines, each with a tab behind it. */
export interface Names {
  /** Where the line of a name begins. */
  find(key: string): number | null;
  /** Whether a key may be a name or begin one; false is certain. */
  begins(key: string): boolean;
}

/** Indexes the names of a text from a place on: a hash table of where they are, and bits for what they begin with. */
export function openNames(text: string, from: number): Names {
  const size = 2 ** Math.ceil(Math.log2((text.length - from) / 8));
  const slots = new Uint32Array(size);
  const begun = new Uint32Array(BITS / 32);
  const mark = (hash: number) => {
    const bit = mixed(hash) & (BITS - 1);
    begun[bit >>> 5] = (begun[bit >>> 5] ?? 0) | (1 << (bit & 31));
  };
  for (let at = from; at < text.length; ) {
    let hash = SEED;
    let end = at;
    let before = 0;
    for (let code = text.charCodeAt(end); code !== TAB; code = text.charCodeAt(++end)) {
      const isDense = before >= DENSE || (code >= DENSE && before > 0);
      if (code === SPACE || isDense) mark(hash);
      hash = Math.imul(hash ^ code, PRIME);
      before = code;
    }
    mark(hash);
    let slot = mixed(hash) & (size - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
    slots[slot] = at;
    at = text.indexOf("\n", end) + 1;
  }
  return {
    find: (key) => {
      for (let slot = mixed(hashOf(key)) & (size - 1); ; slot = (slot + 1) & (size - 1)) {
        const at = slots[slot];
        if (!at) return null;
        if (text.charCodeAt(at + key.length) === TAB && text.startsWith(key, at)) return at;
      }
    },
    begins: (key) => {
      const bit = mixed(hashOf(key)) & (BITS - 1);
      return ((begun[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
    },
  };
}

function hashOf(key: string): number {
  let hash = SEED;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), PRIME);
  return hash;
}

function mixed(hash: number): number {
  return (hash ^ (hash >>> 15)) >>> 0;
}
