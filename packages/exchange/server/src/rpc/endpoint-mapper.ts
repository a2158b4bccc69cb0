/** The endpoint mapper on port 135: it knows one interface, EMSMDB, and where it listens. */

import {
  EPM_LAST_OPNUM,
  EPM_SYNTAX,
  EPT_S_NOT_REGISTERED,
  emitEptLookupResponse,
  emitEptMapResponse,
  NCA_S_FAULT,
  OP_EPT_LOOKUP,
  OP_EPT_MAP,
  parseEptLookupRequest,
  parseEptMapRequest,
  type Tower,
} from "@pushback/dcerpc";
import type { Ipv4Address, TcpEndCause } from "@pushback/host";
import { EMSMDB_SYNTAX } from "@pushback/mapi";
import type { MailServerEvent } from "../events.ts";
import type { Association, CallAnswer, RpcInterface } from "./association.ts";

/** How an entry of the map names the store's interface to people. */
const ANNOTATION = "MS Exchange Information Store";

export class EndpointMapper implements RpcInterface {
  readonly syntax = EPM_SYNTAX;
  readonly lastOpnum = EPM_LAST_OPNUM;
  readonly #emsmdbPort: () => number;
  readonly #emit: (event: MailServerEvent) => void;

  /** `emsmdbPort` gives 0 while EMSMDB does not listen. */
  constructor(emsmdbPort: () => number, emit: (event: MailServerEvent) => void) {
    this.#emsmdbPort = emsmdbPort;
    this.#emit = emit;
  }

  /** ept_lookup and ept_map; the mapper refuses all other operations. */
  call(association: Association, opnum: number, stub: Uint8Array, littleEndian: boolean): CallAnswer {
    if (opnum === OP_EPT_LOOKUP) return this.#lookUp(association, stub, littleEndian);
    if (opnum !== OP_EPT_MAP) return NCA_S_FAULT.OP_RNG_ERROR;
    const request = parseEptMapRequest(stub, littleEndian);
    if (!request) return NCA_S_FAULT.BAD_STUB_DATA;
    const { maxTowers } = request;
    const found = maxTowers > 0 && request.tower ? this.#find(request.tower, association.connection.localAddress) : null;
    return emitEptMapResponse({ towers: found ? [found] : [], maxTowers, status: found ? 0 : EPT_S_NOT_REGISTERED });
  }

  #lookUp(association: Association, stub: Uint8Array, littleEndian: boolean): CallAnswer {
    const request = parseEptLookupRequest(stub, littleEndian);
    if (!request) return NCA_S_FAULT.BAD_STUB_DATA;
    const port = this.#emsmdbPort();
    const found = port !== 0 && request.maxEntries > 0 && request.matches(EMSMDB_SYNTAX);
    const tower = { interfaceId: EMSMDB_SYNTAX, port, address: association.connection.localAddress };
    return emitEptLookupResponse(request.maxEntries, found ? [{ tower, annotation: ANNOTATION }] : []);
  }

  #find(asked: Tower, address: Ipv4Address): Tower | null {
    const port = this.#emsmdbPort();
    const { uuid, versionMajor, versionMinor } = asked.interfaceId;
    const known = uuid === EMSMDB_SYNTAX.uuid && versionMajor === EMSMDB_SYNTAX.versionMajor && versionMinor <= EMSMDB_SYNTAX.versionMinor;
    return known && port ? { interfaceId: EMSMDB_SYNTAX, port, address } : null;
  }

  holds(): boolean {
    return false;
  }

  closed(association: Association, cause: TcpEndCause): void {
    this.#emit({ type: "association-closed", association: association.id, cause });
  }

  faulted(association: Association, what: string, status: number | null): void {
    this.#emit({ type: "fault", association: association.id, what, status });
  }
}
