/**
 * A connection to the server's directory: ept_map for NSPI, a bind without credentials, NspiBind; where that is refused, a second connection
 * with NTLM. An Exchange 5.5 client was seen to do the same (docs/SERVE.md, "The directory").
 */

import { type ClientAuthenticator, EPM_PORT, NCA_S_FAULT } from "@pushback/dcerpc";
import type { Host, Ipv4Address, TcpEndCause } from "@pushback/host";
import {
  emitCallRequest,
  NSPI_STATUS,
  NSPI_SYNTAX,
  NspiBind,
  NspiUnbind,
  parseCallResponse,
  type RequestOf,
  type ResponseOf,
  type RpcCall,
  type Stat,
} from "@pushback/nspi";
import { mapEndpoint } from "./map-endpoint.ts";
import { RpcConnection } from "./rpc-connection.ts";

export interface DirectorySettings {
  readonly serverAddress: Ipv4Address;
  /** The directory's port; the endpoint mapper is asked where it is left out. */
  readonly directoryPort?: number;
  readonly endpointMapperPort?: number;
  /** Creates the authenticator of one association; without it the client binds without a security trailer. */
  readonly createAuthenticator?: () => ClientAuthenticator;
  readonly codePage: number;
  readonly locale: number;
}

/** Step at which the directory failed: asking the endpoint mapper, the RPC bind, NspiBind, or a later call. */
export type DirectoryStep = "endpoint-map" | "bind" | "open" | "call";

export interface DirectoryHandlers {
  onOpen(directory: DirectoryConnection): void;
  /**
   * Called once if the directory does not open or a call fails; the connection is closed. `code`: a return value, the status of a fault, or the
   * reason of a refused bind; `null` where there was no answer or none that makes sense. `lost`: how the connection ended, if that is why.
   */
  onFailed(step: DirectoryStep, code: number | null, lost: TcpEndCause | null): void;
}

/** Every position 0: the first row of the global address list. */
const NEW_STAT = { SortType: 0, ContainerID: 0, CurrentRec: 0, Delta: 0, NumPos: 0, TotalRecs: 0 } as const;

export class DirectoryConnection {
  readonly #host: Host;
  readonly #settings: DirectorySettings;
  readonly #handlers: DirectoryHandlers;
  #mapping: { cancel(): void } | null = null;
  #rpc: RpcConnection | null = null;
  #step: DirectoryStep = "endpoint-map";
  #over = false;
  /** Called after NspiUnbind, even if that call fails: all results that the client needs have arrived by then. */
  #closing: (() => void) | null = null;
  /** The handle of NspiBind. */
  hRpc: Uint8Array = new Uint8Array(20);
  readonly pStat: Stat;

  constructor(host: Host, settings: DirectorySettings, handlers: DirectoryHandlers) {
    this.#host = host;
    this.#settings = settings;
    this.#handlers = handlers;
    const { codePage, locale, directoryPort, serverAddress, endpointMapperPort } = settings;
    this.pStat = { ...NEW_STAT, CodePage: codePage, TemplateLocale: locale, SortLocale: locale };
    if (directoryPort !== undefined) {
      this.#connect(directoryPort, null);
      return;
    }
    const handle = {
      onMapped: (port: number) => this.#connect(port, null),
      onFailed: (code: number | null) => this.#fail(code),
      onLost: (cause: TcpEndCause) => this.#fail(null, cause),
    };
    this.#mapping = mapEndpoint(host, serverAddress, handle, endpointMapperPort ?? EPM_PORT, NSPI_SYNTAX);
  }

  #connect(port: number, authenticator: ClientAuthenticator | null): void {
    this.#mapping = null;
    this.#step = "bind";
    const { serverAddress: address, createAuthenticator } = this.#settings;
    let left = false;
    const again = (code: number) => {
      if (authenticator !== null || createAuthenticator === undefined) return this.#fail(code);
      left = true;
      this.#rpc?.close();
      this.#connect(port, createAuthenticator());
    };
    this.#rpc = new RpcConnection(
      this.#host,
      { address, port, syntax: NSPI_SYNTAX, authenticator, keepAlive: null },
      {
        onBound: () => {
          this.#step = "open";
          this.call(NspiBind, { dwFlags: 0, pStat: this.pStat, pServerGuid: null }, ({ contextHandle, returnValue }) => {
            if (returnValue === NSPI_STATUS.LogonFailed) return again(returnValue);
            if (returnValue !== NSPI_STATUS.Success) return this.#fail(returnValue);
            this.#step = "call";
            this.hRpc = contextHandle;
            this.#handlers.onOpen(this);
          });
        },
        onRefused: again,
        onClosed: (cause) => {
          if (!left) this.#fail(null, cause);
        },
      },
    );
  }

  /** Makes a call. If it fails, `onFailed` is called instead of `then`. */
  call<C extends RpcCall>(one: C, request: RequestOf<C>, then: (response: ResponseOf<C>) => void): void {
    this.#rpc?.call(one.opnum, emitCallRequest(one, request), (answer) => {
      if (this.#over) return;
      if (!answer.ok) return this.#fail(answer.status);
      const response = parseCallResponse(one, answer.stub, answer.littleEndian);
      if (response) then(response);
      else this.#fail(NCA_S_FAULT.BAD_STUB_DATA);
    });
  }

  /** NspiUnbind, then closes the connection and calls back, also where NspiUnbind is refused. */
  close(then: () => void): void {
    this.#closing = then;
    this.call(NspiUnbind, { contextHandle: this.hRpc, Reserved: 0 }, () => {
      this.cancel();
      then();
    });
  }

  #fail(code: number | null, lost: TcpEndCause | null = null): void {
    if (this.#over) return;
    const step = this.#step;
    this.cancel();
    if (this.#closing !== null && lost === null) this.#closing();
    else this.#handlers.onFailed(step, code, lost);
  }

  /** Closes the connection; no handler is called afterwards. */
  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#mapping?.cancel();
    this.#rpc?.close();
  }
}
