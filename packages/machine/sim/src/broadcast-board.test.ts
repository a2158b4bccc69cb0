import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BroadcastBoard, type ReadTopics } from "./broadcast-board.ts";

interface Card {
  readonly port: number;
}

/** Four bytes: a mark, sender, claim, target. */
const readTopics: ReadTopics = (b, at, _len, topics) => {
  if (b[at] !== 1) return false;
  topics.sender = b[at + 1];
  topics.claim = b[at + 2];
  topics.target = b[at + 3];
  return true;
};

const cards: Card[] = Array.from({ length: 6 }, (_, port) => ({ port }));
const about = (sender: number, claim: number, target: number) => Uint8Array.of(1, sender, claim, target);

function hear(board: BroadcastBoard<Card>, frame: Uint8Array, nowUs = 0): number[] | null {
  const audience = board.audienceOf(frame, 0, frame.length, nowUs);
  board.delivered();
  return audience?.map((card) => card.port) ?? null;
}

describe("a broadcast", () => {
  test("goes to the cards that follow its sender or its target, in the order of their ports", () => {
    const board = new BroadcastBoard<Card>(readTopics);
    board.follow(cards[4], 10, -1);
    board.follow(cards[2], 20, -1);
    board.follow(cards[1], 30, -1);
    expect(hear(board, about(10, 7, 20))).toEqual([2, 4]);
    board.unfollow(cards[4], 10);
    expect(hear(board, about(10, 7, 20))).toEqual([2]);
  });

  test("with a known claim is kept from followers but its time is recorded; a new claim goes to every follower", () => {
    const board = new BroadcastBoard<Card>(readTopics);
    board.follow(cards[0], 10, 7);
    // No sender has claimed anything yet, so the first claim goes to every follower.
    expect(hear(board, about(10, 7, 99), 5)).toEqual([0]);
    expect(hear(board, about(10, 7, 99), 6)).toEqual([]);
    expect(board.heardAtUs(10)).toBe(6);
    expect(hear(board, about(10, 8, 99), 7)).toBeNull();
  });

  test("that asks about a topic is kept from those that store a claim of it, however many they are", () => {
    const board = new BroadcastBoard<Card>(readTopics);
    board.follow(cards[5], 20, -1);
    for (const card of cards.slice(0, 4)) board.follow(card, 20, 7);
    // The owner of the topic has never made a claim by broadcast; the others learned of it from a unicast answer.
    expect(hear(board, about(10, 3, 20))).toEqual([5]);
  });

  test("without topics goes to every card", () => {
    expect(hear(new BroadcastBoard<Card>(readTopics), Uint8Array.of(2, 0, 0, 0))).toBeNull();
  });

  test("goes to a card that asked for all broadcasts", () => {
    const board = new BroadcastBoard<Card>(readTopics);
    board.hearAll(cards[3]);
    expect(hear(board, about(1, 2, 3))).toEqual([3]);
  });
});

/** The state that a card keeps, as a stack does: the mapping of each address, and when it was last heard. */
class Memory {
  readonly known = new Map<number, { claim: number; heardAtUs: number }>();

  hear(sender: number, claim: number, atUs: number): void {
    const entry = this.known.get(sender);
    if (entry) Object.assign(entry, { claim, heardAtUs: atUs });
  }
}

test("a card that receives only what matters to it ends with the same state as a card that receives everything", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("learn" as const), card: fc.nat(5), topic: fc.nat(3), claim: fc.nat(2) }),
    fc.record({ kind: fc.constant("forget" as const), card: fc.nat(5), topic: fc.nat(3), claim: fc.nat(2) }),
    fc.record({ kind: fc.constant("broadcast" as const), card: fc.nat(3), topic: fc.nat(3), claim: fc.nat(2) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const board = new BroadcastBoard<Card>(readTopics);
      const all = cards.map(() => new Memory());
      const some = cards.map(() => new Memory());
      for (const [atUs, { kind, card, topic, claim }] of steps.entries()) {
        if (kind === "learn") {
          all[card].known.set(topic, { claim, heardAtUs: atUs });
          if (some[card].known.has(topic)) board.unfollow(cards[card], topic);
          some[card].known.set(topic, { claim, heardAtUs: atUs });
          board.follow(cards[card], topic, claim);
        } else if (kind === "forget") {
          all[card].known.delete(topic);
          if (some[card].known.delete(topic)) board.unfollow(cards[card], topic);
        } else {
          for (const memory of all) memory.hear(topic, claim, atUs);
          const frame = about(topic, claim, card);
          for (const { port } of board.audienceOf(frame, 0, frame.length, atUs) ?? cards) {
            const entry = some[port].known.get(topic);
            if (entry && entry.claim !== claim) {
              board.unfollow(cards[port], topic);
              board.follow(cards[port], topic, claim);
            }
            some[port].hear(topic, claim, atUs);
          }
          board.delivered();
        }
      }
      // The card reads the time of a suppressed broadcast when it needs it.
      for (const memory of some) {
        for (const [topic, entry] of memory.known) entry.heardAtUs = Math.max(entry.heardAtUs, board.heardAtUs(topic));
      }
      expect(some.map((m) => [...m.known].sort())).toEqual(all.map((m) => [...m.known].sort()));
    }),
    { numRuns: 500 },
  );
});
