/** Completion of the display filter. Answers come later than keys: each is put where it was asked for, whatever has been typed since. */

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
  /** Takes an item: at once where the list is of the present text, else as soon as the list of it has come. */
  take(i: number): void;
  /** Whether Tab is the completion's: there is a list, or one is on its way. */
  takesTab(): boolean;
  /** Enter: true where what was taken has still to come, and is applied then. */
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
