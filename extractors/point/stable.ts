const NAME = /^-?[_a-zA-Z][\w-]*$/;
/** Names that tell one element from its neighbours, or its state. */
const STATE =
  /^(?:first|last|odd|even|active|current|selected|sticky|open|closed|loaded|visible|hidden|is-|has-|js-|no-|post-\d|node-\d)/i;
/** Names that a build tool makes up: `css-1x2y3z`, `sc-bdVaJa`, `title_x9Kf2`, `jsx-12345`. */
const MADE_UP = /^(?:css|sc|jsx|svelte|emotion|data-v|ember|react|ng|tw|styles?)-|\d{2,}/i;
/** What a build tool adds to the name that its author chose. */
const SUFFIX = /^([A-Za-z][\w-]*?_{1,2})([A-Za-z0-9-]{5,})$/;

/** Whether a class or id looks as if it stayed when the site is built anew. */
export function isStable(name: string): boolean {
  if (!NAME.test(name) || name.length > 60) return false;
  return !STATE.test(name) && !MADE_UP.test(name) && !isHash(name) && stemOf(name) === null;
}

/** The part of a made-up class that its author chose, `Article_title__` of `Article_title__x9Kf2`; null where there is none. */
export function stemOf(name: string): string | null {
  const [, stem, suffix] = SUFFIX.exec(name) ?? [];
  return stem !== undefined && suffix !== undefined && looksRandom(suffix) ? stem : null;
}

function isHash(name: string): boolean {
  return /^[a-z]{1,3}\d|^[A-Za-z0-9]{5,}$/.test(name) && looksRandom(name);
}

/** Words have vowels, and neither digits nor capitals in their middle that begin no word. */
function looksRandom(text: string): boolean {
  if (/^[a-z]+$/.test(text)) return !/[aeiouy]/.test(text);
  if (/^(?:[A-Z]?[a-z]+)(?:[A-Z][a-z]+)*$/.test(text)) {
    return text.split(/(?=[A-Z])/).some((word) => word.length < 3 || !/[aeiouy]/i.test(word));
  }
  const changes = text.match(/[a-z](?=[A-Z])|[A-Z](?=[a-z])/g)?.length ?? 0;
  return /\d/.test(text) || changes > 3;
}
