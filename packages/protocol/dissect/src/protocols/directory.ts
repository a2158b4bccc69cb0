/**
 * Calls of the directory, NSPI (MS-OXNSPI) and RFR (MS-OXABREF). Fields are made from the declarations of the calls; those that Wireshark
 * has too have its names, the others begin with `nspi.call.` or `rfr.call.`: Wireshark's are of an older description of the interface.
 */

import { decodeText } from "@pushback/bytes";
import { PT_MV_STRING8, PT_MV_UNICODE, PT_STRING8, PT_UNICODE, propertyType } from "@pushback/mapi";
import {
  type AnyMembers,
  type CallParameter,
  type NdrShape,
  type NdrType,
  NSPI_CALLS,
  RFR_CALLS,
  type RpcCall,
  readCallParameters,
} from "@pushback/nspi";
import { defineProtocol, inside, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { bytes, dec, type Field, group, hex, text } from "../field.ts";
import { detailsOf } from "./record-details.ts";

/** Windows code page 1252, assumed for all 8-bit texts: the code page of a call is in its STAT, which a response does not repeat. */
const CODE_PAGE = 1252;
/** Making a decoder takes longer than decoding a name, and a table has many. */
const WIDE_DECODER = new TextDecoder("utf-16le");

interface Interface {
  readonly name: "nspi" | "rfr";
  readonly title: string;
  readonly specification: string;
  readonly calls: readonly RpcCall[];
}

interface DirectoryProtocol {
  readonly protocol: Protocol;
  readonly opnum: Field;
}

function fieldOf(name: string, title: string, shape: NdrShape | undefined): Field {
  if (shape === "number") return /flags|tag|mid/i.test(title) ? hex(name, title, 32) : dec(name, title, 32);
  return shape === "text8" || shape === "text16" ? text(name, title) : group(name, title);
}

/** Makes the protocol of an interface from its calls: a field for each parameter's name. */
function defineInterface({ name, title, specification, calls }: Interface): DirectoryProtocol {
  const operations = Object.fromEntries(calls.map((call) => [call.opnum, call.name]));
  const opnum = dec(`${name}.opnum`, "Operation", 16, operations);
  const status = hex(`${name}.MAPISTATUS_status`, "MAPISTATUS", 32);
  const detail = text(`${name}.call.detail`, "Detail");
  const notUnderstood = bytes(`${name}.call.not_understood`, "Not understood");
  const parameters = new Map<string, Field>();
  for (const call of calls) {
    for (const [parameter, type] of Object.entries<NdrType<unknown>>({ ...call.request, ...call.response })) {
      if (parameter === "returnValue" || type.shape === "handle" || parameters.has(parameter)) continue;
      parameters.set(parameter, fieldOf(`${name}.call.${parameter}`, parameter, type.shape));
    }
  }
  const handle = calls.some((call) => Object.values<NdrType<unknown>>(call.request).some((type) => type.shape === "handle"))
    ? bytes(`${name}.handle`, "Handle")
    : null;

  function show(d: Dissection, at: number, parameter: CallParameter): void {
    const from = at + parameter.at;
    if (parameter.type.shape === "handle" && handle) {
      d.bytes(handle, from, parameter.len);
      return;
    }
    if (parameter.name === "returnValue") {
      d.number(status, parameter.value as number, from, 4);
      return;
    }
    showParameter(d, parameters.get(parameter.name) as Field, detail, parameter, from);
  }

  const protocol = defineProtocol({
    name,
    title,
    specification,
    fields: {
      opnum,
      status,
      detail,
      notUnderstood,
      ...(handle && { handle }),
      ...Object.fromEntries([...parameters].map(([parameter, field]) => [`call.${parameter}`, field])),
    },
    over: [inside("dcerpc")],
    dissect(d, at, end) {
      if (!d.rpc) return;
      const { call, isRequest, little } = d.rpc;
      const declared = calls.find((one) => one.opnum === call.opnum);
      // `open` instead of `protocol`: Wireshark does not list this protocol in `frame.protocols`.
      d.open(protocol.field, at, end - at);
      d.number(opnum, call.opnum, at, 0);
      if (declared) {
        const members: AnyMembers = isRequest ? declared.request : declared.response;
        const read = readCallParameters(members, d.b.slice(at, end), little);
        for (const parameter of read.parameters) show(d, at, parameter);
        if (read.failedAt !== null) d.bytes(notUnderstood, at + read.failedAt, end - at - read.failedAt);
      }
      d.close();
    },
    summary: null,
    frameClass: null,
  });
  return { protocol, opnum };
}

/** A parameter with its own field; what is in records and lists follows as details. A null pointer to a number or a text is a detail too. */
function showParameter(d: Dissection, field: Field, detail: Field, { name, type, value, len }: CallParameter, at: number): void {
  if (typeof value === "number" && field.kind === "number") d.number(field, value, at, len);
  else if (value instanceof Uint8Array && field.kind === "text") d.text(field, decode(value, type.shape === "text16"), at, len);
  else if (Array.isArray(value) && field.kind === "text")
    for (const one of value) d.text(field, decode(one, type.shape === "text16"), at, len);
  else if (field.kind === "none") {
    d.open(field, at, len);
    const named = value !== null && typeof value === "object" && !(value instanceof Uint8Array) && !Array.isArray(value);
    for (const line of detailsOf(named ? readable(value) : { [name]: readable(value) })) d.text(detail, line, at, len);
    d.close();
  } else d.text(detail, `${name}: none`, at, len);
}

function decode(b: Uint8Array, wide: boolean): string {
  return wide ? WIDE_DECODER.decode(b) : decodeText(CODE_PAGE, b);
}

interface TaggedValue {
  readonly tag: number;
  readonly value: unknown;
}

function isTagged(value: object): value is TaggedValue {
  return "tag" in value && "value" in value;
}

/** A copy of a record in which the strings of properties are decoded according to their types. */
function readable(value: unknown): object {
  if (Array.isArray(value)) return value.map((part) => (typeof part === "object" && part !== null ? readable(part) : part));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value as object;
  if (isTagged(value)) return { tag: value.tag, value: readableText(propertyType(value.tag), value.value) };
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, typeof part === "object" && part !== null ? readable(part) : part]),
  );
}

function readableText(type: number, value: unknown): unknown {
  const wide = type === PT_UNICODE || type === PT_MV_UNICODE;
  if (!wide && type !== PT_STRING8 && type !== PT_MV_STRING8) return value;
  if (Array.isArray(value)) return value.map((one) => JSON.stringify(decode(one, wide)));
  return value instanceof Uint8Array ? JSON.stringify(decode(value, wide)) : value;
}

const nspi = defineInterface({ name: "nspi", title: "Exchange 5.5 Name Service Provider", specification: "MS-OXNSPI", calls: NSPI_CALLS });
const rfr = defineInterface({ name: "rfr", title: "Exchange Directory Referral", specification: "MS-OXABREF", calls: RFR_CALLS });

export const NSPI = nspi.protocol;
export const RFR = rfr.protocol;
/** Fields that the Info column of DCE/RPC reads. */
export const DIRECTORY_FIELDS = { nspi: nspi.opnum, rfr: rfr.opnum };
