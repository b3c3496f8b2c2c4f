/** The portal's one style sheet: readable on a phone first, light and dark by the reader's setting. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf6; --card: #f3f1ea; --ink: #1d1c1a; --soft: #5f5b53; --rule: #dcd7cb;
  --accent: #0a5a64; --accent-ink: #ffffff; --place: #8a4b16;
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", "Source Serif 4", Georgia, "Noto Serif", "Noto Naskh Arabic", "Noto Serif CJK SC", serif;
  --sans: "Inter", system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181b; --card: #1d2125; --ink: #e9e6df; --soft: #a8a49a; --rule: #343a40;
    --accent: #7cc7d0; --accent-ink: #10262a; --place: #e0a06a;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { font-size: 106.25%; -webkit-text-size-adjust: 100%; scroll-padding-top: 3rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 var(--serif); overflow-wrap: break-word; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .18em; }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; inset-inline-start: -99rem; }
.skip:focus { inset-inline-start: 1rem; top: .5rem; background: var(--paper); padding: .5rem 1rem; z-index: 2; }
.wrap { max-width: 72rem; margin: 0 auto; padding: 0 1.15rem; }

.masthead { border-top: 5px solid var(--accent); padding: 1.35rem 0 .9rem; }
.masthead .wrap { display: flex; flex-wrap: wrap; gap: .1rem 1.5rem; align-items: baseline; justify-content: space-between; }
.masthead .name { margin: 0; font-size: 1.85rem; font-weight: 700; letter-spacing: -.018em; line-height: 1.15; }
.masthead .name a { color: inherit; text-decoration: none; }
.masthead .date { margin: 0; color: var(--soft); font: .84rem/1.5 var(--sans); }
.masthead .editions { flex-basis: 100%; font: .84rem/1.5 var(--sans); }
.sections { border-block: 1px solid var(--rule); font: .88rem/1.4 var(--sans); }
.sections ul { list-style: none; margin: 0; padding: 0; display: flex; gap: 0 1.4rem; overflow-x: auto; scrollbar-width: none; }
.sections a { display: block; padding: .7rem 0; color: var(--ink); text-decoration: none; white-space: nowrap; border-bottom: 3px solid transparent; margin-bottom: -1px; }
@media (min-width: 48rem) { .sections ul { flex-wrap: wrap; gap: 0 1.05rem; } }
.sections a:hover, .sections a[aria-current] { border-color: var(--accent); color: var(--accent); }

.columns { display: grid; grid-template: "numbers" "main" "side" / minmax(0, 1fr); gap: 1.6rem; padding-block: 1.3rem 3rem; }
.columns > main { grid-area: main; }
.numbers { grid-area: numbers; font-family: var(--sans); }
.side { grid-area: side; margin-top: 1.5rem; }
.heading { margin: 0 0 1.4rem; }
.heading h1 { margin: 0; font-size: 1.9rem; line-height: 1.18; letter-spacing: -.015em; }
.heading p { margin: .35rem 0 0; color: var(--soft); font: .9rem/1.5 var(--sans); }
.crumb { font: .84rem/1.4 var(--sans); color: var(--soft); margin: 0 0 .4rem; }

.day > h2 { position: sticky; top: 0; z-index: 1; background: var(--paper); margin: 0; padding: .55rem 0 .5rem; border-bottom: 2px solid var(--ink);
  display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; font: 650 .95rem/1.4 var(--sans); }
.day > h2 a { color: inherit; text-decoration: none; }
.day > h2 a:hover { text-decoration: underline; }
.day > h2 .n { color: var(--soft); font-weight: 400; font-size: .84rem; white-space: nowrap; }
.day + .day { margin-top: 2.2rem; }
.item { padding: 1.25rem 0 1.2rem; border-bottom: 1px solid var(--rule); max-width: 44rem; }
.item h3 { margin: 0 0 .4rem; font-size: 1.26rem; line-height: 1.3; letter-spacing: -.008em; text-wrap: pretty; }
.item h3 a { color: inherit; text-decoration: none; }
.item h3 a:hover { text-decoration: underline; text-decoration-color: var(--accent); }
.place { color: var(--place); font-weight: 600; }
.lead p { margin: 0 0 .5rem; }
.onward a { display: inline-block; padding: .7rem 1.2rem; border: 1px solid var(--accent); border-radius: .35rem; text-decoration: none; font-weight: 600; }
.onward a:hover { background: var(--accent); color: var(--accent-ink); }
.more { margin: .1rem 0 .6rem; font-size: .95rem; }
.meta { color: var(--soft); font: .82rem/1.55 var(--sans); display: flex; flex-wrap: wrap; gap: .1rem .9rem; align-items: baseline; margin: 0; }
.meta a { color: inherit; }
.meta .source { font-weight: 650; color: var(--ink); text-decoration: none; }
.meta .source:hover { text-decoration: underline; }
.tag { text-decoration: none; border: 1px solid var(--rule); border-radius: 1rem; padding: 0 .6em; }
.tag:hover { border-color: var(--accent); color: var(--accent); }

.side { font: .9rem/1.5 var(--sans); display: grid; gap: 1.9rem; align-content: start; }
.side h2, .block h2 { margin: 0 0 .55rem; font: 650 .95rem/1.4 var(--sans); border-bottom: 2px solid var(--ink); padding-bottom: .45rem; }
.side ul, .index { list-style: none; margin: 0; padding: 0; }
.side li, .index li { display: flex; justify-content: space-between; gap: 1rem; padding: .28rem 0; border-bottom: 1px solid var(--rule); }
.side li a, .index a { text-decoration: none; color: inherit; }
.side li a:hover, .index a:hover { color: var(--accent); text-decoration: underline; }
.side .n, .index .n { color: var(--soft); font-variant-numeric: tabular-nums; }
.side .all { margin: .55rem 0 0; }
.counters { display: flex; flex-wrap: wrap; row-gap: .6rem; margin: 0; background: var(--card); border-radius: .4rem; padding: .9rem 0; overflow: hidden; }
.counters div { flex: 1 1 auto; padding: 0 .8rem; margin-inline-start: -1px; display: flex; flex-direction: column-reverse; justify-content: flex-end; border-inline-start: 1px solid var(--rule); }
.counters dd { margin: 0; font: 700 1.55rem/1.15 var(--serif); font-variant-numeric: lining-nums tabular-nums; white-space: nowrap; }
.counters dt { color: var(--soft); font-size: .8rem; }
.counters a { color: inherit; text-decoration: none; }
.counters a:hover { color: var(--accent); }

.pager { display: flex; justify-content: space-between; gap: 1rem; padding: 1.5rem 0 0; font: .95rem/1.4 var(--sans); }
.pager a, .button { display: inline-block; padding: .6rem 1.1rem; border: 1px solid var(--accent); border-radius: .35rem; text-decoration: none; }
.pager a:hover { background: var(--accent); color: var(--accent-ink); }
.button { background: var(--accent); color: var(--accent-ink); font: 600 1rem/1.4 var(--sans); }
.button:hover { text-decoration: underline; }
.empty { background: var(--card); border-radius: .4rem; padding: 1.4rem 1.5rem; max-width: 44rem; }
.empty h2 { margin: 0 0 .5rem; font-size: 1.25rem; }
.empty p { margin: 0 0 .6rem; }
.empty p:last-child { margin: 0; }
code { font: .88em/1.4 ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; background: var(--card); padding: .1em .35em; border-radius: .25em; }
.empty code { background: var(--paper); }

.full { max-width: 44rem; }
.full h1 { margin: 0 0 .8rem; font-size: clamp(1.6rem, 1.1rem + 2.2vw, 2.3rem); line-height: 1.18; letter-spacing: -.018em; text-wrap: balance; }
.full .lead { font-size: 1.12rem; margin: 1.3rem 0 1.4rem; }
.full .lead p { margin: 0 0 .8rem; }
.facts { display: grid; grid-template-columns: minmax(6.5rem, max-content) 1fr; gap: .3rem 1.3rem; margin: 2rem 0 0; padding: 1.1rem 1.3rem; background: var(--card); border-radius: .4rem; font: .9rem/1.5 var(--sans); }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; }
.block { margin-top: 2rem; }
.block .index li { display: block; padding: .6rem 0; }
.block .index .meta { margin-top: .1rem; }
.notice { border-inline-start: 4px solid var(--place); padding: .5rem 1rem; background: var(--card); font: .92rem/1.5 var(--sans); margin: 0 0 1.3rem; }

.search { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1.2rem; max-width: 44rem; font: .9rem/1.5 var(--sans); }
.search label { flex-basis: 100%; color: var(--soft); }
.search input { flex: 1 1 14rem; min-width: 0; }
.search input, .search select { font: 1rem/1.4 var(--sans); padding: .5rem .7rem; border: 1px solid var(--rule); border-radius: .35rem; background: var(--paper); color: var(--ink); }
.search .button { cursor: pointer; border-width: 1px; }
mark { background: color-mix(in srgb, var(--accent) 22%, transparent); color: inherit; border-radius: .15em; }

.foot { border-top: 1px solid var(--rule); color: var(--soft); font: .84rem/1.6 var(--sans); padding: 1.3rem 0 2.5rem; }
.foot ul { list-style: none; margin: 0 0 .6rem; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.3rem; }
.foot p { margin: 0; max-width: 46rem; }

@media (min-width: 60rem) {
  .columns { grid-template: "main numbers" auto "main side" 1fr / minmax(0, 1fr) 18.5rem; gap: 1.9rem 4rem; padding-top: 1.7rem; }
  .side { margin: 0; }
  .counters { padding: .8rem 0; }
  .counters:has(:nth-child(4)) div { flex-basis: 40%; }
  .masthead { padding: 1.9rem 0 1.2rem; }
  .masthead .name { font-size: 2.5rem; }
}
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --soft: #333; --rule: #999; --accent: #000; --place: #000; }
  .sections, .editions, .numbers, .side, .pager, .foot, .skip, .search { display: none; }
  .columns { display: block; padding: 0; }
  .masthead { border: 0; padding: 0 0 .5rem; }
  .day > h2 { position: static; break-after: avoid; }
  .item, .full, .facts { max-width: none; break-inside: avoid; }
  .onward a { border: 0; padding: 0; }
  a[data-original]::after { content: " (" attr(data-original) ")"; font: .8em var(--sans); overflow-wrap: anywhere; }
}
`;

/** A mark for the browser's tab: three lines of a page. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#0a5a64"/><path d="M8 10h16M8 16h16M8 22h9" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>`;
