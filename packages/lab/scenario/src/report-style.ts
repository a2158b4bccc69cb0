/** Style sheet of the report, for screen and print. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #57606a; --line: #d0d7de; --stack: #b6d7b9; --session: #9ec1e6; --mail: #6f42c1; --push: #0a58ca; --icmp: #c0392b; --yes: #1a7f37; --no: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #14181d; --soft: #9aa5b1; --line: #333b44; --stack: #2f5d3a; --session: #2d507a; --mail: #b694f5; --push: #6ea8fe; --icmp: #ff8577; --yes: #57c878; --no: #ff8577; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1100px; margin: 0 auto; padding: 24px; }
h1 { font-size: 26px; margin: 0 0 8px; } h2 { font-size: 19px; margin: 32px 0 8px; } h3 { font-size: 15px; margin: 16px 0 0; }
.facts, .legend { color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: 4px 10px; text-align: left; vertical-align: top; font-weight: normal; }
thead th { font-weight: 600; } tbody th { color: var(--soft); white-space: nowrap; } .claims tbody th { white-space: normal; color: var(--ink); width: 28%; }
.claims ul { margin: 0; padding-left: 18px; } .frames { color: var(--soft); } .yes { color: var(--yes); font-weight: 600; } .no { color: var(--no); font-weight: 600; }
svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; } svg text { fill: var(--soft); text-anchor: end; } svg text.axis { text-anchor: middle; }
svg .grid { stroke: var(--line); } svg rect.stack { fill: var(--stack); } svg rect.session { fill: var(--session); }
svg line.mail { stroke: var(--mail); stroke-width: 2.5; } svg line.push { stroke: var(--push); stroke-width: 1.5; } svg line.icmp { stroke: var(--icmp); stroke-width: 1.5; }
svg path.errors { fill: none; stroke-width: 2; } svg path.e0 { stroke: var(--push); } svg path.e1 { stroke: var(--icmp); } svg path.e2 { stroke: var(--yes); } svg path.e3 { stroke: var(--mail); } svg path.e4 { stroke: var(--ink); }
.line { white-space: nowrap; margin-right: 14px; } .line svg { width: 40px; height: 8px; vertical-align: middle; margin-right: 6px; }
.key { display: inline-block; width: 12px; height: 12px; margin: 0 4px 0 14px; vertical-align: -1px; }
.key.stack { background: var(--stack); } .key.session { background: var(--session); } .key.mail { background: var(--mail); } .key.push { background: var(--push); } .key.icmp { background: var(--icmp); }
@media print { main { max-width: none; padding: 0; } section, tr, svg { break-inside: avoid; } h2, h3, thead { break-after: avoid; } thead { display: table-header-group; } }
`;
