/** The field for a display filter. It offers completions, shows what is wrong and in which column, and applies the filter when the user presses Enter. */

import type { Completion } from "@pushback/dissect";
import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from "react";
import type { FilterCheck } from "../analyzer/analyzer-api.ts";
import { counted } from "./counted.ts";
import { useFilterCompletion } from "./filter-completion.ts";
import type { FilterState } from "./monitor-model.ts";

interface FilterBarProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onApply: (text: string) => void;
  readonly onStop: () => void;
  readonly filter: FilterState;
  readonly shown: number;
  readonly total: number;
  readonly check: (text: string) => Promise<FilterCheck>;
  readonly complete: (text: string, cursor: number) => Promise<Completion>;
  readonly history: readonly string[];
  readonly inputRef: RefObject<HTMLInputElement | null>;
}

export function FilterBar(props: FilterBarProps) {
  const { text, onText, onApply, filter, inputRef, history } = props;
  const [judged, setJudged] = useState<{ readonly text: string; readonly result: FilterCheck } | null>(null);
  const [historyOpen, setHistoryOpen] = useState(false);
  const id = useId();
  const completion = useFilterCompletion({ inputRef, onText, onApply, complete: props.complete });
  const list = useRef<HTMLUListElement>(null);

  // The filter is checked 120 ms after the last key; the result for an older text is discarded.
  useEffect(() => {
    let current = true;
    const timer = setTimeout(async () => {
      const result = await props.check(text);
      if (current) setJudged({ text, result });
    }, 120);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text, props.check]);

  const fault = judged?.text === text && !judged.result.ok ? judged.result : null;

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  });

  const close = (): void => {
    completion.close();
    setHistoryOpen(false);
  };
  const { active, setActive } = completion;
  const items = historyOpen ? history.map((filterText) => ({ text: filterText, detail: "" })) : completion.items;
  const choose = (i: number): void => {
    if (!historyOpen) {
      completion.take(i);
      return;
    }
    onText(history[i]);
    onApply(history[i]);
    close();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const open = items.length > 0;
    const { value, selectionStart } = event.currentTarget;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) {
        if (value === "" && history.length > 0) setHistoryOpen(true);
        else completion.ask(value, selectionStart ?? value.length);
        return;
      }
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((active + step + items.length + (active < 0 && step < 0 ? 1 : 0)) % items.length);
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      completion.ask(value, selectionStart ?? value.length);
    } else if (event.key === "Tab" && !event.shiftKey && !historyOpen && completion.takesTab()) {
      event.preventDefault();
      completion.take(Math.max(0, active));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (active >= 0) choose(active);
      else if (!completion.applyWhenTaken()) {
        close();
        onApply(value);
      }
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
  };

  const { running } = filter;
  const status = running
    ? `${Math.floor((running.done / Math.max(1, running.total)) * 100)} % · ${props.shown.toLocaleString("en")} shown`
    : filter.text === ""
      ? counted(props.total, "frame")
      : `${props.shown.toLocaleString("en")} of ${props.total.toLocaleString("en")} shown${filter.cancelled ? ", stopped" : ""}`;
  const changed = text.trim() !== filter.text.trim();

  return (
    <div className="filter-bar">
      <div className="filter-box" data-state={fault ? "fault" : text === "" ? undefined : changed ? "changed" : "applied"}>
        <label className="visually-hidden" htmlFor={`${id}input`}>
          Display filter
        </label>
        <input
          id={`${id}input`}
          ref={inputRef}
          className="filter-input mono"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={items.length > 0}
          aria-controls={`${id}list`}
          aria-activedescendant={active >= 0 ? `${id}item${active}` : undefined}
          aria-invalid={fault !== null}
          aria-describedby={fault && items.length === 0 ? `${id}fault` : undefined}
          placeholder="Display filter, for example  icmp.type == 3 && ip.addr == 10.1.9.11"
          spellCheck={false}
          autoComplete="off"
          value={text}
          onChange={(event) => {
            onText(event.target.value);
            setHistoryOpen(false);
            setActive(-1);
            completion.ask(event.target.value, event.target.selectionStart ?? event.target.value.length);
          }}
          onKeyDown={onKeyDown}
          onBlur={close}
        />
        {text !== "" && (
          <button
            type="button"
            className="button quiet small"
            onClick={() => {
              onText("");
              onApply("");
              inputRef.current?.focus();
            }}
          >
            Clear
          </button>
        )}
        {history.length > 0 && (
          <button
            type="button"
            className="button quiet small"
            aria-expanded={historyOpen}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => {
              inputRef.current?.focus();
              completion.close();
              setHistoryOpen(!historyOpen);
            }}
          >
            History
          </button>
        )}
        {running ? (
          <button type="button" className="button small" onClick={props.onStop}>
            Stop
          </button>
        ) : (
          <button type="button" className="button small primary" disabled={fault !== null || !changed} onClick={() => onApply(text)}>
            Apply
          </button>
        )}
        <ul
          className="filter-list"
          role="listbox"
          id={`${id}list`}
          aria-label={historyOpen ? "Earlier filters" : "Completions"}
          hidden={items.length === 0}
          ref={list}
        >
          {items.map((item, i) => (
            <li
              key={item.text}
              id={`${id}item${i}`}
              role="option"
              aria-selected={i === active}
              className="filter-item"
              onPointerDown={(event) => {
                event.preventDefault();
                choose(i);
              }}
            >
              <span className="mono">{item.text}</span>
              <span className="filter-item-detail">{item.detail}</span>
            </li>
          ))}
        </ul>
        {fault && items.length === 0 && (
          <div className="filter-fault" id={`${id}fault`} role="alert">
            <p>
              Column {fault.offset + 1}: {fault.message}
            </p>
            <pre className="mono" aria-hidden="true">
              {text}
              {"\n"}
              {" ".repeat(fault.offset)}^
            </pre>
          </div>
        )}
      </div>
      <p className="filter-status numbers" role="status">
        {status}
      </p>
    </div>
  );
}
