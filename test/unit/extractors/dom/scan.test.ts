import { array, assert, constantFrom, pre, property } from "fast-check";
import { Tokenizer } from "htmlparser2";
import { describe, expect, it } from "vitest";
import { scan } from "../../../../extractors/dom/tree.ts";

/** What was told, in one line each. */
function eventsOf(html: string): string[] {
  const lines: string[] = [];
  let opening = "";
  scan(html, {
    onname: (name) => {
      opening = `<${name}`;
    },
    onattribute: (each) => {
      opening += ` ${html.slice(each.nameStart, each.nameEnd)}=${each.value()}`;
    },
    onstart: (closed) => lines.push(`${opening}${closed ? "/" : ""}>`),
    onend: (name) => lines.push(`</${name}>`),
    ontext: (start, end) => lines.push(html.slice(start, end)),
    oncdata: (start, end) => lines.push(`[${html.slice(start, end)}]`),
  });
  return lines;
}

describe("markup is cut as browsers cut it", () => {
  it.each<[string, string[]]>([
    ["<P Class=a>one</P>", ["<p Class=a>", "one", "</p>"]],
    [`<a href='x>y' b="1&amp;2" c d = e>`, ["<a href=x>y b=1&2 c= d=e>"]],
    ["<a href=x/y/><br/><br / >", ["<a href=x/y/>", "<br/>", "<br/>"]],
    ["1 < 2 <3 & <", ["1 < 2 <3 & <"]],
    ["a<!-- <p> -->b<!-->c<!--->d<!doctype html>e<?php x ?>f", ["a", "b", "c", "d", "e", "f"]],
    ["<script>if (a</b>) '<p>'</SCRIPT >b", ["<script>", "if (a</b>) '<p>'", "</script>", "b"]],
    ["<title>a <b> c</title>", ["<title>", "a <b> c", "</title>"]],
    ["<script/>a", ["<script/>", "a"]],
    ["<![CDATA[<p>]]>a", ["[<p>]", "a"]],
    ["</>a</ b>c</3>d", ["a", "</b>", "c", "d"]],
    ["a<p class='never ends>b", ["a"]],
    ["a<style>.b{}", ["a", "<style>", ".b{}"]],
  ])("%s", (html, lines) => {
    expect(eventsOf(html)).toEqual(lines);
  });

  it("tells the same tags and text as htmlparser2, whatever the markup", () => {
    const piece = constantFrom(
      ...'<p>|</p>|<a href=x|<a href=\'|<b class="c d">|"|\'|>|/>|/|=|&amp;| |\n|text|é|</|<|<!-- |-->|<script>|</script>|<title>|</title>|<i x y=z/>'.split(
        "|",
      ),
    );
    assert(
      property(array(piece, { maxLength: 30 }), (pieces) => {
        // Behind the end of a page within a tag, only browsers and we drop what is left.
        const html = `${pieces.join("")}'>">-->`;
        // Where it differs from browsers, we do as these do.
        pre(!/<\/\s*>|<\/\s+[a-z]|<\/[a-z][^>\s]*\/|<!\s*>/.test(html));
        expect(eventsOf(html).join("")).toBe(peer(html).join(""));
      }),
      { numRuns: 1000 },
    );
  });
});

/** The same of the tokenizer that our pages were read by before. */
function peer(html: string): string[] {
  const lines: string[] = [];
  let opening = "";
  let value = "";
  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      onopentagname: (start, end) => {
        opening = `<${html.slice(start, end).toLowerCase()}`;
      },
      onattribname: (start, end) => {
        opening += ` ${html.slice(start, end)}=`;
        value = "";
      },
      onattribdata: (start, end) => {
        value = html.slice(start, end).replaceAll("&amp;", "&");
      },
      onattribend: () => {
        opening += value;
      },
      onopentagend: () => void lines.push(`${opening}>`),
      onselfclosingtag: () => void lines.push(`${opening}/>`),
      onclosetag: (start, end) => void lines.push(`</${html.slice(start, end).toLowerCase()}>`),
      ontext: (start, end) => void lines.push(html.slice(start, end)),
      oncdata: (start, end, offset) => void lines.push(`[${html.slice(start, end - offset)}]`),
      onattribentity: () => {},
      ontextentity: () => {},
      oncomment: () => {},
      ondeclaration: () => {},
      onprocessinginstruction: () => {},
      onend: () => {},
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return lines;
}
