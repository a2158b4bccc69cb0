/** Names of the files that are made of a capture. */

/** A capture's file name without the endings of its format. A number such as ` (2)`, which distinguishes captures of equal names, is kept. */
export function captureStem(name: string): string {
  return name.replace(/(\.(pcapng|pcap|ntar|cap|enc|trc|syc|dmp))?(\.gz)?( \(\d+\))?$/i, "$4");
}
