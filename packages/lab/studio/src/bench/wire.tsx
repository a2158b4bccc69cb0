/** Datagrams and the errors that they draw, as they fly between the server's card and the machines'. Where motion is not wanted, nothing moves: lamps and numbers say the same. */

import { type RefObject, useEffect, useRef } from "react";
import { useStudio } from "../app/store.ts";
import { readPalette } from "../design/tokens.ts";
import { recording } from "../lab/lab-control.ts";
import type { FrameMark, LabMachine } from "../lab/lab-types.ts";

interface Flight {
  readonly machine: string;
  readonly kind: FrameMark["kind"];
  readonly startMs: number;
}

const FLIGHT_MS = { push: 520, icmp: 520, tcp: 360 } as const;
/** An error leaves when its datagram has arrived. */
const ANSWER_AFTER_MS = 420;
/** More would be a fog. */
const MAX_FLIGHTS = 80;
/** A jump of the playhead by more than this shows no flights. */
const MAX_LEAP_US = 120_000_000;

export function Wire({ desk, machines }: { readonly desk: RefObject<HTMLDivElement | null>; readonly machines: readonly LabMachine[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const surface = canvas.current;
    const context = surface?.getContext("2d");
    if (!surface || !context || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const byAddress = new Map(machines.map((m) => [m.address, m.name]));
    const server = machines[0].address;
    const flights: Flight[] = [];
    let shownUs = useStudio.getState().timeUs;
    let request = 0;

    const centre = (name: string): readonly [number, number] | null => {
      const card = desk.current?.querySelector<HTMLElement>(`[data-machine="${name}"]`);
      return card ? [card.offsetLeft + card.offsetWidth / 2, card.offsetTop + card.offsetHeight / 2] : null;
    };
    const launch = (mark: FrameMark, nowMs: number) => {
      const machine = byAddress.get(mark.source === server ? mark.destination : mark.source);
      if (!machine || flights.length >= MAX_FLIGHTS || (mark.kind === "tcp" && flights.length > MAX_FLIGHTS / 2)) return;
      flights.push({ machine, kind: mark.kind, startMs: nowMs + (mark.kind === "icmp" ? ANSWER_AFTER_MS : 0) });
    };
    const draw = (nowMs: number) => {
      request = 0;
      const ratio = devicePixelRatio;
      const { clientWidth: width, clientHeight: height } = surface;
      if (surface.width !== Math.round(width * ratio) || surface.height !== Math.round(height * ratio)) {
        surface.width = Math.round(width * ratio);
        surface.height = Math.round(height * ratio);
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      const palette = readPalette();
      for (let i = flights.length - 1; i >= 0; i--) {
        const { machine, kind, startMs } = flights[i];
        const share = (nowMs - startMs) / FLIGHT_MS[kind];
        if (share >= 1) flights.splice(i, 1);
        if (share < 0 || share >= 1) continue;
        const [from, to] = kind === "icmp" ? [centre(machine), centre("server")] : [centre("server"), centre(machine)];
        if (!from || !to) continue;
        const eased = share * share * (3 - 2 * share);
        const x = from[0] + (to[0] - from[0]) * eased;
        const y = from[1] + (to[1] - from[1]) * eased;
        const back = Math.max(0, eased - 0.14);
        context.globalAlpha = Math.min(1, 4 * share, 4 * (1 - share));
        context.strokeStyle = kind === "tcp" ? palette["ink-3"] : palette[kind];
        context.lineWidth = kind === "tcp" ? 2 : 5;
        context.lineCap = "round";
        context.beginPath();
        context.moveTo(from[0] + (to[0] - from[0]) * back, from[1] + (to[1] - from[1]) * back);
        context.lineTo(x, y);
        context.stroke();
        if (kind === "tcp") continue;
        context.fillStyle = palette[kind];
        context.beginPath();
        context.arc(x, y, 7, 0, 2 * Math.PI);
        context.fill();
      }
      context.globalAlpha = 1;
      if (flights.length > 0) request = requestAnimationFrame(draw);
    };

    const end = useStudio.subscribe(({ timeUs }) => {
      if (timeUs > shownUs && timeUs - shownUs < MAX_LEAP_US) {
        const nowMs = performance.now();
        const last = recording.marksUntil(timeUs);
        for (let i = recording.marksUntil(shownUs); i < last; i++) launch(recording.marks[i], nowMs);
        if (flights.length > 0 && request === 0) request = requestAnimationFrame(draw);
      }
      shownUs = timeUs;
    });
    return () => {
      end();
      cancelAnimationFrame(request);
    };
  }, [desk, machines]);

  return <canvas className="wire" ref={canvas} aria-hidden="true" />;
}
