#include "report/html_style.h"

namespace aver {

// Text has a contrast of 4.5 or more in both themes. The three series are told apart by shape (and
// dashes) before colour; the shades are those of the figures, dark ones first in the dark theme.
const std::string_view kHtmlStyle = R"(:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f3f5f7; --ink: #14181d; --quiet: #56606b; --line: #d3d9df;
  --link: #0b5cad; --grid: #dfe4e9;
  --good: #00694d; --good-panel: #e3f4ee; --bad: #b3261e; --bad-panel: #fdebe9;
  --open: #7a4f00; --open-panel: #fcf2dc;
  --series-0: #0072b2; --series-1: #c24e00; --series-2: #00785a;
  --s0: #f7f8fa; --s1: #cae4ed; --s2: #9dcce2; --s3: #73b2d7; --s4: #5197c9; --s5: #2f70ad;
  --s6: #2760a4; --s7: #1f458a; --s8: #1a2b6d; --on-pale: #14181d; --on-deep: #ffffff;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --panel: #1e242b; --ink: #e8ebee; --quiet: #a9b3bd; --line: #3a434d;
    --link: #7db8f2; --grid: #2d353e;
    --good: #5fd3ac; --good-panel: #12302a; --bad: #ff9d94; --bad-panel: #3c1a19;
    --open: #f0c069; --open-panel: #352910;
    --series-0: #56b4e9; --series-1: #f59a4c; --series-2: #4fd1a5;
    --s0: #1c2229; --s1: #18294a; --s2: #1b3767; --s3: #1f4a85; --s4: #265fa3; --s5: #5c9fd0;
    --s6: #73b2d7; --s7: #9dcce2; --s8: #cae4ed; --on-pale: #f2f5f8; --on-deep: #0d1116;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 2.5rem) 4rem; max-width: 80rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  overflow-wrap: break-word;
}
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.3rem; line-height: 1.25; margin: 3rem 0 .75rem; padding-top: .75rem;
  border-top: 2px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
section:first-child h2 { margin-top: 1.5rem; }
p, ul, dl { max-width: 46rem; margin: .5rem 0; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
.lead { font-size: 1.1rem; }
.quiet, .note { color: var(--quiet); }
.note { font-size: .9rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; padding: 0;
  margin: 1rem 0 0; max-width: none; }
nav a { display: inline-block; padding: .2rem 0; }

.verdicts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr));
  gap: 1rem; margin: 1rem 0; }
.verdict { border: 1px solid; border-left-width: .5rem; border-radius: .3rem;
  padding: .9rem 1.1rem; }
.verdict h4 { margin: 0; font-size: 1rem; color: var(--ink); }
.verdict .word { font-size: 1.6rem; font-weight: 700; line-height: 1.25; margin: .1rem 0 .3rem; }
.verdict p { color: var(--ink); margin: 0; }
.verdict .word, .verdict { color: var(--tone); }
.good { --tone: var(--good); background: var(--good-panel); }
.bad { --tone: var(--bad); background: var(--bad-panel); }
.unclear { --tone: var(--open); background: var(--open-panel); }

.scroll { overflow-x: auto; margin: 1rem 0; max-width: 100%; position: relative; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: 0 0 .5rem; }
caption span { display: inline-block; position: sticky; left: 0;
  max-width: min(46rem, calc(100vw - 4.5rem)); }
th, td { padding: .3rem .55rem; text-align: right; border-bottom: 1px solid var(--line); }
td { white-space: nowrap; }
thead th { vertical-align: bottom; font-weight: 600; line-height: 1.25; color: var(--quiet);
  border-bottom: 2px solid var(--line); }
tbody th, th:first-child, .text { text-align: left; }
tbody th { font-weight: 600; line-height: 1.25; }
.plots tbody th { min-width: 9rem; }
.plots th, .plots td { padding-left: .42rem; padding-right: .42rem; }
.clips caption { position: absolute; width: 1px; height: 1px; overflow: hidden; padding: 0;
  clip-path: inset(50%); }
.names tbody th { min-width: 6rem; max-width: 14rem; overflow-wrap: anywhere; }
.clips tbody th { min-width: 10.5rem; max-width: 14rem; overflow-wrap: anywhere; }
th:first-child { position: sticky; left: 0; background: var(--paper); z-index: 1; }
tr.total th, tr.total td { border-top: 2px solid var(--line); }
.settings th { vertical-align: top; }
.settings td { white-space: normal; text-align: left; overflow-wrap: anywhere; }

