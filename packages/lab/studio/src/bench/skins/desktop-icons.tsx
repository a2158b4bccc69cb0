/** Icons of the desktops; the pictures are ours. */

import type { MachineState } from "../../lab/machine-state.ts";
import type { ShellIcon } from "./looks.ts";
import type { ScreenProps } from "./screen-props.ts";

const ICON_NAMES: Readonly<Record<ShellIcon, string>> = {
  computer: "My Computer",
  network: "Network Neighborhood",
  bin: "Recycle Bin",
  documents: "My Documents",
  briefcase: "My Briefcase",
  disk: "Macintosh HD",
  trash: "Trash",
};

/** Icons of 32×28 pixels, each as a list of SVG paths with their fill colours. */
const ICON_PICTURES: Readonly<Record<ShellIcon, readonly (readonly [d: string, fill: string])[]>> = {
  computer: [
    ["M5 2h22v16H5z", "#d5d5d5"],
    ["M8 5h16v10H8z", "#00807f"],
    ["M3 20h26v6H3zM22 23h4", "#d5d5d5"],
  ],
  network: [
    ["M16 12v8M7 24v-4h18v4", "none"],
    ["M9 1h14v11H9zM1 15h12v9H1zM19 15h12v9H19z", "#d5d5d5"],
    ["M11 3h10v6H11zM3 17h8v4H3zM21 17h8v4h-8z", "#00807f"],
  ],
  bin: [
    ["M7 8h18l-2 18H9z", "#e8efe8"],
    ["M5 5h22v3H5zM12 5V2h8v3", "#c8d4c8"],
    ["M12 12l1 10M16 12v10M20 12l-1 10", "none"],
  ],
  documents: [
    ["M2 5h10l2 3h16v18H2z", "#ffe08a"],
    ["M8 1h12l4 4v9H8z", "#fff"],
    ["M11 6h6M11 9h9", "none"],
  ],
  briefcase: [
    ["M3 9h26v16H3z", "#b5813f"],
    ["M11 9V4h10v5M3 16h26", "none"],
    ["M14 14h4v4h-4z", "#ffe08a"],
  ],
  disk: [
    ["M2 8h28v13H2z", "#d5d5d5"],
    ["M2 17h28M5 12h14", "none"],
    ["M24 18h3v2h-3z", "#2e8b57"],
  ],
  trash: [
    ["M8 7h16v20H8z", "#eee"],
    ["M6 4h20v3H6zM13 4V1h6v3", "#d5d5d5"],
    ["M12 10v14M16 10v14M20 10v14", "none"],
  ],
};

export function ShellIcons({ icons }: { readonly icons: readonly ShellIcon[] }) {
  return icons.map((icon) => (
    <div className="shell-icon" key={icon}>
      <svg viewBox="0 0 32 28" aria-hidden="true" shapeRendering="crispEdges">
        {ICON_PICTURES[icon].map(([d, fill]) => (
          <path key={d} d={d} fill={fill} stroke="#000" />
        ))}
      </svg>
      <span>{ICON_NAMES[icon]}</span>
    </div>
  ));
}

/** The mail client's icon: it logs on. */
export function MailIcon(props: { readonly machine: MachineState; readonly act: ScreenProps["act"]; readonly name: string }) {
  const { machine, act, name } = props;
  const canLogOn = machine.mail === "closed" || machine.mail === "logged-off" || machine.mail === "disconnected";
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology, which uses the control beside it
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div className="desktop-icon" onClick={canLogOn ? () => act("logon") : undefined}>
      <i className="inbox-icon" />
      <span>{name}</span>
    </div>
  );
}
