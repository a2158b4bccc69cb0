/** An id of that kind which no entry of the list has. */
export function freeId(kind: string, list: readonly { readonly id: string }[]): string {
  let n = list.length + 1;
  while (list.some(({ id }) => id === `${kind}-${n}`)) n++;
  return `${kind}-${n}`;
}
