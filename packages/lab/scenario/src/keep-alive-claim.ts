/** Judges keep-alive on the wire and in the server's events: the first probe after KeepAliveTime, the others after KeepAliveInterval, then the end (Q183786). */

import { formatDuration, type KeepAlive, valuesOf } from "@pushback/host";
import { TCP_ACK } from "@pushback/wire";
import type { SegmentFrame } from "./frame-index.ts";
import type { MachineView } from "./machine-view.ts";
import { withKeepAlive } from "./registry-parameters.ts";
import { isSameEnd, type SessionView } from "./session-view.ts";
import { longestHopUs } from "./wires.ts";

/** Tolerance in microseconds: recorded times are those on the wire, and a timer may start only when the wire has delivered the segment. */
const MARGIN_US = 1000;

/** Evidence of one session about keep-alive; `fault` is `null` if the session agrees with the claim. */
export interface KeepAliveFinding {
  readonly fault: string | null;
  readonly evidence: readonly number[];
  /** Time from the last segment to the first probe, and KeepAliveTime then; microseconds. */
  readonly idleUs: number;
  readonly keepAliveUs: number;
}

interface Probe {
  readonly atUs: number;
  readonly number: number;
}

/** The settings of a server of an unknown platform. */
const NO_KEEP_ALIVE: KeepAlive = { idleUs: 0, intervalUs: 0, probes: 0 };

/** The server's keep-alive settings from `fromUs` until the next entry's `fromUs`. */
interface SettingsInForce {
  readonly fromUs: number;
  readonly keepAlive: KeepAlive;
}

/** The server's keep-alive settings in the order of time: as the run set them, then as each `registry` step left them. */
function settingsOf({ recording }: MachineView): SettingsInForce[] {
  const { scenario, machines, keepAliveUs } = recording;
  const variant = scenario.catalogue.findVariant(machines[0].variant);
  const own = variant && valuesOf(variant.personality).keepAlive;
  const written = own === null || own === undefined ? NO_KEEP_ALIVE : withKeepAlive(own, scenario.server);
  const settings: SettingsInForce[] = [{ fromUs: Number.NEGATIVE_INFINITY, keepAlive: { ...written, idleUs: keepAliveUs } }];
  const changes = scenario.steps.filter(({ registry }) => registry?.machine === "server").sort((a, b) => a.at - b.at);
  for (const { at, registry } of changes) {
    const { keepAlive } = settings[settings.length - 1];
    settings.push({ fromUs: at, keepAlive: withKeepAlive(keepAlive, registry ?? {}) });
  }
  return settings;
}

function inForceAt(settings: readonly SettingsInForce[], us: number): SettingsInForce {
  return settings.findLast(({ fromUs }) => fromUs <= us) ?? settings[0];
}

/** Keep-alive probes on a session's connection. A later session on the same ports is excluded. */
export function probesOf(view: MachineView, session: SessionView): Probe[] {
  const { startUs } = session;
  const successor = view.sessions.find((s) => s.startUs > startUs && isSameEnd(s, session));
  const untilUs = successor?.startUs ?? Number.POSITIVE_INFINITY;
  return view.serverEvents.flatMap(({ layer, event, atUs }) =>
    layer === "machine" && event.type === "keepalive-probe-sent" && isSameEnd(event, session) && atUs >= startUs && atUs < untilUs
      ? [{ atUs, number: event.probe }]
      : [],
  );
}

