/**
 * ROPs in any order, on any handles, with any ids, tags and values: each is answered, alone; the session lives on; and the numbers that the
 * store keeps are those of what it holds, also after a restart. RANDOM_ROPS and RANDOM_SEED make a longer run.
 */

import { ByteWriter } from "@pushback/bytes";
import { BoundedReader } from "@pushback/dcerpc";
import {
  type ColumnsOf,
  emitRopBuffer,
  MAPI_ERROR,
  NO_HANDLE,
  parseRopBuffer,
  putRopRequest,
  ROP,
  type RopRequest,
  type RopResponse,
  readRopResponse,
  responseHandleIndex,
  SUPPORTED_ROPS,
} from "@pushback/mapi";
import { expect, it } from "vitest";
import type { Mailbox } from "../mail-store/mailbox.ts";
import { isAssociated, sizeOfMessage } from "../mail-store/message-content.ts";
import { MemoryPersistence } from "../testing/memory-persistence.ts";
import { Dice, RandomRequests, SLOTS } from "../testing/random-requests.ts";
import { createRopBench, type RopBench } from "../testing/rop-bench.ts";
import { stateOf } from "../testing/store-state.ts";

const BUFFERS = Number(process.env["RANDOM_ROPS"] ?? 6000);
const SEED = Number(process.env["RANDOM_SEED"] ?? 1997);

function storesOf({ store, mailbox, session }: RopBench): Mailbox[] {
  const open = new Set([mailbox, ...session.logons.values(), ...store.mailboxes()]);
  return [...open];
}

/** Bytes, counts and unread messages of each folder, counted anew. */
function checkNumbers(mailbox: Mailbox): void {
  let bytes = 0;
  for (const folder of mailbox.folders) {
    const all = [...folder.messages.values(), ...folder.associated.values()];
    const inFolder = all.reduce((sum, message) => sum + sizeOfMessage(message), 0);
    bytes += inFolder;
    expect(folder.bytes).toBe(inFolder);
    expect(folder.unread).toBe([...folder.messages.values()].filter((message) => !message.read).length);
    expect([...folder.messages.values()].some(isAssociated)).toBe(false);
    expect([...folder.associated.values()].every(isAssociated)).toBe(true);
    expect(mailbox.findFolder(folder.parentFid)).not.toBe(null);
  }
  expect(mailbox.bytes).toBeGreaterThanOrEqual(bytes);
}

/** Reads responses one by one: one for each request, in order, until a RopBufferTooSmall. */
function checkAnswers(
  rgb: Uint8Array,
  requests: readonly RopRequest[],
  columns: readonly number[] | null,
  carriedOut: Set<string>,
): readonly number[] {
  const buffer = parseRopBuffer(rgb);
  if (!buffer) throw new Error("the response is no ROP buffer");
  const asked = requests.filter(({ rop }) => rop !== "Release");
  const r = new BoundedReader(buffer.ropsList);
  let n = 0;
  const columnsOf: ColumnsOf = (rop) => {
    const request = asked[n];
    if (rop === "GetPropertiesSpecific") return "tags" in request ? (request.tags as readonly number[]) : null;
    return columns;
  };
  for (; n < asked.length; n++) {
    const answer = readRopResponse(r, columnsOf);
    if (!answer || r.failed) throw new Error(`no answer to ${JSON.stringify(asked[n], (_, v) => (typeof v === "bigint" ? String(v) : v))}`);
    if (answer.rop === "BufferTooSmall") return buffer.handles;
    expect(answer.rop === "failure" ? answer.ropId : ROP[answer.rop]).toBe(ROP[asked[n].rop]);
    carriedOut.add(answer.rop);
    expect((answer as Extract<RopResponse, { rop: "failure" }>).handleIndex).toBe(responseHandleIndex(asked[n]));
  }
  while (r.remaining > 0) {
    const notice = readRopResponse(r, columnsOf);
    if (r.failed || (notice?.rop !== "Notify" && notice?.rop !== "Pending")) throw new Error("not a notification");
  }
  return buffer.handles;
}

/** ROPs whose rows have columns that another ROP set. Only the first of a buffer is one, so that the reader knows the columns of that moment. */
const WITH_ROWS: readonly string[] = ["QueryRows", "FindRow", "ExpandRow"];

