/** A machine's lamps with their names, and the number of its ICMP errors once it has sent one. */

import { useMemo } from "react";
import type { MachineState, SessionState } from "../lab/machine-state.ts";
import { lampsOf } from "./lamps.ts";

/** `sessions` are the sessions of all machines. */
export function MachineLamps({ machine, sessions }: { readonly machine: MachineState; readonly sessions: readonly SessionState[] }) {
  const lamps = useMemo(() => {
    const own = sessions.filter((s) => s.machine === machine.name && s.endUs === null);
    return lampsOf(machine, own);
  }, [machine, sessions]);
  return (
    <ul className="lamps" aria-label="Lamps">
      {lamps.map((lamp) => (
        <li key={lamp.name} className={`lamp lamp-${lamp.state}`} title={`${lamp.name}: ${lamp.text}`}>
          <i aria-hidden="true" />
          <span aria-hidden="true">{lamp.name}</span>
          <span className="visually-hidden">{`${lamp.name}: ${lamp.text}`}</span>
        </li>
      ))}
      {machine.icmpSent > 0 && (
        <li className="icmp-count" title="ICMP errors that it has sent">
          <span aria-hidden="true">{machine.icmpSent} ICMP</span>
          <span className="visually-hidden">{`${machine.icmpSent} ICMP errors sent`}</span>
        </li>
      )}
    </ul>
  );
}
