/** Test support: a client that sends several ROPs in one buffer, the requests that its actions consist of, and what it reads from the answers. */

import type { PropertyValue, RopRequest, RopResponse } from "@pushback/mapi";
import { expect } from "vitest";
import { createRopBench, type RopBench } from "./rop-bench.ts";

const NONE = 0xffffffff;
export const text = (s: string) => new TextEncoder().encode(s);

/** A client's handle table: slots are named by its variables. */
export class Client {
  readonly bench: RopBench;
  readonly folderIds: readonly string[];
  slots: number[];

  constructor(bench = createRopBench()) {
    this.bench = bench;
    this.folderIds = bench.mailbox.folderIds;
    this.slots = [...bench.handles, ...new Array<number>(10).fill(NONE)];
  }

  /** One buffer; `columns` of the rows in its answers. */
  send(requests: readonly RopRequest[], columns: readonly number[] = []): readonly RopResponse[] {
    const { responses, handles } = this.bench.ask(requests, this.slots, columns);
    this.slots = [...handles];
    return responses;
  }

  /** Sends the ROPs in one EcDoRpc buffer and expects that none of them fails. */
  well(requests: readonly RopRequest[], columns: readonly number[] = []): readonly RopResponse[] {
    const answers = this.send(requests, columns);
    expect(answers.filter(({ rop }) => rop === "failure")).toEqual([]);
    return answers;
  }

  open(folder: number, into: number): RopRequest {
    return {
      rop: "OpenFolder",
      logonId: 0,
      inputHandleIndex: 0,
      outputHandleIndex: into,
      folderId: this.folderIds[folder],
      openModeFlags: 0,
    };
  }
}

export const at = (inputHandleIndex: number) => ({ logonId: 0, inputHandleIndex });
export const into = (inputHandleIndex: number, outputHandleIndex: number) => ({ ...at(inputHandleIndex), outputHandleIndex });
export const set = (index: number, values: readonly (readonly [number, PropertyValue])[]): RopRequest => ({
  rop: "SetProperties",
  ...at(index),
  values: values.map(([tag, value]) => ({ tag, value })),
});
export const get = (index: number, tags: readonly number[]): RopRequest => ({
  rop: "GetPropertiesSpecific",
  ...at(index),
  propertySizeLimit: 0,
  wantUnicode: 0,
  tags,
});
export const columns = (index: number, tags: readonly number[]): RopRequest => ({ rop: "SetColumns", ...at(index), flags: 0, tags });
export const rows = (index: number, rowCount = 50): RopRequest => ({ rop: "QueryRows", ...at(index), flags: 0, forwardRead: 1, rowCount });
export const release = (index: number): RopRequest => ({ rop: "Release", ...at(index) });
export const create = (folder: number, made: number, displayName: string, folderType = 1, openExisting = 1): RopRequest => ({
  rop: "CreateFolder",
  ...into(folder, made),
  folderType,
  useUnicodeStrings: false,
  openExisting,
  displayName: text(displayName),
  comment: text(""),
});
export const save = (index: number, saveFlags = 0x0a): RopRequest => ({
  rop: "SaveChangesMessage",
  logonId: 0,
  responseHandleIndex: index,
  inputHandleIndex: index,
  saveFlags,
});

export function cells(answer: RopResponse | undefined) {
  if (answer?.rop !== "GetPropertiesSpecific") throw new Error(`no properties: ${JSON.stringify(answer)}`);
  return answer.cells;
}

export function found(answer: RopResponse | undefined) {
  if (answer?.rop !== "QueryRows") throw new Error("no rows");
  return answer.rows;
}

export function deliver({ bench }: Client, subject: string, body = "x") {
  const delivery = bench.store.deliver(bench.mailbox, bench.store.prepare({ subject, body, from: "Grace" }), null);
  return delivery.ok ? delivery.mid : "";
}

export const subjects = (client: Client, folder: number, alias = "ada") =>
  [...(client.bench.store.findByAlias(alias)?.folder(folder).messages.values() ?? [])].map(({ subject }) => subject);
