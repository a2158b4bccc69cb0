/** Test support: rules with actions of every type, drawn at random from a seed. */

import { ByteWriter, encodeText, parseHex } from "@pushback/bytes";
import { emitRuleActions, type ObjectId, RULE_ACTION, RULE_STATE, type TaggedValue } from "@pushback/mapi";
import type { Dice } from "./dice.ts";

export interface RandomRuleSource {
  readonly dice: Dice;
  fid(): ObjectId;
  mid(): ObjectId;
  /** DNs of mailboxes. */
  readonly dns: readonly string[];
}

function recipients(w: ByteWriter, { dice, dns }: RandomRuleSource): void {
  const all = dice.list(2, () => dice.of(dns));
  w.u16le(all.length);
  for (const dn of all) {
    w.u8(1);
    w.u16le(1);
    w.u32le(0x3003001e);
    w.bytes(encodeText(1252, `${dn}\0`));
  }
}

function block(source: RandomRuleSource): Uint8Array {
  const { dice } = source;
  if (dice.pick(12) === 0) return dice.bytes(30);
  const w = new ByteWriter();
  const type = dice.of(Object.values(RULE_ACTION));
  w.u8(type);
  w.u32le(dice.pick(5));
  w.u32le(0);
  switch (type) {
    case RULE_ACTION.MOVE:
    case RULE_ACTION.COPY:
      // FolderInThisStore 1, an empty StoreEID, and a ServerEid of 21 bytes that begins with 1 (MS-OXORULE 2.2.5.1.2.1).
      w.bytes(parseHex("0100001500 01"));
      w.bytes(parseHex(source.fid()));
      w.bytes(new Uint8Array(12));
      break;
    case RULE_ACTION.REPLY:
    case RULE_ACTION.OOF_REPLY:
      w.bytes(parseHex(source.fid()));
      w.bytes(parseHex(source.mid()));
      w.bytes(new Uint8Array(16));
      break;
    case RULE_ACTION.FORWARD:
    case RULE_ACTION.DELEGATE:
      recipients(w, source);
      break;
    case RULE_ACTION.BOUNCE:
      w.u32le(dice.of([0x0d, 0x1f, 0x26, 0]));
      break;
    case RULE_ACTION.TAG:
      w.u32le(dice.of([0x00170003, 0x0e070003, 0x3001001e]));
      w.bytes(parseHex("01000000"));
      break;
    case RULE_ACTION.DEFER_ACTION:
      w.bytes(dice.bytes(20));
      break;
  }
  return w.toBytes();
}

/** Mostly enabled, with up to three actions. */
export function randomRule(source: RandomRuleSource): TaggedValue[] {
  const { dice } = source;
  return [
    { tag: 0x66740014, value: BigInt(dice.pick(3)) },
    { tag: 0x66760003, value: dice.pick(4) },
    { tag: 0x66770003, value: RULE_STATE.ENABLED | (dice.pick(6) === 0 ? RULE_STATE.EXIT_LEVEL : 0) },
    { tag: 0x668000fe, value: emitRuleActions(dice.list(3, () => block(source))) },
    { tag: 0x6681001e, value: encodeText(1252, dice.of(["RuleOrganizer", "MSFT:MR"])) },
  ];
}
