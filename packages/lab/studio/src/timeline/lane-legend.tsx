/** What the marks on the lanes mean. */

export function LaneLegend() {
  return (
    <ul className="lane-legend" aria-label="Legend">
      {(
        [
          ["push", "Push", "M2 2h10L7 12z"],
          ["icmp", "ICMP error", "M2 12h10L7 2z"],
          ["mail", "Mail", "M1 4h12v7H1z"],
          ["session", "Session", "M1 5h12v4H1z"],
          ["probe", "Probe", "M7 1l5 6-5 6-5-6z"],
          ["ink", "ARP", "M6 4h2v2h2v2H8v2H6V8H4V6h2z"],
          ["danger", "End", "M5.5 1h3v12h-3z"],
        ] as const
      ).map(([colour, name, d]) => (
        <li key={name}>
          <svg viewBox="0 0 14 14" width="12" height="12" aria-hidden="true">
            <path d={d} className={`lane-legend-${colour}`} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