function someRequests(random: RandomRequests): RopRequest[] {
  const requests: RopRequest[] = [random.next()];
  for (let more = random.dice.pick(4); more > 0; more--) {
    const request = random.next();
    if (!WITH_ROWS.includes(request.rop)) requests.push(request);
  }
  return requests;
}

function currentColumns(bench: RopBench, request: RopRequest, handles: readonly number[]): readonly number[] | null {
  const { inputHandleIndex } = request as { readonly inputHandleIndex: number };
  const table = bench.session.objects.get(handles[inputHandleIndex]);
  return table?.kind === "table" ? table.columns : null;
}

/** ROPs that succeed at least once in a run: some never do (no message is ever queued), some seldom. */
const LEAST_CARRIED_OUT = Object.keys(SUPPORTED_ROPS).length - 20;

it(`answers ${BUFFERS} random buffers, each request alone`, { timeout: 600_000 }, () => {
  const persistence = new MemoryPersistence();
  const bench = createRopBench([], persistence);
  const random = new RandomRequests(
    SEED,
    () => storesOf(bench),
    () => handles.map((handle) => bench.session.objects.get(handle) ?? null),
  );
  let handles: number[] = [...bench.handles, ...new Array<number>(SLOTS - 2).fill(NO_HANDLE)];
  const carriedOut = new Set<string>();
  for (let n = 0; n < BUFFERS; n++) {
    if (n % 40 === 0) {
      const mail = { subject: `RE: ${n % 7}`, body: "x".repeat(n % 90), from: "Grace" };
      bench.store.deliver(bench.mailbox, bench.store.prepare(mail), null);
    }
    // A logon and a folder, so that not every handle is of something else in the end.
    if (n % 5 === 0) handles = [bench.handles[0], bench.handles[1], ...handles.slice(2)];
    // Now and then nothing can be stored.
    persistence.fails = n % 10 === 9;
    const requests = someRequests(random);
    const columns = currentColumns(bench, requests[0], handles);
    const w = new ByteWriter();
    for (const request of requests) putRopRequest(w, request);
    const outcome = bench.raw(emitRopBuffer({ ropsList: w.toBytes(), handles }), n % 9 === 0 ? 300 : 32_767);
    if (outcome.returnValue === MAPI_ERROR.ecBufferTooSmall) continue;
    expect(outcome.returnValue).toBe(MAPI_ERROR.ecNone);
    const after = checkAnswers(outcome.rgb, requests, columns, carriedOut);
    for (const [i, handle] of handles.entries()) {
      if (handle !== after[i] && !bench.handles.includes(handle)) bench.session.release(handle);
    }
    handles = [...after];
    if (n % 200 === 0) for (const mailbox of storesOf(bench)) checkNumbers(mailbox);
  }
  for (const mailbox of storesOf(bench)) checkNumbers(mailbox);
  persistence.fails = false;
  expect(stateOf(createRopBench([], persistence))).toEqual(stateOf(bench));
  for (const handle of [...bench.session.objects.keys()]) bench.session.release(handle);
  bench.session.dropPending(bench.session.pending.length);
  expect(bench.session.budget.used).toBe(0);
  expect(carriedOut.size).toBeGreaterThan(LEAST_CARRIED_OUT);
});

it("never fails with an exception, whatever bytes a buffer has", () => {
  const bench = createRopBench();
  const dice = new Dice(SEED);
  const random = new RandomRequests(
    SEED,
    () => storesOf(bench),
    () => [],
  );
  const handles = [...bench.handles, ...new Array<number>(SLOTS - 2).fill(NO_HANDLE)];
  for (let n = 0; n < BUFFERS / 2; n++) {
    const w = new ByteWriter();
    for (const request of [random.next(), random.next()]) putRopRequest(w, request);
    const rgb = emitRopBuffer({ ropsList: w.toBytes(), handles });
    for (let i = dice.pick(4); i >= 0; i--) rgb[dice.pick(rgb.length)] = dice.pick(256);
    const { returnValue } = bench.raw(rgb.subarray(0, rgb.length - (dice.pick(4) === 0 ? dice.pick(rgb.length) : 0)));
    expect([MAPI_ERROR.ecNone, MAPI_ERROR.ecRpcFormat, MAPI_ERROR.ecBufferTooSmall]).toContain(returnValue);
  }
});
