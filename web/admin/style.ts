/** Added to the portal's style sheet: wide tables that scroll on a phone, states in colour and words. */
export const ADMIN_STYLE = `
.operators { padding-block: 1.6rem 3rem; font: .9rem/1.5 var(--sans); display: grid; gap: 2.4rem; grid-template-columns: minmax(0, 1fr); }
.operators h1 { margin: 0; font: 700 1.9rem/1.2 var(--serif); }
.operators h2 { margin: 0 0 .6rem; font-size: 1.05rem; }
.operators .scroll { overflow-x: auto; }
.operators table { border-collapse: collapse; width: 100%; }
.operators th { text-align: start; font-weight: 600; color: var(--soft); white-space: nowrap; border-bottom: 2px solid var(--ink); padding: .35rem .9rem .35rem 0; }
.operators td { vertical-align: top; border-bottom: 1px solid var(--rule); padding: .45rem .9rem .45rem 0; }
.operators tbody th { vertical-align: top; white-space: normal; border-bottom: 1px solid var(--rule); padding: .45rem .9rem .45rem 0; }
.operators .n { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
.operators time { white-space: nowrap; }
.operators .url { overflow-wrap: anywhere; max-width: 26rem; } .operators td.url { min-width: 14rem; }
.operators .why { color: var(--soft); min-width: 17rem; max-width: 32rem; }
.operators ul { margin: 0; padding: 0; list-style: none; }
.operators .alarm { margin: 0; padding: .6rem .9rem; border-inline-start: 4px solid #b3261e; background: color-mix(in srgb, #b3261e 10%, transparent); font-weight: 600; }
.state { white-space: nowrap; font-weight: 600; }
.state.fine { color: #1f7a3f; } .state.busy { color: var(--accent); } .state.idle { color: var(--soft); } .state.bad { color: #b3261e; }
.operators label, .operators legend { display: block; font-weight: 600; margin-block: .6rem .2rem; }
.operators input, .operators select, .operators textarea { font: inherit; font-weight: 400; padding: .3rem .45rem; max-width: 100%; } .operators select[multiple] { vertical-align: top; }
.operators form.login { max-width: 22rem; }
.operators form button, nav form button { font: inherit; padding: .3rem .8rem; cursor: pointer; }
nav form { display: inline; }
nav li:has(+ .group) { border-inline-end: 1px solid var(--rule); padding-inline-end: 1.05rem; }
.operators textarea, .operators pre { font: .82rem/1.45 ui-monospace, monospace; width: 100%; overflow-x: auto; }
.operators .diff h3 { margin: 0 0 .6rem; } .operators .diff p { max-width: 46rem; }
.diff ins { background: color-mix(in srgb, #1f7a3f 18%, transparent); } .diff del { background: color-mix(in srgb, #b3261e 16%, transparent); }
.operators .beside { border-block-start: 1px solid var(--rule); padding-block: .8rem; }
.operators .beside h3 { margin: 0; font-size: 1rem; }
.operators .pair { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); } .operators .pair td { overflow-wrap: anywhere; } .operators .pair td:nth-child(3) { min-width: 7rem; }
.strip rect { fill: color-mix(in srgb, currentColor 8%, transparent); } .strip path { stroke: #1f6fb2; stroke-width: 1; } .strip .grid { stroke: var(--soft); stroke-width: .5; stroke-dasharray: 1 2; }
.operators iframe { width: 100%; height: 26rem; border: 1px solid var(--rule); background: #fff; }
.operators .tabs { display: flex; flex-wrap: wrap; gap: 1rem; } .operators .tabs [aria-current] { font-weight: 700; }
.operators ol.inbox { margin: 0; padding: 0; list-style: none; } .operators .inbox > li { padding: .5rem .6rem; border-block-end: 1px solid var(--rule); }
.operators .inbox > li[aria-current] { outline: 2px solid var(--accent); } .operators .inbox p { margin: .2rem 0; } .operators .inbox .why { max-width: 60rem; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
@media (min-width: 60rem) { .operators .pair { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
.operators .choice { display: inline-block; margin: 0 .8rem 0 0; } .operators fieldset { border: 1px solid var(--rule); }
.operators form.filter label { display: inline-block; margin-inline-end: .8rem; }
.bars { max-width: 100%; height: auto; } .bars rect { fill: var(--accent); }
.plot { margin: 0; --s0: #0a5a64; --s1: #b8651b; --s2: #6b4fa0; --s3: #b3261e; --s4: #3f7d20; --s5: #8a6d00; } .plot > svg { max-width: 100%; height: auto; } .plot text { font: 11px var(--sans); fill: var(--soft); }
.plot .grid { stroke: var(--rule); } .plot .end { text-anchor: end; } .plot .mid { text-anchor: middle; } .plot figcaption ul { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
${["s0", "s1", "s2", "s3", "s4", "s5"].map((s, n) => `.plot rect.${s}, .plot circle.${s} { fill: var(--${s}); } .plot polyline.${s}, .plot line.${s} { fill: none; stroke: var(--${s}); stroke-width: 2; stroke-dasharray: ${["none", "7 3", "2 3", "9 3 2 3", "4 4", "12 3"][n]}; }`).join("\n")}
@media (prefers-color-scheme: dark) { .plot { --s0: #7cc7d0; --s1: #e8a765; --s2: #b9a3e3; --s3: #ff9b92; --s4: #a3d48a; --s5: #e3c85a; } }
.operators .same code { user-select: all; } .operators .same { color: var(--soft); border-block-start: 1px solid var(--rule); }
@media (prefers-color-scheme: dark) { .state.fine { color: #74c991; } .state.bad { color: #ff9b92; } }
`;
