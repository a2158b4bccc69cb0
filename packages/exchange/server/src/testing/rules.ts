/** Test support: rules as a client sets them, in literal bytes (MS-OXORULE 2.2.5, MS-OXCDATA 2.12). */

import { encodeText, parseHex } from "@pushback/bytes";
import { type PropertyValue, RULE_STATE } from "@pushback/mapi";
import { on, type RopBench } from "./rop-bench.ts";

export const GRACE = "/o=Pushback/ou=Lab/cn=Recipients/cn=grace";
/** RES_CONTENT, prefix without case, PR_SUBJECT "lunch". */
export const SUBJECT_LUNCH = "03 0200 0100 1e003700 1e003700 6c756e636800";
const { ENABLED } = RULE_STATE;

/** One block: its length, type, flavor and flags, data. */
export function actions(...blocks: readonly (readonly [type: number, data: Uint8Array])[]): Uint8Array {
  const bytes = blocks.flatMap(([type, data]) => [...lengthOf(9 + data.length), type, ...new Array<number>(8).fill(0), ...data]);
  return Uint8Array.from([...lengthOf(blocks.length), ...bytes]);
}

export function lengthOf(n: number): number[] {
  return [n & 255, n >> 8];
}

export const NOTHING = new Uint8Array(0);
export const DELETE = actions([0x0a, NOTHING]);
export const MARK_AS_READ = actions([0x0b, NOTHING]);

/** Data of a move or copy action: FolderInThisStore, an empty store entry id, and a ServerEid of 21 bytes with the folder's id. */
export function folderData(fid: string): Uint8Array {
  return Uint8Array.from([1, 0, 0, ...lengthOf(21), 1, ...parseHex(fid), ...new Array<number>(12).fill(0)]);
}

/** One recipient of these properties: a tag, and the bytes of its value. */
export function forwardData(...properties: readonly (readonly [tag: number, value: Uint8Array])[]): Uint8Array {
  const values = properties.flatMap(([tag, value]) => [tag & 255, (tag >> 8) & 255, (tag >> 16) & 255, tag >>> 24, ...value]);
  return Uint8Array.from([1, 0, 1, ...lengthOf(properties.length), ...values]);
}

export const toGrace = (): Uint8Array => forwardData([0x3002001e, encodeText(1252, "EX\0")], [0x3003001e, encodeText(1252, `${GRACE}\0`)]);

interface RuleToSet {
  readonly condition?: string;
  readonly actions: Uint8Array;
  readonly state?: number;
  readonly sequence?: number;
}

export function setRules(bench: RopBench, ...rules: readonly RuleToSet[]): void {
  const values = ({ condition, actions: b, state = ENABLED, sequence = 1 }: RuleToSet): [number, PropertyValue][] => [
    [0x66760003, sequence],
    [0x66770003, state],
    ...(condition === undefined ? [] : [[0x667900fd, parseHex(condition)] as [number, PropertyValue]]),
    [0x668000fe, b],
    [0x6681001e, encodeText(1252, "RuleOrganizer")],
  ];
  const changes = rules.map((rule) => ({ flags: 1, values: values(rule).map(([tag, value]) => ({ tag, value })) }));
  const answer = bench.one({ rop: "ModifyRules", ...on(1), modifyRulesFlags: 1, rules: changes });
  if (answer.rop !== "ModifyRules") throw new Error(`the rules were refused: ${JSON.stringify(answer)}`);
}
