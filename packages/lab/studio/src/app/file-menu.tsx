/** Files of every kind, and what only some hosts can do: files opened before, Wireshark, a real interface. */

import { useState } from "react";
import { MenuButton, type MenuItem } from "../controls/menu-button.tsx";
import type { RecentFile, SavedFile, StudioHost } from "../host/studio-host.ts";
import { analyzerOf } from "../state/documents.ts";
import { copyLink, openDocument, otherRuns, runCommand, shownStem } from "../state/studio-actions.ts";
import { shownCapture, useStudio } from "../state/studio-store.ts";
import { labRemote } from "../worker/client.ts";
import { LiveDialog } from "./live-dialog.tsx";

const RECENT_SHOWN = 8;
const PCAPNG = "application/octet-stream";

function tell(what: string, error: unknown): void {
  const text = `${what}: ${error instanceof Error ? error.message : String(error)}`;
  useStudio.getState().set({ notice: { text, kind: "error" } });
}

async function openAgain(host: StudioHost, { id, name }: RecentFile): Promise<void> {
  try {
    const file = await host.openRecent(id);
    if (file) await openDocument(file);
    else tell(name, "it is no longer there");
  } catch (error) {
    tell(name, error);
  }
}

async function toWireshark(open: (file: SavedFile) => Promise<void>, suggestedName: string, bytes: Promise<Uint8Array>): Promise<void> {
  try {
    await open({ suggestedName, mediaType: PCAPNG, bytes: await bytes });
  } catch (error) {
    tell("Wireshark", error);
  }
}

/** Tells files of one name apart by their sizes: the browser gives no path. */
function recentDetail({ name, lenBytes }: RecentFile, recent: readonly RecentFile[]): string {
  const isOnly = recent.filter((one) => one.name === name).length === 1;
  return isOnly || lenBytes === undefined ? "opened before" : `opened before, ${lenBytes.toLocaleString("en")} bytes`;
}

export function FileMenu({ host }: { readonly host: StudioHost }) {
  const [recent, setRecent] = useState<readonly RecentFile[]>([]);
  const [runs, setRuns] = useState<ReturnType<typeof otherRuns>>([]);
  const [attaching, setAttaching] = useState(false);
  const capture = useStudio(shownCapture);
  const { openInWireshark, liveAttach } = host;
  const command = (name: Parameters<typeof runCommand>[0]) => () => runCommand(name, host);

  const items: MenuItem[] = [
    { label: "Open capture, scenario or recording…", run: command("open") },
    ...recent
      .slice(0, RECENT_SHOWN)
      .map((file) => ({ label: file.name, detail: recentDetail(file, recent), run: () => void openAgain(host, file) })),
    ...(capture ? [{ label: `Close ${capture.name}`, run: command("close") }] : []),
    { label: "Export capture (pcapng)", run: command("export-capture") },
    { label: "Export recording (JSON)", run: command("export-recording") },
    { label: "Save as a scenario file (YAML)", run: command("save-scenario") },
    ...(host.kind === "browser" ? [{ label: "Copy link to this moment", run: () => void copyLink() }] : []),
  ];
  if (openInWireshark) {
    const frames = async () => (capture ? (await analyzerOf(capture.id)).exportFrames("all") : (await labRemote()).capture());
    const name = shownStem();
    items.push({
      label: "Open in Wireshark",
      detail: capture ? `the frames of ${capture.name}` : "the lab’s frames",
      run: () => void toWireshark(openInWireshark, `${name}.pcapng`, frames()),
    });
  }
  if (liveAttach) items.push({ label: "Capture on an interface…", run: () => setAttaching(true) });

  for (const { title, isAside, bringBack } of runs)
    items.push({ label: title, detail: isAside ? "run that was put aside" : "run of another tab", run: bringBack });

  const lookAgain = () => {
    setRuns(otherRuns());
    host.recentFiles().then(setRecent, (error: unknown) => tell("Files opened before", error));
  };
  return (
    <>
      <MenuButton label="File" items={items} onOpen={lookAgain} />
      {attaching && liveAttach && <LiveDialog attach={liveAttach} onClose={() => setAttaching(false)} />}
    </>
  );
}
