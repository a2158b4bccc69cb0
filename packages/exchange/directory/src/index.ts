export { AddressBook, type DirectorySettings, type TextCodec, type UserToList } from "./address-book.ts";
export { NSPI_HANDLERS } from "./nspi-handlers.ts";
export { NspiService } from "./nspi-service.ts";
export { prepareDirectory } from "./prepare.ts";
export { callRfr, RFR_HANDLERS } from "./rfr-service.ts";
export type { DirectoryAnswer, DirectoryCaller } from "./served-call.ts";
