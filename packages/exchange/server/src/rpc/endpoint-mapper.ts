/** The endpoint mapper on port 135: it knows one interface, EMSMDB, and where it listens. */

import {
  EPM_LAST_OPNUM,
  EPM_SYNTAX,
  EPT_S_NOT_REGISTERED,
  emitEptMapResponse,
  NCA_S_FAULT,
  OP_EPT_MAP,
  parseEptMapRequest,
  type Tower,
} from "@pushback/dcerpc";
import type { Ipv4Address, TcpEndCause } from "@pushback/host";
import { EMSMDB_SYNTAX } from "@pushback/mapi";
import type { MailServerEvent } from "../events.ts";
import type { Association, CallAnswer, RpcInterface } from "./association.ts";

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

  /** ept_map; all other operations are beyond this mapper. */
  call(association: Association, opnum: number, stub: Uint8Array, littleEndian: boolean): CallAnswer {
    if (opnum !== OP_EPT_MAP) return NCA_S_FAULT.OP_RNG_ERROR;
    const request = parseEptMapRequest(stub, littleEndian);
    if (!request) return NCA_S_FAULT.BAD_STUB_DATA;
    const { maxTowers } = request;
    const found = maxTowers > 0 && request.tower ? this.#find(request.tower, association.connection.localAddress) : null;
    return emitEptMapResponse({ towers: found ? [found] : [], maxTowers, status: found ? 0 : EPT_S_NOT_REGISTERED });
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
