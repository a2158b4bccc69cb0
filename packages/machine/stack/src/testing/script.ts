/**
 * A timed dialogue as text, one line per step. `> SEGMENT` comes from the peer now, `< SEGMENT` leaves now, `< TIME SEGMENT` leaves at exactly that
 * time since the beginning; `at TIME` waits; `silence TIME` waits and nothing leaves; `log ENTRIES` lists the callbacks of the program since the last
 * such line, separated by commas. Programs do `listen`, `accept [SEGMENT]`, `open`, `connect [SEGMENT]`, `send N`, `close`, `abort`, `pause`, `resume`,
 * `keepalive`. `icmp TYPE CODE [MTU]` is an error about the segment that left last. Times are numbers with us, ms, s, m or h.
 */

import type { Personality } from "@pushback/host";
import { emitIcmp, getIpv4Protocol, IP_PROTOCOL_ICMP, IP_PROTOCOL_TCP } from "@pushback/wire";
import { expect } from "vitest";
import { PEER } from "./bench.ts";
import { createDialogue, type Dialogue } from "./dialogue.ts";

const UNITS: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1e6, m: 60e6, h: 3600e6 };

function timeOf(text: string): number {
  const match = /^([\d.]+)(us|ms|s|m|h)$/.exec(text);
  if (!match) throw new Error(`not a time: ${text}`);
  return Math.round(Number(match[1]) * UNITS[match[2]]);
}

export function playScript(script: string, over: Partial<Personality> = {}): Dialogue {
  const d = createDialogue(over);
  let heard = 0;
  let quoted = new Uint8Array(28);
  const remember = () => {
    const frame = d.card.sent.find((sent) => sent.bytes[13] === 0 && getIpv4Protocol(sent.bytes, 14) === IP_PROTOCOL_TCP);
    if (frame) quoted = frame.bytes.slice(14, 42);
  };
  for (const line of script.split("\n").map((text) => text.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    const [verb, ...words] = line.split(" ");
    const rest = words.join(" ");
    switch (verb) {
      case ">":
        d.inject(rest);
        break;
      case "<": {
        const timed = /^\d/.test(rest);
        const atUs = timed ? timeOf(words[0]) : d.sim.nowUs();
        if (timed) d.sim.runUntil(atUs);
        remember();
        d.expect(atUs, timed ? words.slice(1).join(" ") : rest);
        break;
      }
      case "at":
        d.sim.runUntil(timeOf(rest));
        break;
      case "silence":
        d.expectSilence(timeOf(rest));
        break;
      case "log":
        expect(d.log.slice(heard).join(", "), line).toBe(rest);
        heard = d.log.length;
        break;
      case "listen":
        d.stack.host.listenTcp(80, {
          onAccept: (connection) => {
            d.connection = connection;
            d.log.push("accepted");
            return d.handlers;
          },
        });
        break;
      case "accept":
        d.accept(rest === "" ? undefined : rest);
        break;
      case "open":
        d.localPort = 1024;
        d.remotePort = 80;
        d.connection = d.stack.host.connectTcp(PEER, 80, d.handlers);
        break;
      case "connect":
        d.connect(rest === "" ? undefined : rest);
        break;
      case "send":
        d.send(Number(rest));
        break;
      case "close":
        d.connection.close();
        break;
      case "abort":
        d.connection.abort();
        break;
      case "pause":
        d.connection.pauseReading();
        break;
      case "resume":
        d.connection.resumeReading();
        d.sim.runUntil(d.sim.nowUs());
        break;
      case "keepalive":
        d.connection.setKeepAlive();
        break;
      case "icmp": {
        const [type, code, mtu = 0] = words.map(Number);
        const b = new Uint8Array(64);
        const len =
          type === 3
            ? emitIcmp({ kind: "unreachable", code, unused: 0, nextHopMtu: mtu, quote: quoted }, b, 0)
            : emitIcmp({ kind: "source-quench", code, unused: 0, quote: quoted }, b, 0);
        d.datagram(IP_PROTOCOL_ICMP, b.slice(0, len));
        break;
      }
      default:
        throw new Error(`no such step: ${line}`);
    }
  }
  return d;
}
