/**
 * The segment between the two rows of the desk, and what flies on it: datagrams, and the errors that they draw. Where motion is not
 * wanted nothing moves; lamps and numbers say the same.
 */

import { type RefObject, useEffect, useRef } from "react";
import { readPalette } from "../design/tokens.ts";
import type { FrameMark, LabMachine } from "../lab/lab-types.ts";
import { useStudio } from "../state/studio-store.ts";
import { recording } from "../state/the-lab.ts";
import { lengthOfPath, type Point, pointAlong } from "./wire-path.ts";

interface Flight {
  readonly machine: string;
  readonly kind: FrameMark["kind"];
  readonly startMs: number;
}

const FLIGHT_MS = { push: 560, icmp: 560, tcp: 420, arp: 420 } as const;
/** TCP and ARP frames are drawn as thin lines without an arrowhead, unlike push datagrams and ICMP errors. */
const isThin = (kind: FrameMark["kind"]): kind is "tcp" | "arp" => kind === "tcp" || kind === "arp";
/** Delay in milliseconds between the marks of a datagram and of its ICMP error: the error starts when the datagram has nearly arrived. */
const ANSWER_AFTER_MS = 440;
/** Most datagrams drawn at the same time; more would hide each other. */
const MAX_FLIGHTS = 60;
/** A jump of the playhead by more than this shows no flights. */
const MAX_LEAP_US = 120_000_000;
const TRAIL_PX = 26;
/** Margin around a line, in pixels. */
const MARGIN_PX = 8;

export function Wire({ desk, machines }: { readonly desk: RefObject<HTMLDivElement | null>; readonly machines: readonly LabMachine[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const surface = canvas.current;
    const ground = desk.current;
    const context = surface?.getContext("2d");
    if (!surface || !ground || !context) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const byAddress = new Map(machines.map((m) => [m.address, m.name]));
    const server = machines[0].address;
    const flights: Flight[] = [];
    let shownUs = useStudio.getState().timeUs;
    let request = 0;
    let drops = new Map<string, readonly [Point, Point]>();
    let busY = 0;
    let top = 0;

    /** Measures where the cards are, and sets for each card the line from its edge to the wire (`drops`). */
    const measure = () => {
      const ratio = devicePixelRatio;
      const gap = Number.parseFloat(getComputedStyle(ground).rowGap) || 0;
      const serverCard = ground.querySelector<HTMLElement>('[data-machine="server"]');
      busY = serverCard ? serverCard.offsetTop + serverCard.offsetHeight + gap / 2 : 0;
      drops = new Map();
      for (const card of ground.querySelectorAll<HTMLElement>(":scope > [data-machine]")) {
        const x = card.offsetLeft + card.offsetWidth / 2;
        const edge = card.offsetTop > busY ? card.offsetTop : card.offsetTop + card.offsetHeight;
        drops.set(card.dataset["machine"] as string, [
          [x, edge],
          [x, busY],
        ]);
      }
      // The canvas covers only the strip between the rows, and further rows if there are any.
      const edges = [...drops.values()].map(([[, y]]) => y);
      top = Math.min(busY, ...edges) - MARGIN_PX;
      const height = Math.max(busY, ...edges) + MARGIN_PX - top;
      Object.assign(surface.style, { top: `${top}px`, height: `${height}px` });
      surface.width = Math.round(surface.clientWidth * ratio);
      surface.height = Math.round(height * ratio);
      schedule();
    };
    const schedule = () => {
      if (request === 0) request = requestAnimationFrame(draw);
    };
    const launch = (mark: FrameMark, nowMs: number) => {
      const machine = byAddress.get(mark.source === server ? mark.destination : mark.source);
      const limit = isThin(mark.kind) ? MAX_FLIGHTS / 3 : MAX_FLIGHTS;
      if (machine && drops.has(machine) && flights.length < limit)
        flights.push({ machine, kind: mark.kind, startMs: nowMs + (mark.kind === "icmp" ? ANSWER_AFTER_MS : 0) });
    };
    const stroke = (points: readonly Point[]) => {
      context.beginPath();
      points.forEach(([x, y], i) => {
        if (i === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      });
      context.stroke();
    };
    const draw = (nowMs: number) => {
      request = 0;
      const palette = readPalette();
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, surface.width, surface.height);
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, -top * devicePixelRatio);
      context.lineCap = "round";
      context.lineJoin = "round";
      context.globalAlpha = 1;
      context.strokeStyle = palette["line-2"];
      context.lineWidth = 3;
      const xs = [...drops.values()].map(([[x]]) => x);
      if (xs.length > 1) {
        stroke([
          [Math.min(...xs) - 30, busY],
          [Math.max(...xs) + 30, busY],
        ]);
      }
      context.lineWidth = 2;
      for (const drop of drops.values()) stroke(drop);
      for (let i = flights.length - 1; i >= 0; i--) {
        const { machine, kind, startMs } = flights[i];
        const share = (nowMs - startMs) / FLIGHT_MS[kind];
        if (share >= 1) flights.splice(i, 1);
        const own = drops.get(machine);
        const servers = drops.get("server");
        if (share < 0 || share >= 1 || !own || !servers) continue;
        const there: Point[] = [servers[0], servers[1], own[1], own[0]];
        const path = kind === "icmp" ? there.reverse() : there;
        const length = lengthOfPath(path);
        const along = length * share * share * (3 - 2 * share);
        const trail: Point[] = [];
        for (let back = TRAIL_PX; back >= 0; back -= 3) trail.push(pointAlong(path, Math.max(0, along - back)));
        context.globalAlpha = Math.min(1, 6 * share, 6 * (1 - share));
        context.strokeStyle = isThin(kind) ? palette["ink-3"] : palette[kind];
        context.lineWidth = isThin(kind) ? 2 : 5;
        stroke(trail);
        if (isThin(kind)) continue;
        const [x, y] = pointAlong(path, along);
        context.fillStyle = palette[kind];
        context.beginPath();
        context.arc(x, y, 6, 0, 2 * Math.PI);
        context.fill();
      }
      if (flights.length > 0) schedule();
    };

    const sizes = new ResizeObserver(measure);
    sizes.observe(ground);
    for (const card of ground.querySelectorAll(":scope > [data-machine]")) sizes.observe(card);
    const themes = new MutationObserver(schedule);
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const end = useStudio.subscribe(({ timeUs }) => {
      if (!still && timeUs > shownUs && timeUs - shownUs < MAX_LEAP_US) {
        const nowMs = performance.now();
        const last = recording.marksUntil(timeUs);
        for (let i = recording.marksUntil(shownUs); i < last; i++) launch(recording.marks[i], nowMs);
        if (flights.length > 0) schedule();
      }
      shownUs = timeUs;
    });
    return () => {
      end();
      sizes.disconnect();
      themes.disconnect();
      cancelAnimationFrame(request);
    };
  }, [desk, machines]);

  return (
    <div className="wire" aria-hidden="true">
      <canvas ref={canvas} />
    </div>
  );
}
