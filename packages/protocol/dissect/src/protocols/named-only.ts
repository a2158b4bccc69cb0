/** Dissectors for protocols that are recognised, but whose fields are not decoded. */

import type { Protocol } from "../define-protocol.ts";
import type { Dissect } from "../dissection.ts";

/** Reports the protocol's presence and extent only. `protocol` is a function because the protocol is declared with the result. */
export function nameOnly(protocol: () => Protocol): Dissect {
  return (d, at, end) => {
    d.protocol(protocol(), at, end - at);
    d.close();
  };
}
