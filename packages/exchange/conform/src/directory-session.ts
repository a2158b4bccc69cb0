/** Client side of the directory cases: a connection to NSPI or RFR, its calls by their declarations. */

import { emitCallRequest, parseCallResponse, type RequestOf, type ResponseOf, type RpcCall, type Stat } from "@pushback/nspi";
import { type ConformConnection, type ConformTarget, codeText, NotConforming } from "./session.ts";

const ZERO = { SortType: 0, ContainerID: 0, CurrentRec: 0, Delta: 0, NumPos: 0, TotalRecs: 0 } as const;

export class DirectorySession {
  readonly connection: ConformConnection;
  readonly #target: ConformTarget;
  /** The handle of NspiBind. */
  hRpc: Uint8Array = new Uint8Array(20);
  /** The minimal entry id and the display name of the user, once they are known. */
  user: { readonly mid: number; readonly displayName: Uint8Array } | null = null;

  constructor(connection: ConformConnection, target: ConformTarget) {
    this.connection = connection;
    this.#target = target;
  }

  stat(fields: Partial<Stat> = {}): Stat {
    const { codePage, locale } = this.#target.habits;
    return { ...ZERO, CodePage: codePage, TemplateLocale: locale, SortLocale: locale, ...fields };
  }

  /** The response, or the status of a fault. */
  async tryCall<C extends RpcCall>(call: C, request: RequestOf<C>): Promise<ResponseOf<C> | number> {
    const answer = await this.connection.call(call.opnum, emitCallRequest(call, request));
    if (typeof answer === "number") return answer;
    const response = parseCallResponse(call, answer);
    if (!response) throw new NotConforming(`${call.name}: the answer does not unmarshal`);
    return response;
  }

  /** The response. Throws a NotConforming if the call is answered with a fault, or with bytes that do not unmarshal. */
  async call<C extends RpcCall>(call: C, request: RequestOf<C>): Promise<ResponseOf<C>> {
    const answer = await this.tryCall(call, request);
    if (typeof answer === "number") throw new NotConforming(`${call.name}: fault ${codeText(answer)}`);
    return answer;
  }
}
