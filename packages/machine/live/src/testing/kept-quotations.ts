/**
 * Short quotations of the documents that facts cite and that no Debian package ships: what each says about a value, word for word, with line breaks as
 * spaces. Where a folder with the articles' texts is at hand, `PUSHBACK_ARTICLES=FOLDER` makes the test of the facts compare them.
 * Rows of xprobe2.conf, of nmap's first database and of p0f 2 stand as those files have them; captures and tables are measured values.
 */

import type { DocumentId } from "@pushback/host";

/** Section, parameter or row of the document; what stands there. */
type Quotations = Readonly<Record<string, string>>;

export const KEPT_QUOTATIONS: Readonly<Partial<Record<DocumentId, Quotations>>> = {
  Q96198: {
    TCPKEEPALIVE: "Default: 600 seconds",
    TCPCONNTIMEOUT: "Default: 30 seconds",
    TCPRETRIES: "5th retry:     8 seconds | 8th retry:    20 seconds | Default: 8 (About 1 minute total)",
  },
  Q99294: { SUMMARY: "must load under MS-DOS" },
  Q113576: {
    "Windows NT 3.5x": "the backlog limit has been increased to 100",
    "Windows NT Server version 4.0": "the backlog limit has been increased to 200",
  },
  Q120599: {
    "MORE INFORMATION":
      "At system startup, when the IP protocol initializes, it sends an ARP request | The younger computer realizes its mistake, and broadcasts a corrective ARP",
    trace: "ARP_RARP: Target's Hardware Address = FFFFFFFFFFFF",
    "Windows NT version 4.0 Service Pack 3": 'The "older" computer will send an ARP broadcast with its own MAC address',
  },
  Q123077: { SYMPTOMS: "command from a real mode MS-DOS command prompt, one of the following problems occurs" },
  Q136970: {
    "PMTU Discovery Overview": "Windows NT 3.5 and 3.51 use PMTU discovery as described in RFC1191",
    EnablePMTUBHDetect: "0",
  },
  Q139415: { ArpCacheLife: "2 minute time-out on unused entries | 10 minute time-out on used entries" },
  Q140325: { "half-open connection": "crashed client never called shutdown or closesocket" },
  Q140552: {
    TcpMaxConnectRetransmissions:
      "Default: 3 | the number of times TCP will retransmit a connect request (SYN) before aborting the attempt | The retransmission timeout is doubled with each successive retransmission | The initial timeout value is three seconds",
    TcpMaxDataRetransmissions: "Default: 5",
    TcpWindowSize: "8192 rounded up to an even multiple of the network TCP data size",
  },
  Q147706: {
    SUMMARY: "Windows NT clients currently send both authentication types",
    LMCompatibilityLevel: "servers that support only LM authentication, such as Windows 95 and Windows for Workgroups",
  },
  Q149280: { SYMPTOMS: "Windows 3.x Exchange client with Windows 3.1 and the real mode" },
  Q149532: { TcpTimedWaitDelay: "Default: 0xF0 (240 decimal)" },
  Q156711: {
    SYMPTOMS: "poll for new messages every 60 seconds",
    CAUSE:
      "communicates with the Microsoft Exchange Server once an hour to ensure that communication | sized at 15 characters, the maximum size of a NetBIOS computer name | When Windows NT calls gethostname(), it always returns a simple host name",
  },
  Q157740: { "AUTOEXEC.BAT": "LOAD TCPIP", "PROTOCOL.INI": "TCPSEGMENTSIZE  = 1450 | TCPWINDOWSIZE   = 1450" },
  Q158474: {
    DefaultTTL: "32",
    KeepAliveInterval: "1000",
    KeepAliveTime: "7,200,000",
    MaxDataRetries: "5",
    PMTUBlackHoleDetect: "0",
    PMTUDiscovery: "1",
  },
  Q159302: {
    "APPLIES TO":
      "Microsoft Exchange MS-DOS client, version 4.0 | Microsoft Exchange Windows 3.x client, version 4.0 | Microsoft Exchange Windows NT client, version 4.0 | Microsoft Exchange Windows 95/98 client, version 4.0 | Microsoft Exchange Macintosh client, version 4.0",
    "MORE INFORMATION": "no immediate way of knowing that the TCP/IP session is broken",
  },
  Q160053: { "PROTOCOL.INI": "TCPSEGMENTSIZE  = 1450 | TCPWINDOWSIZE   = 1450" },
  Q163330: { "Open Transport": "Load Only When Needed" },
  Q166750: { CAUSE: "Entries being referenced time out after 10 minutes" },
  Q169743: { SYMPTOMS: "automatically receive new mail" },
  Q170791: {
    SYMPTOMS: "ports (more than 3976 simultaneously)",
    CAUSE: "four minutes for a closed connection to be released",
  },
  Q174929: {
    CAUSE: "do not respond to an address resolution protocol (ARP) request when the ARP sender's IP address is 0.0.0.0",
    STATUS: "This problem was first corrected in Windows NT 4.0",
    "Windows 95": "The system has detected a conflict for IP address",
  },
  Q175523: {
    "MORE INFORMATION": "this value defaults to 3 extra times | wait for the base connection's time-out value",
  },
  Q183786: {
    SYMPTOMS: "powered off and on or restarted",
    KeepAliveTime: "Default: 7,200,000 (two hours)",
    KeepAliveInterval: "Default: 1000 (one second)",
  },
  Q186463: {
    SYMPTOMS: "may be responding to Address Mask requests",
    STATUS: "first corrected in Windows NT 4.0 Service Pack 4",
  },
  Q194952: { ephemeral: "port range from 1024 to 5000 | taken from the low end of the range first" },
  Q199773: { SUMMARY: "2 more times after .5 and 1 second intervals" },
  Q219885: { EnableQuickReboot: "does not shut down the computer gracefully" },
  Q221508: { SYMPTOMS: "this occurs approximately every 70 seconds" },
  Q239818: { KeQuerySystemTime: "an increment value of approximately 100,000 (100000 x 100-nanoseconds = 10 milliseconds)" },
  Q239869: { SUMMARY: "The LM variant allows interoperability with the installed base of Windows 95 clients and servers" },
  ntServicePorts: { "RPC endpoint mapper": "TCP 135", "NetBIOS over TCP/IP": "UDP 137, UDP 138, TCP 139" },
  n15463: { "minimum RTO": "1 s" },
  TA34902: { DF: "set unless the datagram exceeds the MTU" },
  TA36540: { "": "only active when an application requiring MacTCP is active" },
  rfc1191: { "section 6.3": "10 minutes" },

  nmap1MacTcp: {
    T1: "DF=N%W=192F|2D25%ACK=S++%Flags=AS%Ops=M",
    T3: "Resp=Y%DF=N%W=0%ACK=O%Flags=A%Ops=",
    T4: "DF=N%W=400|800|C00|1000%ACK=O%Flags=R",
    T5: "DF=N%W=400|800|C00|1000%ACK=S++%Flags=AR",
    T6: "DF=N%W=400|800|C00|1000%ACK=O%Flags=R",
    T7: "DF=N%W=400|800|C00|1000%ACK=S++%Flags=AR",
    PU: "DF=N%TOS=0%IPLEN=38%RIPTL=148%RIPCK=E%UCK=E%ULEN=134%DAT=E",
  },
  nmap1Wfw: {
    T1: "DF=Y%W=2017%Ops=M",
    T4: "DF=N%W=0%ACK=S%Flags=R",
    PU: "DF=N%TOS=0%IPLEN=38%RIPTL=148%RID=E%RIPCK=E%UCK=E%ULEN=134%DAT=E",
  },
  nmap1Family: {
    T2: "DF=N%W=0%ACK=S%Flags=AR",
    T4: "W=0%ACK=S++|O%Flags=R",
    PU: "DF=N%TOS=0%IPLEN=38%RIPTL=148%RID=E%RIPCK=E%UCK=E|F%ULEN=134%DAT=E",
  },
  nmap1Mac: { PU: "DF=Y%TOS=0%IPLEN=70%RIPTL=148%RID=E%RIPCK=E%UCK=E%ULEN=134%DAT=E" },
  xprobe95: {
    icmp_unreach_reply_ttl: "<32",
    icmp_unreach_echoed_dtsize: "8",
    icmp_unreach_echoed_ip_cksum: "OK",
    icmp_addrmask_reply: "y",
    icmp_timestamp_reply: "n",
    tcp_syn_ack_window_size: "8760",
    tcp_syn_ack_options_order: "MSS",
  },
  xprobe98: {
    icmp_unreach_reply_ttl: "<128",
    icmp_unreach_echoed_dtsize: "8",
    icmp_unreach_echoed_ip_cksum: "OK",
    icmp_addrmask_reply: "y",
    icmp_timestamp_reply: "y",
    tcp_syn_ack_ttl: "<128",
    tcp_syn_ack_window_size: "8760",
    tcp_syn_ack_options_order: "MSS NOP NOP SACK",
  },
  xprobeNt4: {
    icmp_unreach_precedence_bits: "0",
    icmp_unreach_echoed_udp_cksum: "OK",
    icmp_unreach_echoed_ip_id: "OK",
    icmp_unreach_echoed_total_len: "OK",
    icmp_unreach_echoed_3bit_flags: "OK",
    icmp_info_reply: "n",
    tcp_syn_ack_df: "1",
    tcp_rst_df: "0",
    icmp_unreach_reply_ttl: "<128",
    icmp_unreach_df_bit: "0",
    icmp_unreach_echoed_dtsize: "8",
    icmp_unreach_echoed_ip_cksum: "OK",
    icmp_addrmask_reply: "y",
    icmp_timestamp_reply: "n",
    tcp_syn_ack_window_size: "8760",
    tcp_syn_ack_options_order: "MSS",
  },
  xprobeMac9: {
    icmp_echo_df_bit: "1",
    icmp_echo_code: "!0",
    icmp_info_reply: "n",
    icmp_unreach_echoed_ip_cksum: "OK",
    icmp_unreach_echoed_udp_cksum: "OK",
    icmp_unreach_reply_ttl: "<255",
    icmp_unreach_df_bit: "1",
    icmp_unreach_echoed_dtsize: "64",
    icmp_addrmask_reply: "y",
    icmp_timestamp_reply: "n",
  },
  p0fMac85Reset: { tcp_disconnect: "32768:255:1:54:.:D" },
  p0fMac9Reset: { "No TCP/No listener": "0:255:1:58:.:D" },
  ttlTable: {
    WfW: "TCP 32, UDP 32",
    "Windows 95": "TCP 32, UDP 32",
    "Windows NT 3.51": "TCP 32, UDP 32",
    "Windows NT 4.0": "TCP 128, UDP 128",
    "MacOS/MacTCP 2.0.x": "TCP 60, UDP 60",
  },
  tosStudy: { "WfW 3.11": "0", "Windows 98": "copied", "NT 4.0": "copied", "Mac OS 8": "copied", "Mac OS 9": "copied" },

  windows98Boot: { UDP: "TTL 128, DF 0; NetBIOS name registrations" },
  gnutella: { "unanswered SYN": "0, 3, 9, 21 s", "refused connects": "96 of 98 show 4 SYNs, 0.5–0.6 s apart" },
  mms: {
    ISN: "about 230,000 a second plus about 40,000 a connection",
    "first flight after the handshake": "2 segments",
    "delayed ACK": "on a 100 ms tick: 100 to 200 ms",
  },
  imap: { UDP: "DF 0", "UDP 1350 to 1056": "8 bytes", "delayed ACK": "100 to 200 ms" },
  exchange55: {
    "order of calls": "NspiBind before EcDoConnect",
    "EcRRegisterPushNotification cbContext": "8",
    "EcDoConnect ulCpid": "1252",
    "EcDoConnect ulLcidString": "0x409",
  },
};
