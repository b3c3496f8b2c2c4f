import { Tag, words } from "../dom/node.ts";
import { tagsBy } from "./select.ts";

const MAX_ANCESTORS = 8;
const MAX_TRIED_SELECTORS = 60;
const ROLE_ATTRIBUTES = [
  "itemprop",
  "property",
  "name",
  "rel",
  "data-testid",
  "data-component",
  "role",
];
const LANDMARKS = new Set(["main", "article", "header"]);
const PLAIN_VALUE = /^[\w:.-]+$/;

/** Returns selectors that match only this element, the simplest and most durable first. */
export function selectorsOf(tag: Tag, root: Tag, most: number): string[] {
  const found: string[] = [];
  let tried = 0;
  for (const selector of candidatesOf(tag)) {
    if (found.length >= most || tried++ >= MAX_TRIED_SELECTORS) break;
    const matches = tagsBy(selector, root);
    if (matches.length === 1 && matches[0] === tag) found.push(selector);
  }
  return found;
}

function* candidatesOf(tag: Tag): Generator<string> {
  const own = ownSelectorsOf(tag);
  yield* own;
  const above = ancestorsOf(tag);
  const around = above.flatMap((one) => {
    const landmark = LANDMARKS.has(one.name) ? [one.name] : [];
    return [...ownSelectorsOf(one), ...landmark].slice(0, 2);
  });
  const last = [...own, tag.name];
  for (const outer of around) for (const inner of last) yield `${outer} ${inner}`;
  yield tag.name;
  yield* pathsOf(tag, above);
}

function* pathsOf(tag: Tag, above: Tag[]): Generator<string> {
  const steps: string[] = [stepOf(tag)];
  for (const one of above) {
    const [name] = ownSelectorsOf(one);
    const start = name ?? (LANDMARKS.has(one.name) || one.name === "body" ? one.name : null);
    if (start) yield [start, ...steps].join(" > ");
    steps.unshift(stepOf(one));
  }
}

function stepOf(tag: Tag): string {
  const same = (tag.parent?.children ?? []).filter(
    (node): node is Tag => node instanceof Tag && node.name === tag.name,
  );
  return same.length > 1 ? `${tag.name}:nth-of-type(${same.indexOf(tag) + 1})` : tag.name;
}

/** Returns selectors by the tag's own attributes, id and classes, the most durable first. */
function ownSelectorsOf(tag: Tag): string[] {
  const { attribs, name } = tag;
  const telling = ROLE_ATTRIBUTES.flatMap((key) => {
    const value = attribs[key] ?? "";
    return PLAIN_VALUE.test(value) ? [`${name}[${key}="${value}"]`] : [];
  });
  const id = attribs["id"] ?? "";
  const classes = (attribs["class"] ?? "").split(/\s+/).filter(Boolean);
  const stable = classes.filter(isStable).slice(0, 6);
  const stems = classes.flatMap((one) => stemOf(one) ?? []).slice(0, 3);
  return [
    ...telling,
    ...(id && isStable(id) ? [`#${id}`] : []),
    ...stable.map((one) => `${name}.${one}`),
    ...(stable.length > 1 ? [`${name}.${stable.slice(0, 3).join(".")}`] : []),
    ...stems.map((stem) => `${name}[class*="${stem}"]`),
  ];
}

function ancestorsOf(tag: Tag): Tag[] {
  const found: Tag[] = [];
  for (
    let one = tag.parent;
    one && one.name !== "html" && found.length < MAX_ANCESTORS;
    one = one.parent
  )
    found.push(one);
  return found;
}

const CSS_IDENTIFIER = /^-?[_a-zA-Z][\w-]*$/;
const STATES = words(
  "first last odd even active current selected sticky open closed loaded visible hidden",
);
const STATE_PREFIX = /^(?:is-|has-|js-|no-|post-\d|node-\d)/i;
const GENERATED_NAME = /^(?:css|sc|jsx|svelte|emotion|data-v|ember|react|ng|tw|styles?)-|\d{2,}/i;
const SUFFIX = /^([A-Za-z][\w-]*?_{1,2})([A-Za-z0-9-]{5,})$/;

/** Whether a class or id will probably survive the next build of the site. */
export function isStable(name: string): boolean {
  if (!CSS_IDENTIFIER.test(name) || name.length > 60) return false;
  const [word = ""] = name.split(/[-_]|(?<=[a-z])(?=[A-Z])/);
  if (STATES.has(word.toLowerCase()) || STATE_PREFIX.test(name)) return false;
  return !GENERATED_NAME.test(name) && !isHash(name) && stemOf(name) === null;
}

/**
 * Returns a class without a build tool's random suffix: `Article_title__` for
 * `Article_title__x9Kf2`. Null if there is no such suffix.
 */
export function stemOf(name: string): string | null {
  const [, stem, suffix] = SUFFIX.exec(name) ?? [];
  return stem !== undefined && suffix !== undefined && isRandom(suffix) ? stem : null;
}

function isHash(name: string): boolean {
  return /^[a-z]{1,3}\d|^[A-Za-z0-9]{5,}$/.test(name) && isRandom(name);
}

function isRandom(text: string): boolean {
  if (/^[a-z]+$/.test(text)) return !/[aeiouy]/.test(text);
  if (/^(?:[A-Z]?[a-z]+)(?:[A-Z][a-z]+)*$/.test(text)) {
    return text.split(/(?=[A-Z])/).some((word) => word.length < 3 || !/[aeiouy]/i.test(word));
  }
  const changes = text.match(/[a-z](?=[A-Z])|[A-Z](?=[a-z])/g)?.length ?? 0;
  return /\d/.test(text) || changes > 3;
}
