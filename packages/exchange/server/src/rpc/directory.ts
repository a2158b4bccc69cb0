/** The directory's interfaces on an association: NSPI, whose context handles belong to the association's group, and referrals. */

import { formatIpv4 } from "@pushback/bytes";
import type { AddressBook, DirectoryCaller } from "@pushback/directory";
import { callRfr, NSPI_HANDLERS, NspiService, RFR_HANDLERS } from "@pushback/directory";
import type { TcpEndCause } from "@pushback/host";
import { NSPI_SYNTAX, RFR_SYNTAX } from "@pushback/nspi";
import type { MailServerEvent } from "../events.ts";
import type { Association, CallAnswer, RpcInterface } from "./association.ts";

/** Whether a caller may bind to NSPI; `account` is `null` for an anonymous caller. */
type MayBind = (account: string | null) => boolean;

function callerOf(association: Association, mayBind: MayBind): DirectoryCaller {
  const { account, group, connection } = association;
  return { owner: group ?? association, account, mayBind: mayBind(account), serverAddress: formatIpv4(connection.localAddress) };
}

export class Nspi implements RpcInterface {
  readonly syntax = NSPI_SYNTAX;
  readonly lastOpnum = NSPI_HANDLERS.length - 1;
  readonly #service: NspiService;
  readonly #mayBind: MayBind;
  readonly #emit: (event: MailServerEvent) => void;

  constructor(book: AddressBook, randomBytes: (len: number) => Uint8Array, mayBind: MayBind, emit: (event: MailServerEvent) => void) {
    this.#service = new NspiService(book, randomBytes);
    this.#mayBind = mayBind;
    this.#emit = emit;
  }

  call(association: Association, opnum: number, stub: Uint8Array, littleEndian: boolean): CallAnswer {
    return this.#service.call(callerOf(association, this.#mayBind), opnum, stub, littleEndian);
  }

  holds({ group }: Association): boolean {
    return group !== null && this.#service.holds(group);
  }

  closed(association: Association, cause: TcpEndCause): void {
    this.#emit({ type: "association-closed", association: association.id, cause });
    const { group } = association;
    if (group && group.members.size === 0) this.#service.release(group);
  }

  faulted(association: Association, what: string, status: number | null): void {
    this.#emit({ type: "fault", association: association.id, what, status });
  }
}

export class Rfr implements RpcInterface {
  readonly syntax = RFR_SYNTAX;
  readonly lastOpnum = RFR_HANDLERS.length - 1;
  readonly #book: AddressBook;

  constructor(book: AddressBook) {
    this.#book = book;
  }

  /** Referrals need no authentication: the endpoint mapper gives the same information. */
  call(association: Association, opnum: number, stub: Uint8Array, littleEndian: boolean): CallAnswer {
    return callRfr(
      this.#book,
      callerOf(association, () => false),
      opnum,
      stub,
      littleEndian,
    );
  }

  holds(): boolean {
    return false;
  }

  closed(): void {}

  faulted(): void {}
}