function judgeSession(
  view: MachineView,
  session: SessionView,
  settings: readonly SettingsInForce[],
  hopUs: number,
): KeepAliveFinding | null {
  const probes = probesOf(view, session);
  const segments = view.segmentsOf(session);
  const tolerance = hopUs + MARGIN_US;
  const untilUs = session.endUs ?? view.recording.durationUs;
  // While the server's cable is out, it receives no frame that the capture shows, and the capture shows no frame that it sends.
  if (!view.index.isServerPresent(session.startUs, untilUs - 1)) return null;
  const isProbed = (fromUs: number, toUs: number) => probes.some(({ atUs }) => atUs > fromUs && atUs <= toUs);
  const fault = (text: string, evidence: readonly number[], idleUs = 0, keepAliveUs = 0) => ({
    fault: text,
    evidence,
    idleUs,
    keepAliveUs,
  });

  for (const [i, segment] of segments.entries()) {
    const quietUntilUs = Math.min(segments[i + 1]?.timeUs ?? untilUs, untilUs);
    // KeepAliveTime may have changed during the idle time: the longer of the old and the new value is allowed.
    const dueUs = Math.max(inForceAt(settings, quietUntilUs).keepAlive.idleUs, inForceAt(settings, segment.timeUs).keepAlive.idleUs);
    const idleUs = quietUntilUs - segment.timeUs;
    if (idleUs > dueUs + tolerance && !isProbed(segment.timeUs, quietUntilUs))
      return fault(
        `idle for ${formatDuration(idleUs)} without a probe, KeepAliveTime is ${formatDuration(dueUs)}`,
        [segment.frame],
        idleUs,
        dueUs,
      );
  }
  if (probes.length === 0) return null;

  let shown: KeepAliveFinding | null = null;
  for (const [i, { atUs, number }] of probes.entries()) {
    const { fromUs, keepAlive } = inForceAt(settings, atUs);
    const { idleUs: keepAliveUs, intervalUs, probes: repetitions } = keepAlive;
    // A change of the setting while probes are unanswered restarts their series; idle time still counts from the last segment received.
    const isEarlierProbe = ({ source, timeUs }: SegmentFrame) =>
      source === view.server.address &&
      probes.some((probe) => probe.atUs < atUs && timeUs >= probe.atUs && timeUs - probe.atUs <= tolerance);
    const before: SegmentFrame | undefined = segments.findLast((s) => s.timeUs < atUs && !isEarlierProbe(s));
    if (number === 1) {
      if (!before) return fault("the session has no segment before its probe", []);
      const idleUs = atUs - before.timeUs;
      const frame = segments.find((s) => s.timeUs >= atUs && s.source === view.server.address && s.flags === TCP_ACK);
      const evidence = frame ? [before.frame, frame.frame] : [before.frame];
      // If the idle time already exceeds a KeepAliveTime that was just set, the probe is due at once.
      const dueUs = Math.max(keepAliveUs, fromUs - before.timeUs);
      if (Math.abs(idleUs - dueUs) > tolerance)
        return fault(
          `probed ${formatDuration(idleUs)} after the last segment, KeepAliveTime is ${formatDuration(keepAliveUs)}`,
          evidence,
          idleUs,
          keepAliveUs,
        );
      shown ??= { fault: null, evidence, idleUs, keepAliveUs };
    } else if (Math.abs(atUs - probes[i - 1].atUs - intervalUs) > tolerance) {
      const gap = formatDuration(atUs - probes[i - 1].atUs);
      return fault(`probe ${number} came ${gap} after the one before, KeepAliveInterval is ${formatDuration(intervalUs)}`, []);
    }
    if (number > repetitions + 1) return fault(`there was a probe ${number}, and ${repetitions + 1} end the connection`, []);
    const isLast = i === probes.length - 1 || probes[i + 1].number === 1;
    if (!isLast || session.cause !== "keepalive-timeout" || i !== probes.length - 1) continue;
    if (number !== repetitions + 1) return fault(`the connection ended after ${number} probes, not after ${repetitions + 1}`, []);
    if (session.endUs !== null && Math.abs(session.endUs - atUs - intervalUs) > tolerance)
      return fault(`the connection ended ${formatDuration(session.endUs - atUs)} after its last probe`, []);
  }
  const last = probes.at(-1) as Probe;
  const { intervalUs } = inForceAt(settings, last.atUs).keepAlive;
  const answered = segments.some((s) => s.timeUs >= last.atUs && s.source !== view.server.address);
  if (session.endUs === null && !answered && view.recording.durationUs - last.atUs > intervalUs + tolerance)
    return fault("no answer came to the last probe, and the connection did not end", []);
  return shown;
}

/** Judges every session of the machine; the first fault, or else the stale session's finding, or else the first. `null`: no connection was idle for long. */
export function judgeKeepAlive(view: MachineView): KeepAliveFinding | null {
  const hopUs = longestHopUs(view.recording.scenario);
  const settings = settingsOf(view);
  const findings = view.sessions.flatMap((session) => {
    const finding = judgeSession(view, session, settings, hopUs);
    return finding === null ? [] : [{ session, finding }];
  });
  const found =
    findings.find(({ finding }) => finding.fault !== null) ??
    findings.find(({ session }) => session.id === view.staleSession?.id) ??
    findings[0];
  return found?.finding ?? null;
}
