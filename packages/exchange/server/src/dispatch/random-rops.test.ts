/**
 * ROPs in any order, on any handles, with any ids, tags and values. The server answers each ROP by itself, the session stays alive, and the store's counts
 * agree with its contents, also after a restart. RANDOM_ROPS and RANDOM_SEED make a longer run.
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
  readRopRequest,
  readRopResponse,
  responseHandleIndex,
  SUPPORTED_ROPS,
  UNSUPPORTED_ROPS,
} from "@pushback/mapi";
import { expect, it } from "vitest";
import type { Mailbox } from "../mail-store/mailbox.ts";
import { isAssociated, sizeOfMessage } from "../mail-store/message-content.ts";
import { Dice } from "../testing/dice.ts";
import { MemoryPersistence } from "../testing/memory-persistence.ts";
import { RandomRequests } from "../testing/random-requests.ts";
import { SLOTS } from "../testing/random-slots.ts";
import { createRopBench, type RopBench } from "../testing/rop-bench.ts";
import { stateOf } from "../testing/store-state.ts";

const BUFFERS = Number(process.env["RANDOM_ROPS"] ?? 6000);
const SEED = Number(process.env["RANDOM_SEED"] ?? 1997);

function storesOf({ store, mailbox, session }: RopBench): Mailbox[] {
  const open = new Set([mailbox, ...session.logons.values(), ...store.mailboxes()]);
  return [...open];
}

/** Bytes, counts and unread messages of each folder, counted from the messages. */
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
    if (asked[n].rop in UNSUPPORTED_ROPS) expect(answer).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecNotSupported });
    carriedOut.add(answer.rop);
    expect((answer as Extract<RopResponse, { rop: "failure" }>).handleIndex).toBe(responseHandleIndex(asked[n]));
  }
  while (r.remaining > 0) {
    const notice = readRopResponse(r, columnsOf);
    if (r.failed || (notice?.rop !== "Notify" && notice?.rop !== "Pending")) throw new Error("not a notification");
  }
  return buffer.handles;
}

/** ROPs that return rows, whose columns an earlier ROP set. Only the first ROP of a buffer may be one of these, so that the reader knows the columns. */
const WITH_ROWS: readonly string[] = ["QueryRows", "FindRow", "ExpandRow"];

/** A request of an unsupported ROP with random field values: random bytes are drawn until they parse as a whole request. */
function refusedRequest(dice: Dice): RopRequest {
  const { id } = dice.of(Object.values(UNSUPPORTED_ROPS));
  for (;;) {
    const bytes = new Uint8Array(600);
    bytes[0] = id;
    for (let i = dice.pick(30); i >= 0; i--) bytes[1 + dice.pick(60)] = dice.pick(256);
    const r = new BoundedReader(bytes);
    const request = readRopRequest(r);
    if (request && !r.failed) return request;
  }
}

