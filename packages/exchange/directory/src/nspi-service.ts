/** NSPI over an address book (MS-OXNSPI 3.1.4.1). */

import { NCA_S_FAULT } from "@pushback/dcerpc";
import { NSPI_HANDLERS } from "./nspi-handlers.ts";
import { NspiHandles } from "./nspi-handles.ts";
import type { DirectoryAnswer, DirectoryCaller } from "./served-call.ts";

/** Answers NSPI calls (MS-OXNSPI) on an address book, with a context handle per bind. */
export class NspiService extends NspiHandles {
  /** The stub is only read. An opnum beyond the last draws nca_s_op_rng_error. */
  call(caller: DirectoryCaller, opnum: number, stub: Uint8Array, littleEndian: boolean): DirectoryAnswer {
    const handler = NSPI_HANDLERS[opnum];
    return handler ? handler.answer(this, caller, stub, littleEndian) : NCA_S_FAULT.OP_RNG_ERROR;
  }
}
