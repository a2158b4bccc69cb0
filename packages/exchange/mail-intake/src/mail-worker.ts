/** The thread in which foreign mail is parsed; see `mail-parser.ts`. */

import { type IncomingMail, parseMail } from "./incoming-mail.ts";

export default function parse(bytes: Uint8Array): Promise<IncomingMail | null> {
  return parseMail(bytes);
}
