/** The part of docs/SERVE.md on calls of EMSMDB and the directory, and on ROPs, written from their declarations: `pnpm --filter @pushback/server document`. */

import { NSPI_HANDLERS, RFR_HANDLERS } from "@pushback/directory";
import { EMSMDB_LAST_OPNUM, EMSMDB_OP, LATER_EMSMDB_OP, NOTICES, ROPS, SEEN_LIVE, UNSUPPORTED_ROPS } from "@pushback/mapi";
import { createRopService } from "../dispatch/rop-handlers.ts";
import { DEFAULT_EXCHANGE_VERSION, EXCHANGE_VERSIONS } from "../exchange-version.ts";

/** The part begins and ends with these lines. */
const BEGIN = "<!-- calls and ROPs: written by `pnpm --filter @pushback/server document` -->";
const END = "<!-- end of calls and ROPs -->";

/** Calls of EMSMDB that a genuine 5.5 client made. */
const CALLS_SEEN_LIVE: readonly string[] = ["EcDoConnect", "EcDoRpc", "EcRRegisterPushNotification"];

/** Calls whose answers have no contents, with a remark for the table. */
const EMPTY_ANSWERS: Readonly<Record<string, string>> = {
  EcGetMoreRpc: "done: there is never more",
  EcRGetDCName: "refused: no domain controller is known",
  EcRNetGetDCName: "refused: no domain controller is known",
};

function callRows(): string[] {
  const known = Object.entries(EMSMDB_OP).map(([name, opnum]) => {
    const since = CALLS_SEEN_LIVE.includes(name) ? "5.5, seen live" : "not known; taken for 4.0";
    return `| ${opnum} | ${name} | ${EMPTY_ANSWERS[name] ?? "done"} | ${since} |`;
  });
  const later = Object.entries(LATER_EMSMDB_OP).map(([name, { opnum, since }]) => {
    if (opnum <= EMSMDB_LAST_OPNUM) throw new RangeError(`${name} is served`);
    return `| ${opnum} | ${name} | refused: nca_s_op_rng_error | ${since} |`;
  });
  return [...known, ...later];
}

/** Calls of NSPI that a genuine 5.5 client made. */
const DIRECTORY_CALLS_SEEN_LIVE: readonly string[] = ["NspiBind"];

function directoryRows(): string[] {
  const of = (handlers: readonly { name: string; opnum: number; outcome: string; note: string }[], source: string) =>
    handlers.map(({ name, opnum, outcome, note }) => {
      const described = DIRECTORY_CALLS_SEEN_LIVE.includes(name) ? "5.5, seen live" : source;
      return `| ${opnum} | ${name} | ${outcome}${note ? `: ${note}` : ""} | ${described} |`;
    });
  return [...of(NSPI_HANDLERS, "MS-OXNSPI"), ...of(RFR_HANDLERS, "MS-OXABREF, later clients")];
}

function ropRows(): string[] {
  const { handlers } = createRopService([]);
  const seen: readonly string[] = SEEN_LIVE;
  const all = [...Object.values(ROPS), ...Object.values(NOTICES)].sort((a, b) => a.id - b.id);
  return all.map(({ name, id, kind }) => {
    const answer = kind === "notice" ? "sent where it is due" : handlers.has(name) ? "done" : "refused alone";
    const since = seen.includes(name) ? "5.5, seen live" : name in UNSUPPORTED_ROPS ? "later, or not known" : "MS-OXCROPS";
    return `| 0x${id.toString(16).padStart(2, "0")} | ${name} | ${answer} | ${since} |`;
  });
}

function versionRows(): string[] {
  return Object.entries(EXCHANGE_VERSIONS).map(([name, { serverVersion, isSeenLive, source }]) => {
    const best = isSeenLive ? "seen live" : "inferred";
    return `| ${name}${name === DEFAULT_EXCHANGE_VERSION ? " (default)" : ""} | ${serverVersion.join(", ")} | ${source} | the client's words (${best}) |`;
  });
}

/** The part as Markdown, with its first and last line. */
function ropTable(): string {
  const { handlers } = createRopService([]);
  return `${BEGIN}
| \`--exchange-version\` | rgwServerVersion | source | rgwBestVersion |
|---|---|---|---|
${versionRows().join("\n")}

| opnum | EMSMDB call | answer | genuine servers have it since |
|---|---|---|---|
${callRows().join("\n")}

| opnum | directory call | answer | known from |
|---|---|---|---|
${directoryRows().join("\n")}

${handlers.size} ROPs of MS-OXCROPS are carried out. The others are refused alone, with MAPI_E_NO_SUPPORT, and the rest of their buffer goes on. Only an id that
MS-OXCROPS does not have, or a request that is cut off, fails its buffer. A property of a type that does not exist fails its ROP; in a rule or a permission,
whose length nothing tells then, that ROP is the last of its buffer.

| RopId | ROP | answer | genuine servers have it since |
|---|---|---|---|
${ropRows().join("\n")}
${END}`;
}

/** Replaces this part of the page by a current one; throws a RangeError if the page lacks the part. */
export function withRopTable(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new RangeError(`the page lacks the lines ${BEGIN} and ${END}`);
  return page.slice(0, from) + ropTable() + page.slice(to + END.length);
}
