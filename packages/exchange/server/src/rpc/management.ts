/** Answers the remote management interface on an association. */

import {
  emitInqIfIdsResponse,
  emitInqPrincNameResponse,
  emitInqStatsResponse,
  emitIsServerListeningResponse,
  emitStopServerListeningResponse,
  MANAGEMENT_OP,
  MANAGEMENT_SYNTAX,
  NCA_S_FAULT,
  parseInqPrincNameRequest,
  parseInqStatsRequest,
  RPC_S_UNKNOWN_AUTHN_SERVICE,
  type RpcStatistics,
  type SyntaxId,
} from "@pushback/dcerpc";

/** A caller's largest buffer for a principal name that is echoed. */
const MAX_NAME_BYTES = 4096;

/** The response's stub, or the status of a fault. */
export function callManagement(
  served: readonly SyntaxId[],
  statistics: RpcStatistics,
  opnum: number,
  stub: Uint8Array,
  littleEndian: boolean,
): Uint8Array | number {
  switch (opnum) {
    case MANAGEMENT_OP.inq_if_ids:
      return emitInqIfIdsResponse([...served, MANAGEMENT_SYNTAX]);
    case MANAGEMENT_OP.inq_stats: {
      const room = parseInqStatsRequest(stub, littleEndian);
      return room === null ? NCA_S_FAULT.BAD_STUB_DATA : emitInqStatsResponse(room, statistics);
    }
    case MANAGEMENT_OP.is_server_listening:
      return emitIsServerListeningResponse();
    case MANAGEMENT_OP.stop_server_listening:
      return emitStopServerListeningResponse(NCA_S_FAULT.ACCESS_DENIED);
    default: {
      const size = parseInqPrincNameRequest(stub, littleEndian);
      // This server registers no principal name.
      return size === null || size > MAX_NAME_BYTES
        ? NCA_S_FAULT.BAD_STUB_DATA
        : emitInqPrincNameResponse(size, RPC_S_UNKNOWN_AUTHN_SERVICE);
    }
  }
}
