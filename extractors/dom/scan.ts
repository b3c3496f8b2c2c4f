import { Attributes, endsName, isBlank, nameIn } from "./attributes.ts";

/** Callbacks. For a start tag: `onname`, then `onattribute` for each attribute, then `onstart`. */
export interface Receiver {
  onname(name: string, attributes: Attributes): void;
  onattribute(attributes: Attributes): void;
  onstart(closed: boolean): void;
  onend(name: string): void;
  ontext(start: number, end: number): void;
  oncdata(start: number, end: number): void;
}

const RAW_TEXT_TAGS = new Set(["script", "style", "title", "textarea", "xmp"]);

const BANG = 0x21;
const SLASH = 0x2f;
const GREATER_THAN = 0x3e;
const QUESTION = 0x3f;

/**
 * Splits markup into tags and text in one linear pass that jumps from delimiter to delimiter. A
 * state machine that reads every character, such as `htmlparser2`, takes twice as long.
 */
export function scan(html: string, receiver: Receiver): void {
  const attributes = new Attributes(html);
  let at = 0;
  /** Start of the text that hasn't been reported yet. */
  let text = 0;
  for (let bracket = html.indexOf("<"); bracket >= 0; bracket = html.indexOf("<", at)) {
    const code = html.charCodeAt(bracket + 1);
    const isTag = isLetter(code);
    if (!isTag && code !== SLASH && code !== BANG && code !== QUESTION) {
      at = bracket + 1;
      continue;
    }
    if (bracket > text) receiver.ontext(text, bracket);
    if (!isTag)
      at = code === SLASH ? endTag(html, bracket + 2, receiver) : other(html, bracket, receiver);
    else {
      attributes.at = nameEnd(html, bracket + 2);
      const name = nameIn(html, bracket + 1, attributes.at);
      receiver.onname(name, attributes);
      while (attributes.next()) receiver.onattribute(attributes);
      if (attributes.unfinished) return;
      receiver.onstart(attributes.closed);
      at = attributes.at;
      if (RAW_TEXT_TAGS.has(name) && !attributes.closed) at = rawText(html, name, at, receiver);
    }
    text = at;
  }
  if (text < html.length) receiver.ontext(text, html.length);
}

function isLetter(code: number): boolean {
  const small = code | 0x20;
  return small >= 0x61 && small <= 0x7a;
}

function nameEnd(html: string, from: number): number {
  let at = from;
  for (let code = html.charCodeAt(at); code === code && !endsName(code); )
    code = html.charCodeAt(++at);
  return at;
}

function behind(html: string, end: string, from: number): number {
  const at = html.indexOf(end, from);
  return at < 0 ? html.length : at + end.length;
}

function endTag(html: string, from: number, receiver: Receiver): number {
  let at = from;
  while (isBlank(html.charCodeAt(at))) at++;
  if (isLetter(html.charCodeAt(at))) {
    const end = nameEnd(html, at + 1);
    receiver.onend(nameIn(html, at, end));
    at = end;
  }
  return behind(html, ">", at);
}

/** Returns the offset after a comment, declaration or instruction; reports CDATA. */
function other(html: string, bracket: number, receiver: Receiver): number {
  if (html.startsWith("<!--", bracket)) return behind(html, "-->", bracket + 2);
  if (!html.startsWith("<![CDATA[", bracket)) return behind(html, ">", bracket + 2);
  const end = behind(html, "]]>", bracket + 9);
  if (html.endsWith("]]>", end)) receiver.oncdata(bracket + 9, end - 3);
  return end;
}

function rawText(html: string, name: string, from: number, receiver: Receiver): number {
  for (
    let bracket = html.indexOf("</", from);
    bracket >= 0;
    bracket = html.indexOf("</", bracket + 2)
  ) {
    const end = bracket + 2 + name.length;
    const code = html.charCodeAt(end);
    if (code !== GREATER_THAN && !isBlank(code)) continue;
    if (html.slice(bracket + 2, end).toLowerCase() !== name) continue;
    if (bracket > from) receiver.ontext(from, bracket);
    receiver.onend(name);
    return behind(html, ">", end);
  }
  if (from < html.length) receiver.ontext(from, html.length);
  return html.length;
}