td.plot, th.plot { padding-top: 0; padding-bottom: 0; text-align: left; }
.plot svg { display: block; width: 192px; height: 24px; overflow: visible; }

.matrices, .charts { display: grid; gap: 1.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); }
.matrices { grid-template-columns: repeat(auto-fit, minmax(min(100%, 21.5rem), 1fr)); }
.matrices .scroll, .charts figure { margin: 0; }
figure figcaption { font-weight: 600; margin-bottom: .25rem; }
.chart { display: block; width: 100%; max-width: 22rem; height: auto; overflow: visible; }
.chart.wide { max-width: 29rem; }
.matrix { font-size: .82rem; border-collapse: separate; border-spacing: 1px; }
.matrix th, .matrix td { border: 0; }
.matrix thead th { font-weight: 400; padding: .2rem .15rem; text-align: center; }
.matrix thead th span { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left;
  max-height: 8rem; overflow-wrap: anywhere; }
.matrix tbody th { font-weight: 400; padding: .2rem .5rem .2rem 0; min-width: 4rem; max-width: 9rem;
  overflow-wrap: anywhere; }
.matrix td { text-align: center; min-width: 1.95rem; padding: .35rem .1rem; }
.matrix td.recall { color: var(--quiet); padding-left: .4rem; }
.hit { font-weight: 700; text-decoration: underline; text-underline-offset: .2em; }
.s0, .s1, .s2, .s3, .s4 { color: var(--on-pale); }
.s5, .s6, .s7, .s8 { color: var(--on-deep); }
.s0 { background: var(--s0); } .s1 { background: var(--s1); } .s2 { background: var(--s2); }
.s3 { background: var(--s3); } .s4 { background: var(--s4); } .s5 { background: var(--s5); }
.s6 { background: var(--s6); } .s7 { background: var(--s7); } .s8 { background: var(--s8); }

details { margin: 1rem 0; border: 1px solid var(--line); border-radius: .3rem; padding: 0 .9rem; }
details[open] { padding-bottom: .5rem; }
summary { cursor: pointer; padding: .6rem 0; font-weight: 600; color: var(--link); }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; list-style: none; padding: 0; }
.key svg { width: 2.2rem; height: .9rem; vertical-align: -.1em; margin-right: .4rem; }

svg text { fill: var(--quiet); font-size: 12px; font-weight: 400; }
svg .grid { stroke: var(--grid); stroke-width: 1; }
svg .axis { stroke: var(--quiet); stroke-width: 1; }
svg .ideal { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 4 3; }
svg .series-0 { --tone: var(--series-0); }
svg .series-1 { --tone: var(--series-1); stroke-dasharray: 7 3; }
svg .series-2 { --tone: var(--series-2); }
svg .mark { fill: var(--tone); stroke: var(--paper); stroke-width: 1; stroke-dasharray: none; }
svg .reach { stroke: var(--tone); stroke-width: 2; stroke-dasharray: none; }
svg .curve { fill: none; stroke: var(--tone); stroke-width: 2; }
svg .gap { stroke: var(--tone); stroke-width: 2; stroke-dasharray: none; opacity: .55; }

@media (max-width: 40rem) {
  th, td { padding: .3rem .4rem; }
  .matrix { font-size: .78rem; }
  .plots tbody th { min-width: 6.5rem; }
  .matrix td { min-width: 1.8rem; }
}
@media print {
  @page { margin: 14mm 12mm; }
  :root { color-scheme: light; }
  html { font-size: 9pt; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  body { padding: 0; max-width: none; }
  nav, .skip { display: none; }
  h2 { margin-top: 1.75rem; }
  h2, h3, h2 + p, caption, summary, .key, .quiet { break-after: avoid; }
  p, tr, figure, .verdict, .matrices, svg, table:not(.clips) { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; }
  table { font-size: .82rem; }
  th, td { padding: .12rem .35rem; }
  th:first-child { position: static; }
  .plot svg { width: 130px; height: 16px; }
  td.plot svg { overflow: hidden; }
  .verdicts { grid-template-columns: 1fr 1fr; }
  .matrices, .charts { grid-template-columns: 1fr 1fr 1fr; gap: .75rem; }
  .matrix { font-size: .62rem; }
  .matrix td { min-width: 1.5rem; padding: .2rem 0; }
  .matrix tbody th { padding-right: .2rem; }
  .chart.wide { max-width: 24rem; }
  details { border: 0; padding: 0; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  summary { color: var(--ink); list-style: none; }
}
)";

}  // namespace aver
