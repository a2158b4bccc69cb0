/** What a composition root (the browser's page, the desktop's window) needs to show the studio. */

export type { LiveFrame } from "./analyzer/live-frames.ts";
export { mountStudio } from "./app/mount.tsx";
export type * from "./host/studio-host.ts";
