/** The BSD syslog protocol (RFC 3164), as a program outside the package would add it: this file, and one line where the list is made. */

import { decodeText } from "@pushback/bytes";
import { type Dissection, dec, defineProtocol, overUdp, type Protocol, summary, text } from "@pushback/dissect";

const PORT_SYSLOG = 514;
const SEVERITIES = { 0: "emergency", 1: "alert", 2: "critical", 3: "error", 4: "warning", 5: "notice", 6: "informational", 7: "debug" };

const F = {
  facility: dec("syslog.facility", "Facility", 8, { 0: "kernel", 2: "mail", 3: "system daemon" }),
  level: dec("syslog.level", "Level", 8, SEVERITIES),
  message: text("syslog.msg", "Message"),
};

export const SYSLOG: Protocol = defineProtocol({
  name: "syslog",
  title: "Syslog message",
  specification: "RFC 3164",
  fields: F,
  over: overUdp(PORT_SYSLOG),
  dissect: dissectSyslog,
  summary: summary({ facility: F.facility, level: F.level, message: F.message }, (v) =>
    v.has("level") ? `${v.name("facility")}.${v.name("level")}: ${v.text("message")}` : "",
  ),
  frameClass: null,
});

function dissectSyslog(d: Dissection, at: number, end: number): void {
  d.protocol(SYSLOG, at, end - at);
  const content = decodeText(1252, d.b, at, end - at);
  const [start, priority] = /^<(\d{1,3})>/.exec(content) ?? ["", ""];
  if (start !== "") {
    d.number(F.facility, Number(priority) >>> 3, at, start.length);
    d.number(F.level, Number(priority) & 7, at, start.length);
  }
  d.text(F.message, content.slice(start.length), at + start.length, end - at - start.length);
  d.close();
}
