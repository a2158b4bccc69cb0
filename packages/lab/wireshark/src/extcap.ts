/**
 * What an extcap program tells Wireshark (Wireshark User's Guide, "Extcap: External Capture Interface"): its interfaces, their link type, and the
 * settings of a capture. An interface is a run of a scenario: the frames of its analyzer, at the run's pace.
 */

/** Settings of a run that a Wireshark user chooses. */
export interface ExtcapSetting {
  /** The option on the extcap program's command line, such as `--seed`. */
  readonly call: string;
  readonly title: string;
  readonly tooltip: string;
  readonly type: "selector" | "string" | "double" | "fileselect";
  /** The value where the user chooses none; left out: none. */
  readonly initial?: string;
  /** Values of a selector, each with its title. */
  readonly choices?: readonly { readonly value: string; readonly title: string }[];
}

/** An interface that the extcap program offers to Wireshark. */
export interface ExtcapInterface {
  /** Name of the interface on the command line of tshark and dumpcap. */
  readonly name: string;
  readonly title: string;
}

/** LINKTYPE_ETHERNET, as the tcpdump group numbers it. */
const ETHERNET = 1;

/** Replaces braces and line breaks in a value, because an extcap sentence puts each value between braces. */
const plain = (text: string): string => text.replaceAll(/[{}\r\n]/g, " ");

const sentence = (kind: string, ...parts: readonly (readonly [string, string])[]): string =>
  `${kind} ${parts.map(([key, value]) => `{${key}=${plain(value)}}`).join("")}`;

/** Answer to `--extcap-interfaces`. */
export function extcapInterfaces(version: string, interfaces: readonly ExtcapInterface[]): string {
  return lines([
    sentence("extcap", ["version", version], ["display", "Pushback"]),
    ...interfaces.map(({ name, title }) => sentence("interface", ["value", name], ["display", title])),
  ]);
}

/** Answer to `--extcap-dlts`. */
export function extcapLinkTypes(): string {
  return lines([sentence("dlt", ["number", String(ETHERNET)], ["name", "EN10MB"], ["display", "Ethernet"])]);
}

/** Answer to `--extcap-config`. */
export function extcapConfig(settings: readonly ExtcapSetting[]): string {
  return lines(
    settings.flatMap(({ call, title, tooltip, type, initial, choices }, number) => {
      const head = sentence(
        "arg",
        ["number", String(number)],
        ["call", call],
        ["display", title],
        ["tooltip", tooltip],
        ["type", type],
        ...(type === "fileselect" ? [["mustexist", "true"] as const] : []),
        ...(initial !== undefined && !choices ? [["default", initial] as const] : []),
      );
      const values = (choices ?? []).map((choice) =>
        sentence(
          "value",
          ["arg", String(number)],
          ["value", choice.value],
          ["display", choice.title],
          ["default", String(choice.value === initial)],
        ),
      );
      return [head, ...values];
    }),
  );
}

const lines = (all: readonly string[]): string => `${all.join("\n")}\n`;
