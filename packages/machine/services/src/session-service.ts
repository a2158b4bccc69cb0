/** The NetBIOS session service of one machine (RFC 1002 section 4.3): sessions are accepted for its names, and nothing speaks in them. */

import { getU16be } from "@pushback/bytes";
import type { Host, TcpConnection, TcpHandlers } from "@pushback/host";
import { decodeName, ENCODED_NAME_BYTES, netbiosName, SUFFIX_SERVER, SUFFIX_WORKSTATION, sameName } from "./netbios-name.ts";

const TYPE_SESSION_REQUEST = 0x81;
const TYPE_POSITIVE_RESPONSE = 0x82;
const TYPE_NEGATIVE_RESPONSE = 0x83;
const TYPE_KEEP_ALIVE = 0x85;
const HEADER_BYTES = 4;
/** Called name not present; unspecified error (RFC 1002 section 4.3.4). */
const ERROR_NOT_PRESENT = 0x82;
const ERROR_UNSPECIFIED = 0x8f;

/** Listens on `port`. A session request for a name of the machine's gets a positive response, any other a negative one and the end of the connection. */
export function openSessionService(host: Host, port: number): void {
  const names = [netbiosName(host.name, SUFFIX_WORKSTATION), netbiosName(host.name, SUFFIX_SERVER)];
  host.listenTcp(port, { onAccept: (connection) => new Session(connection, names) });
}

class Session implements TcpHandlers {
  readonly #connection: TcpConnection;
  readonly #names: readonly Uint8Array[];
  /** The request so far: it is at most as long as two encoded names. */
  readonly #request = new Uint8Array(HEADER_BYTES + 2 * ENCODED_NAME_BYTES);
  #len = 0;
  #isOpen = false;
  /** Bytes of a keep-alive that have come. */
  #keepAliveLen = 0;

  constructor(connection: TcpConnection, names: readonly Uint8Array[]) {
    this.#connection = connection;
    this.#names = names;
  }

  onData(b: Uint8Array, at: number, len: number): void {
    if (this.#isOpen) {
      this.#takeFollowing(b, at, at + len);
      return;
    }
    const before = this.#len;
    const take = Math.min(len, this.#request.length - before);
    this.#request.set(b.subarray(at, at + take), before);
    this.#len += take;
    if (this.#len < HEADER_BYTES) return;
    const [type, flags] = this.#request;
    const wanted = HEADER_BYTES + getU16be(this.#request, 2);
    if (type !== TYPE_SESSION_REQUEST || flags !== 0 || wanted > this.#request.length) this.#refuse(ERROR_UNSPECIFIED);
    else if (this.#len >= wanted) {
      this.#answer(wanted);
      // The segment that ends the request may hold what follows it.
      this.#takeFollowing(b, at + wanted - before, at + len);
    }
  }

  /** No program of the machine speaks in a session: what follows the request, but for keep-alives, ends it. */
  #takeFollowing(b: Uint8Array, from: number, end: number): void {
    for (let at = from; at < end; at++) {
      if (b[at] !== (this.#keepAliveLen === 0 ? TYPE_KEEP_ALIVE : 0)) {
        this.#connection.close();
        return;
      }
      this.#keepAliveLen = (this.#keepAliveLen + 1) % HEADER_BYTES;
    }
  }

  onEnd(): void {
    this.#connection.close();
  }

  onClosed(): void {}

  #answer(len: number): void {
    const called = decodeName(this.#request, HEADER_BYTES, len - HEADER_BYTES);
    const calling = decodeName(this.#request, HEADER_BYTES + ENCODED_NAME_BYTES, len - HEADER_BYTES - ENCODED_NAME_BYTES);
    if (called === null || calling === null) this.#refuse(ERROR_UNSPECIFIED);
    else if (!this.#names.some((name) => sameName(name, called))) this.#refuse(ERROR_NOT_PRESENT);
    else {
      this.#isOpen = true;
      this.#connection.send(Uint8Array.of(TYPE_POSITIVE_RESPONSE, 0, 0, 0));
    }
  }

  #refuse(error: number): void {
    this.#isOpen = true;
    this.#connection.send(Uint8Array.of(TYPE_NEGATIVE_RESPONSE, 0, 0, 1, error));
    this.#connection.close();
  }
}
