/** The header of the studio: its name, the buttons of the views, and the controls for the whole document. */

import { type KeyboardEvent, useEffect, useState } from "react";
import { MachinesDialog } from "../bench/machines-dialog.tsx";
import { MenuButton } from "../controls/menu-button.tsx";
import type { HostTheme, StudioHost } from "../host/studio-host.ts";
import type { GalleryEntry } from "../lab/lab-types.ts";
import { LESSON_ENTRIES } from "../lab/lessons.ts";
import { useLab } from "../state/lab-view.ts";
import { startLesson } from "../state/lesson.ts";
import { playArticle, playScenario, runCommand, startFreePlay } from "../state/studio-actions.ts";
import { shownCapture, shownView, showView, useStudio, VIEW_NAMES, VIEWS } from "../state/studio-store.ts";
import { labRemote } from "../worker/client.ts";
import { FileMenu } from "./file-menu.tsx";
import { KeysDialog } from "./keys-dialog.tsx";
import { applyTheme } from "./theme.ts";

export function Header({ host }: { readonly host: StudioHost }) {
  const info = useLab((lab) => lab.info);
  const capture = useStudio(shownCapture);
  const command = (name: Parameters<typeof runCommand>[0]) => () => runCommand(name, host);
  const title = capture ? capture.name : info?.title;
  useEffect(() => {
    document.title = title === undefined ? "Pushback Studio" : `${title} – Pushback Studio`;
  }, [title]);
  return (
    <header className="header">
      <h1 className="brand">
        <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
          <rect width="32" height="32" rx="7" fill="#1d4ed8" />
          <path d="M7 12h13m0 0-4-4m4 4-4 4" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round" />
          <path
            d="M25 21H12m0 0 4-4m-4 4 4 4"
            fill="none"
            stroke="#fbbf24"
            strokeWidth="2.6"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
        Pushback
      </h1>
      <ViewTabs />
      <div className="document-name" title={capture ? "The capture in the monitor" : info?.about}>
        {title ?? "Starting the machines…"}
      </div>
      <div className="header-actions">
        <ScenarioMenu />
        <MenuButton
          label="Lessons"
          items={LESSON_ENTRIES.map((lesson, i) => ({
            label: `${i + 1}. ${lesson.title}`,
            detail: "questions, answered from the run",
            run: () => void startLesson(lesson),
          }))}
        />
        <FileMenu host={host} />
        <button
          type="button"
          className="button quiet"
          title={capture ? "Saves the diagnosis of this capture as an HTML file" : "Saves the comparison of this run as an HTML file"}
          onClick={command("report")}
        >
          Report
        </button>
        <KeysButton />
        <ThemeSwitch host={host} />
      </div>
    </header>
  );
}

function ViewTabs() {
  const view = useStudio(shownView);
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = VIEWS[(VIEWS.indexOf(view) + step + VIEWS.length) % VIEWS.length];
    showView(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div className="view-tabs" role="tablist" aria-label="Views" onKeyDown={onKey}>
      {VIEWS.map((name, i) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          className="view-tab"
          aria-selected={view === name}
          aria-controls="view"
          tabIndex={view === name ? 0 : -1}
          title={`${VIEW_NAMES[name]} (Alt+${i + 1})`}
          onClick={() => showView(name)}
        >
          {VIEW_NAMES[name]}
        </button>
      ))}
    </div>
  );
}

function ScenarioMenu() {
  const info = useLab((lab) => lab.info);
  const [choosing, setChoosing] = useState(false);
  const [gallery, setGallery] = useState<readonly GalleryEntry[]>([]);
  // Loads the gallery only after the first run is open, because the worker serves one request at a time.
  const isOpen = info !== null;
  useEffect(() => {
    if (!isOpen) return;
    const request = requestIdleCallback(async () => setGallery(await (await labRemote()).gallery()));
    return () => cancelIdleCallback(request);
  }, [isOpen]);
  return (
    <>
      <MenuButton
        label="Scenarios"
        items={[
          { label: "Free play", detail: "five machines, nothing planned", run: () => void startFreePlay() },
          { label: "Play the article", detail: "Q159302, a tour of three minutes", run: () => void playArticle() },
          ...gallery.slice(1).map(({ id, title }) => ({ label: title, detail: id, run: () => void playScenario(id) })),
          ...(info === null
            ? []
            : [{ label: "Machines and settings…", detail: "variants of each platform, the server’s times", run: () => setChoosing(true) }]),
        ]}
      />
      {choosing && info !== null && <MachinesDialog info={info} onClose={() => setChoosing(false)} />}
    </>
  );
}

function KeysButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button quiet" onClick={() => setOpen(true)}>
        Keys
      </button>
      {open && <KeysDialog onClose={() => setOpen(false)} />}
    </>
  );
}

const THEME_NAMES: Readonly<Record<HostTheme, string>> = { system: "System", light: "Light", dark: "Dark" };

function ThemeSwitch({ host }: { readonly host: StudioHost }) {
  const theme = useStudio((s) => s.theme);
  return (
    <select
      className="field quiet-field"
      aria-label="Theme"
      value={theme}
      onChange={(event) => {
        const chosen = event.target.value as HostTheme;
        host.setTheme(chosen);
        applyTheme(chosen);
      }}
    >
      {(Object.keys(THEME_NAMES) as HostTheme[]).map((name) => (
        <option key={name} value={name}>
          {THEME_NAMES[name]}
        </option>
      ))}
    </select>
  );
}
