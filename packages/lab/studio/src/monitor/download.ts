/** Time limit in milliseconds for the browser to begin the download. */
const BEGIN_WITHIN_MS = 10_000;

/** Lets the browser save a file. */
export function download(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), BEGIN_WITHIN_MS);
}
