/** Asks a server's endpoint mapper where an interface listens. */

import {
  EPM_PORT,
  EPM_SYNTAX,
  EPT_S_NOT_REGISTERED,
  emitEptMapRequest,
  OP_EPT_MAP,
  parseEptMapResponse,
  type SyntaxId,
} from "@pushback/dcerpc";
import type { Host, Ipv4Address, TcpEndCause } from "@pushback/host";
import { EMSMDB_SYNTAX } from "@pushback/mapi";
import { RpcConnection } from "./rpc-connection.ts";

/** max_towers of the request: the number that Outlook sends. */
const MAX_TOWERS = 4;

/** Callbacks of `mapEndpoint`; exactly one of them is called, once. */
export interface MapEndpointHandlers {
  onMapped(port: number): void;
  /** The endpoint mapper answered without a port; `code` is its status, or `null` if the response could not be parsed. */
  onFailed(code: number | null): void;
  /** The connection ended before the response arrived. */
  onLost(cause: TcpEndCause): void;
}

/** Makes one ept_map call on a new connection and closes it. Calls exactly one of the handlers, or none after `cancel`. */
export function mapEndpoint(
  host: Host,
  address: Ipv4Address,
  handlers: MapEndpointHandlers,
  port = EPM_PORT,
  interfaceId: SyntaxId = EMSMDB_SYNTAX,
): { cancel(): void } {
  let settled = false;
  function settle(then: () => void): void {
    if (settled) return;
    settled = true;
    connection.close();
    then();
  }
  const connection = new RpcConnection(
    host,
    { address, port, syntax: EPM_SYNTAX, authenticator: null, keepAlive: null },
    {
      onBound: () => {
        const request = emitEptMapRequest({ tower: { interfaceId, port: 0, address: 0 }, maxTowers: MAX_TOWERS });
        connection.call(OP_EPT_MAP, request, (answer) => {
          if (!answer.ok) return settle(() => handlers.onFailed(answer.status));
          const response = parseEptMapResponse(answer.stub, answer.littleEndian);
          const port = response?.status === 0 ? response.towers[0]?.port : undefined;
          if (port) settle(() => handlers.onMapped(port));
          else settle(() => handlers.onFailed(response ? response.status || EPT_S_NOT_REGISTERED : null));
        });
      },
      onRefused: (reason) => settle(() => handlers.onFailed(reason)),
      onClosed: (cause) => settle(() => handlers.onLost(cause)),
    },
  );
  return { cancel: () => settle(() => {}) };
}
