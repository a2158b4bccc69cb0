/** The endpoint mapper on port 135: a map of the server's interfaces and their ports. */

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
  type SyntaxId,
  type Tower,
} from "@pushback/dcerpc";
import type { Ipv4Address, TcpEndCause } from "@pushback/host";
import type { MailServerEvent } from "../events.ts";
import type { Association, CallAnswer, RpcInterface } from "./association.ts";

/** An interface in the map. */
export interface MappedInterface {
  readonly syntax: SyntaxId;
  /** Annotation of the map entry; ASCII. */
  readonly annotation: string;
  /** TCP port of the interface; 0 while the interface does not listen. */
  readonly port: () => number;
}

export class EndpointMapper implements RpcInterface {
  readonly syntax = EPM_SYNTAX;
  readonly lastOpnum = EPM_LAST_OPNUM;
  readonly #mapped: readonly MappedInterface[];
  readonly #emit: (event: MailServerEvent) => void;

  constructor(mapped: readonly MappedInterface[], emit: (event: MailServerEvent) => void) {
    this.#mapped = mapped;
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
    const address = association.connection.localAddress;
    const found = this.#mapped
      .filter(({ syntax, port }) => port() !== 0 && request.matches(syntax))
      .slice(0, request.maxEntries)
      .map(({ syntax, annotation, port }) => ({ tower: { interfaceId: syntax, port: port(), address }, annotation }));
    return emitEptLookupResponse(request.maxEntries, found);
  }

  #find(asked: Tower, address: Ipv4Address): Tower | null {
    const { uuid, versionMajor, versionMinor } = asked.interfaceId;
    const known = this.#mapped.find(
      ({ syntax }) => uuid === syntax.uuid && versionMajor === syntax.versionMajor && versionMinor <= syntax.versionMinor,
    );
    const port = known?.port() ?? 0;
    return known && port ? { interfaceId: known.syntax, port, address } : null;
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
