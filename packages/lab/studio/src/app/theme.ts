/** Applies the theme to the page's root: the user's choice, or the system's. */

import type { HostTheme } from "../host/studio-host.ts";
import { useStudio } from "../state/studio-store.ts";

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

export function applyTheme(theme: HostTheme): void {
  const isDark = theme === "dark" || (theme === "system" && systemIsDark.matches);
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
  useStudio.getState().set({ theme, isDark });
}

systemIsDark.addEventListener("change", () => applyTheme(useStudio.getState().theme));
