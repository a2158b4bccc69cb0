/**
 * Mutated frames through the dissectors: no exception, no hang, no byte read outside the frame (the same frames between zeros and
 * between ones must give the same trees). `npm run fuzz` runs longer.
 */

import { readFileSync } from "node:fs";
import { type CapturedPacket, LINKTYPE_ETHERNET, readCapture } from "@pushback/capture";
import { encodeCapture, PLATFORMS, parseScenario, runScenario } from "@pushback/scenario";
import { expect, it } from "vitest";
import { FrameDissector, type TreeNode, TreeSink } from "./index.ts";
import { fragmentFile } from "./testing/fragment-frames.ts";
import { LONG_MESSAGE } from "./testing/long-message.ts";
import { oddities } from "./testing/oddities.ts";
import { tunnelFile } from "./testing/tunnel-frames.ts";

const COUNT = Number(process.env["PUSHBACK_FUZZ"] ?? 100_000);
const ROOM = 64;
const LINK_TYPES = [1, 1, 1, 1, 1, 1, 101, 113, 276, 0, 108, 228, 147];

function seededBelow(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** All fields of a tree, with their places and values, as one text to compare. */
function textOf(nodes: readonly TreeNode[]): string {
  return nodes.map((node) => `${node.field.name}@${node.at}+${node.len}=${node.show}(${textOf(node.children)})`).join("");
}

class Between {
  readonly #bytes = new Uint8Array(ROOM * 2 + 2048);
  readonly #fill: number;
  readonly #sink = new TreeSink();
  readonly #dissector = new FrameDissector(this.#sink);

  constructor(fill: number) {
    this.#fill = fill;
  }

  dissect(frame: Uint8Array, number: number, linkType: number): TreeNode[] {
    this.#bytes.fill(this.#fill);
    this.#bytes.set(frame, ROOM);
    const p: CapturedPacket = {
      bytes: this.#bytes,
      at: ROOM,
      len: frame.length,
      origLen: frame.length,
      timeUs: number * 1000,
      timeNs: 0,
      timed: true,
      interfaceIndex: 0,
      capturedOn: null,
      linkType,
      comment: null,
      number,
      offset: 0,
    };
    this.#sink.roots.length = 0;
    this.#sink.begin(p.bytes, p.at);
    this.#dissector.dissect(p);
    return this.#sink.roots;
  }
}

it(`${COUNT} mutated frames`, { timeout: 120_000 + COUNT / 2 }, () => {
  const frames: Uint8Array[] = [];
  /** Link types of the frames that are not Ethernet's, by the frame's index. */
  const linkTypes: (number | undefined)[] = [];
  for (const file of [fragmentFile(), tunnelFile()])
    readCapture(file, {
      packet: (p) => {
        linkTypes[frames.length] = p.linkType;
        frames.push(p.bytes.slice(p.at, p.at + p.len));
      },
    });
  for (const text of [readFileSync(new URL("../../../../scenarios/kb-q159302.yaml", import.meta.url), "utf8"), LONG_MESSAGE]) {
    const parsed = parseScenario("fuzz", text);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const file = encodeCapture(runScenario(parsed.scenario, { variants: PLATFORMS.map((p) => p.variants[0].id), seed: "1" }));
    readCapture(file, { packet: (p) => frames.push(p.bytes.slice(p.at, p.at + p.len)) });
  }
  frames.push(...oddities().map(({ bytes }) => Uint8Array.from(bytes)));
  const zeros = new Between(0);
  const ones = new Between(0xff);
  const below = seededBelow(159_302);
  let next = 0;
  for (let i = 1; i <= COUNT; i++) {
    // Frames mostly come in order, so that the state of conversations is exercised.
    next = below(8) === 0 ? below(frames.length) : (next + 1) % frames.length;
    let frame = frames[next].slice(0, 2048);
    for (let n = below(2) * below(6); n > 0; n--) frame[below(Math.min(frame.length, 90))] = [0, 0xff, below(256), 1 << below(8)][below(4)];
    if (below(6) === 0) frame = frame.slice(0, below(frame.length + 1));
    const linkType = below(4) === 0 ? LINK_TYPES[below(LINK_TYPES.length)] : (linkTypes[next] ?? LINKTYPE_ETHERNET);
    const tree = textOf(zeros.dissect(frame, i, linkType));
    if (textOf(ones.dissect(frame, i, linkType)) !== tree) {
      expect.fail(`frame ${i}, link type ${linkType}: ${Buffer.from(frame).toString("hex")}`);
    }
  }
});
