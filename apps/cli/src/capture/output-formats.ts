/** The names of the formats that captures are written in, as Wireshark's editcap has them. `capture-output.ts` writes them. */
export const OUTPUT_FORMAT_NAMES = [
  "pcapng",
  "pcap",
  "nsecpcap",
  "netmon1",
  "netmon2",
  "ngsniffer",
  "ngwsniffer_1_1",
  "ngwsniffer_2_0",
] as const;

export type OutputFormatName = (typeof OUTPUT_FORMAT_NAMES)[number];
