/**
 * Completion of the display filter. The completions of a text arrive after further keys may have been pressed: an item that was taken is inserted at the
 * place for which it was requested.
 */

import type { Completion } from "@pushback/dissect";
import { type RefObject, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { insertCompletion } from "./filter-text.ts";

interface CompletionProps {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly onText: (text: string) => void;
  readonly onApply: (text: string) => void;
  readonly complete: (text: string, cursor: number) => Promise<Completion>;
}

/** An answer with the question that it answers. */
interface Answer {
  readonly text: string;
  readonly cursor: number;
  readonly completion: Completion;
}

export interface FilterCompletion {
  readonly items: Completion["items"];
  /** The item that arrows have come to, or −1. */
  readonly active: number;
  setActive(i: number): void;
  ask(text: string, cursor: number): void;
  /** Inserts item `i`: at once if the list belongs to the present text, otherwise as soon as the list for the present text has arrived. */
  take(i: number): void;
  /** Whether Tab takes a completion instead of moving the focus: a list is shown, or one has been requested. */
  takesTab(): boolean;
  /** Called for Enter. Returns true if an item was taken whose list has not arrived yet: the filter is then applied after the insertion. */
  applyWhenTaken(): boolean;
  close(): void;
}

function isUseful({ text, completion }: Answer): boolean {
  const { items, from, to } = completion;
  return items.length > 0 && !(items.length === 1 && items[0].text === text.slice(from, to));
}

export function useFilterCompletion({ inputRef, onText, onApply, complete }: CompletionProps): FilterCompletion {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [active, setActive] = useState(-1);
  const asked = useRef(0);
  const answered = useRef(0);
  const taken = useRef<{ thenApply: boolean } | null>(null);

  const forget = (): void => {
    answered.current = ++asked.current;
    setAnswer(null);
    setActive(-1);
  };
  const ask = async (text: string, cursor: number): Promise<void> => {
    const number = ++asked.current;
    const found = { text, cursor, completion: await complete(text, cursor) };
    if (number !== asked.current) return;
    answered.current = number;
    const useful = isUseful(found);
    setAnswer(useful ? found : null);
    // An arrow may have been pressed on the list before.
    setActive((i) => (useful ? Math.min(i, found.completion.items.length - 1) : -1));
  };
  /** In one step, so that no key comes between the text and the cursor. */
  const insert = (found: Answer, i: number): void => {
    const input = inputRef.current;
    if (!input) return;
    const caret = input.selectionStart ?? input.value.length;
    const inserted = insertCompletion(found.text, input.value, found.completion, found.completion.items[i].text);
    if (!inserted) return;
    const cursor = caret >= found.completion.to ? caret + inserted.shift : inserted.end;
    flushSync(() => {
      onText(inserted.text);
      forget();
    });
    input.setSelectionRange(cursor, cursor);
    if (inserted.spaced || cursor !== inserted.end) void ask(inserted.text, cursor);
  };
  const takeLater = async (text: string, cursor: number, i: number): Promise<void> => {
    const mine = { thenApply: false };
    taken.current = mine;
    const found = { text, cursor, completion: await complete(text, cursor) };
    // Escape, or the focus has gone.
    if (taken.current !== mine) return;
    taken.current = null;
    const input = inputRef.current;
    if (isUseful(found)) insert(found, Math.min(i, found.completion.items.length - 1));
    else if (!mine.thenApply && input?.value === text) input.parentElement?.querySelector<HTMLElement>("button:not(:disabled)")?.focus();
    if (mine.thenApply && input) {
      forget();
      onApply(input.value);
    }
  };

  return {
    items: answer?.completion.items ?? [],
    active,
    setActive,
    ask: (text, cursor) => void ask(text, cursor),
    take(i) {
      const input = inputRef.current;
      if (!input) return;
      const cursor = input.selectionStart ?? input.value.length;
      if (answer?.text === input.value && answer.cursor === cursor) insert(answer, i);
      else void takeLater(input.value, cursor, i);
    },
    takesTab: () => answer !== null || (asked.current !== answered.current && inputRef.current?.value !== ""),
    applyWhenTaken() {
      if (!taken.current) return false;
      taken.current.thenApply = true;
      return true;
    },
    close() {
      taken.current = null;
      forget();
    },
  };
}
