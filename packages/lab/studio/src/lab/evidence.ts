/** The comparison as far as the run has gone, each number with the frames that it counts. */

import { formatIpv4 } from "@pushback/bytes";
import { MachineView, type PlatformRow, type RecordedMachine, type Recording, RecordingIndex, rowsOfRun } from "@pushback/scenario";
import type { Evidence, LiveRow } from "./lab-types.ts";

interface Counted {
  readonly frame: number;
}

function evidence(filter: string, frames: readonly Counted[]): Evidence {
  return { filter, frames: frames.length, firstFrame: frames[0]?.frame ?? null };
}

function evidenceOf(view: MachineView, server: RecordedMachine): LiveRow["evidence"] {
  const own = formatIpv4(view.machine.address);
  const serverAddress = formatIpv4(server.address);
  const pushes = evidence(`udp && ip.src == ${serverAddress} && ip.dst == ${own} && !icmp`, view.datagrams);
  const errors = evidence(`icmp.type == 3 && icmp.code == 3 && ip.src == ${own}`, view.unreachables);
  const closed = evidence(
    pushes.filter,
    view.datagrams.filter((d) => d.answer !== null),
  );
  const silent = evidence(
    pushes.filter,
    view.datagrams.filter((d) => d.answer === null),
  );
  const stale = view.staleSession;
  const next = view.nextSession;
  const found: { -readonly [K in keyof PlatformRow]?: Evidence } = {
    datagramsSent: pushes,
    datagramsOnWire: pushes,
    datagramsToClosedPort: closed,
    datagramsUnanswered: silent,
    icmpPortUnreachable: errors,
    icmpQuotedBytes: errors,
    firstIcmpAtUs: errors,
  };
  if (stale) {
    const segments = view.segmentsOf(stale);
    const conversation = `tcp.port == ${stale.remotePort} && ip.addr == ${own}`;
    found.sessionEndCause = { ...evidence(conversation, segments), firstFrame: segments.at(-1)?.frame ?? null };
    found.sessionEndedAtUs = found.sessionEndCause;
  }
  if (next) {
    found.relogonAtUs = evidence(`tcp.port == ${next.remotePort} && ip.addr == ${own}`, view.segmentsOf(next));
    found.newMailNotifiedAfterRelogon = evidence(
      `udp.dstport == ${next.callbackPort ?? 0} && ip.dst == ${own} && !icmp`,
      view.datagramsOf(next),
    );
  }
  return found;
}

export function liveRows(recording: Recording): LiveRow[] {
  const { rows } = rowsOfRun(recording);
  const index = new RecordingIndex(recording);
  const compared = recording.machines.filter((m) => m.role === "compared");
  return compared.map((machine, i) => ({
    machine: machine.name,
    row: rows[i],
    evidence: evidenceOf(new MachineView(index, machine), index.server),
  }));
}
