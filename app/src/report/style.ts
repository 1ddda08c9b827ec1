import { palette } from "./palette.js";

/** The report's style sheet: dark on light, one column, tables that become cards on a telephone, everything on paper. */
export const style = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: ${palette.paper}; color: ${palette.ink}; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main, header, footer { max-width: 1064px; margin: 0 auto; padding: 0 16px; }
header { padding-top: 28px; }
h1 { font-size: 1.6rem; line-height: 1.35; font-weight: 600; margin: .3rem 0 1rem; max-width: 54rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.6rem 0 .5rem; padding-top: .6rem; border-top: 2px solid ${palette.ink}; }
h3 { font-size: 1rem; margin: 1.6rem 0 .3rem; }
p { margin: .5rem 0; max-width: 50rem; }
.what { color: ${palette.muted}; margin: 0; }
.verdict { border-left: 6px solid ${palette.muted}; padding: .2rem 0 .2rem .9rem; margin: 1rem 0; }
.verdict.supported { border-color: ${palette.guard}; }
.verdict.not-supported { border-color: ${palette.alarm}; }
.verdict { max-width: 54rem; }
.verdict ul, .failures { margin: .3rem 0; padding-left: 1.2rem; }
.failures li, .gap { color: ${palette.alarm}; font-weight: 600; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; padding: 0; margin: 1rem 0 0; font-size: .92rem; }
a { color: ${palette.liquidity}; }
a:focus-visible, .scroll:focus-visible, summary:focus-visible { outline: 3px solid ${palette.liquidity}; outline-offset: 2px; }
figure { margin: 1rem 0; }
figure svg { display: block; max-width: 100%; height: auto; }
figure .narrow { display: none; }
figcaption { color: ${palette.muted}; font-size: .92rem; margin-top: .4rem; max-width: 50rem; }
.scroll { overflow-x: auto; margin: .6rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
.caption { color: ${palette.muted}; font-size: .92rem; }
.swatch { display: inline-block; width: .8em; height: .8em; margin-right: .35em; vertical-align: -.05em; }
th, td { text-align: right; vertical-align: top; padding: .36rem .5rem; border-bottom: 1px solid ${palette.rule}; }
thead th { border-bottom: 2px solid ${palette.ink}; vertical-align: bottom; font-weight: 600; }
th.text, td.text { text-align: left; }
tbody th { font-weight: 600; }
tbody th, .nowrap { white-space: nowrap; }
td .long { display: block; min-width: 30rem; font-size: .94em; }
td .band { display: block; color: ${palette.muted}; font-size: .85em; white-space: nowrap; }
th .unit { display: block; color: ${palette.muted}; font-weight: 400; font-size: .88em; }
tr.sentence { background: ${palette.faint}; }
.basis { display: inline-block; border-radius: 3px; padding: 0 .38em; font-size: .85em; white-space: nowrap; border: 1px solid ${palette.muted}; }
.basis.measured { background: ${palette.ink}; border-color: ${palette.ink}; color: ${palette.paper}; }
.basis.borrowed { border-style: dashed; }
.basis.assumed { border-style: dotted; border-width: 2px; }
dl.run { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .8rem 0; }
dl.run dt { color: ${palette.muted}; }
dl.run dd { margin: 0; overflow-wrap: anywhere; }
code { font: .9em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.mechanism { border-bottom: 1px solid ${palette.rule}; padding: .6rem 0; }
.mechanism h3 { margin: 0; }
.mechanism p { margin: .1rem 0; }
.mechanism ul { margin: .2rem 0; padding-left: 1.1rem; font-size: .92rem; columns: 2; }
.mechanism li { break-inside: avoid; overflow-wrap: anywhere; }
footer { color: ${palette.muted}; font-size: .9rem; padding-bottom: 3rem; }
@media (max-width: 700px) {
  h1 { font-size: 1.25rem; }
  figure .wide { display: none; }
  figure .narrow { display: block; }
  table.cards, table.cards tbody, table.cards tr, table.cards td, table.cards th { display: block; width: 100%; text-align: left; }
  table.cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.cards tr { border-bottom: 2px solid ${palette.ink}; padding: .5rem 0; }
  table.cards th, table.cards td { border: 0; padding: .12rem 0; overflow-wrap: anywhere; }
  table.cards td[data-head] { display: grid; grid-template-columns: 9.5rem 1fr; gap: .6rem; }
  table.cards td[data-head]::before { content: attr(data-head); color: ${palette.muted}; }
  table.cards td[data-empty] { display: none; }
  td .long { min-width: 0; }
  tbody th { white-space: normal; }
  .mechanism ul { columns: 1; }
  dl.run { grid-template-columns: 1fr; gap: 0; }
  dl.run dd { margin-bottom: .4rem; }
}
@media print {
  body { font-size: 10.5pt; }
  nav { display: none; }
  h2 { break-after: avoid; }
  figure, tr, .mechanism { break-inside: avoid; }
  .scroll { overflow: visible; }
  a { color: inherit; text-decoration: none; }
}
`;
