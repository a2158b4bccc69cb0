/** Which machine a port of a translating router's address stands for, by the router's events. */

import type { RecordedEvent } from "./recorded-event.ts";

type NatBound = Extract<RecordedEvent["event"], { readonly type: "nat-bound" }>;

/** Maps the translated endpoints that the server sees to the inside machines behind them. `Holder`: the caller's type for a machine. */
export class NatHolders<Holder> {
  /** Holders of each outside address and port, with the time from which each had it, in order. */
  readonly #spans = new Map<number, { readonly fromUs: number; readonly holder: Holder | undefined }[]>();

  /** Notes that `holder`, the machine with the binding's inside address, has the outside port from `atUs` on. */
  add(atUs: number, { protocol, outsideAddress, outsidePort }: NatBound, holder: Holder | undefined): void {
    if (protocol !== "tcp") return;
    const end = outsideAddress * 65_536 + outsidePort;
    const spans = this.#spans.get(end);
    if (spans) spans.push({ fromUs: atUs, holder });
    else this.#spans.set(end, [{ fromUs: atUs, holder }]);
  }

  /** The machine that had the port at `us`, or last before that; `undefined` if the port was never mapped. */
  find(address: number, port: number, us: number): Holder | undefined {
    return this.#spans.get(address * 65_536 + port)?.findLast(({ fromUs }) => fromUs <= us)?.holder;
  }
}