function someRequests(random: RandomRequests): RopRequest[] {
  const requests: RopRequest[] = [random.next()];
  for (let more = random.dice.pick(4); more > 0; more--) {
    const request = random.dice.pick(10) === 0 ? refusedRequest(random.dice) : random.next();
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

/** One of several sessions of a mailbox, and the handles in its slots. */
class Player {
  readonly bench: RopBench;
  readonly #random: RandomRequests;
  #handles: number[];
  readonly #carriedOut: Set<string>;

  constructor(bench: RopBench, seed: number, carriedOut: Set<string>) {
    this.bench = bench;
    this.#carriedOut = carriedOut;
    this.#handles = [...bench.handles, ...new Array<number>(SLOTS - 2).fill(NO_HANDLE)];
    const objects = () => this.#handles.map((handle) => bench.session.objects.get(handle) ?? null);
    this.#random = new RandomRequests(seed, () => storesOf(bench), objects);
  }

  /** Sends some ROPs in one buffer; `usSize` as in EcDoRpc. Releases objects that a slot no longer holds, so that the session stays below its limits. */
  play(usSize: number): void {
    const { bench } = this;
    const handles = this.#random.dice.pick(5) === 0 ? [...bench.handles, ...this.#handles.slice(2)] : this.#handles;
    this.#handles = handles;
    const requests = someRequests(this.#random);
    const columns = currentColumns(bench, requests[0], handles);
    const w = new ByteWriter();
    for (const request of requests) putRopRequest(w, request);
    const outcome = bench.raw(emitRopBuffer({ ropsList: w.toBytes(), handles }), usSize);
    if (outcome.returnValue === MAPI_ERROR.ecBufferTooSmall) return;
    expect(outcome.returnValue).toBe(MAPI_ERROR.ecNone);
    const after = checkAnswers(outcome.rgb, requests, columns, this.#carriedOut);
    for (const [i, handle] of handles.entries()) {
      if (handle !== after[i] && !bench.handles.includes(handle)) bench.session.release(handle);
    }
    this.#handles = [...after];
  }

  /** Releases all objects and notifications, and expects that the session's memory budget is unused then. */
  end(): void {
    const { session } = this.bench;
    for (const handle of [...session.objects.keys()]) session.release(handle);
    session.dropPending(session.pending.length);
    expect(session.budget.used).toBe(0);
  }
}

it(`answers ${BUFFERS} random buffers of three sessions, each request alone`, { timeout: 600_000 }, () => {
  const persistence = new MemoryPersistence();
  const bench = createRopBench([], persistence);
  const carriedOut = new Set<string>();
  const sessions = [bench, bench.another(), bench.as("grace")];
  const players = sessions.map((one, i) => new Player(one, SEED + i, carriedOut));
  for (let n = 0; n < BUFFERS; n++) {
    // In one of ten buffers, the persistence fails to store anything.
    persistence.fails = n % 10 === 9;
    if (n % 40 === 0) {
      const properties = new Map(
        Object.entries({ [0x0c1e001e]: "EX", [0x0c1f001e]: sessions[2].mailbox.dn }).map(([tag, text]) => [Number(tag), text]),
      );
      const content = { unsent: false, recipients: [], properties, attachments: new Map() };
      const mail = { subject: `RE: ${n % 7}`, body: "x".repeat(n % 90), from: "Grace", content };
      bench.store.deliver(bench.mailbox, bench.store.prepare(mail), null);
    }
    players[n % 3].play(n % 9 === 0 ? 300 : 32_767);
    if (n % 200 === 0) for (const mailbox of storesOf(bench)) checkNumbers(mailbox);
  }
  for (const mailbox of storesOf(bench)) checkNumbers(mailbox);
  persistence.fails = false;
  expect(stateOf(createRopBench([], persistence))).toEqual(stateOf(bench));
  for (const player of players) player.end();
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

it("carries out nothing of a buffer that goes wild behind good requests, whatever RopId it has there", () => {
  const persistence = new MemoryPersistence();
  const bench = createRopBench([], persistence);
  const dice = new Dice(SEED);
  const random = new RandomRequests(
    SEED,
    () => storesOf(bench),
    () => [...bench.handles.map((handle) => bench.session.objects.get(handle) ?? null)],
  );
  const outcomes = new Map<number, number>();
  for (let n = 0; n < BUFFERS / 3; n++) {
    const handles = [...bench.handles, ...new Array<number>(SLOTS - 2).fill(NO_HANDLE)];
    const w = new ByteWriter();
    for (const request of [random.next(), random.next()]) putRopRequest(w, request);
    w.u8(n % 256);
    w.bytes(dice.bytes(12));
    const objects = [...bench.session.objects.keys()];
    const before = n % 50 === 0 ? stateOf(bench) : null;
    const { returnValue } = bench.raw(emitRopBuffer({ ropsList: w.toBytes(), handles }));
    outcomes.set(returnValue, (outcomes.get(returnValue) ?? 0) + 1);
    if (returnValue === MAPI_ERROR.ecRpcFormat) {
      expect([...bench.session.objects.keys()]).toEqual(objects);
      if (before) expect(stateOf(bench)).toEqual(before);
    }
    for (const handle of [...bench.session.objects.keys()]) if (!bench.handles.includes(handle)) bench.session.release(handle);
  }
  // Handles of the logon and the Inbox are there still, and the session answers.
  expect(bench.one({ rop: "GetStoreState", logonId: 0, inputHandleIndex: 0 })).toMatchObject({ rop: "GetStoreState" });
  expect([...outcomes.keys()].sort()).toEqual([MAPI_ERROR.ecNone, MAPI_ERROR.ecRpcFormat].sort());
});
