/** The colour rules, to be edited: each change takes effect at once. */

import { FRAME_CLASS_INFO, FRAME_CLASSES, type FrameClass } from "@pushback/dissect";
import { type CSSProperties, useLayoutEffect, useRef, useState } from "react";
import { Modal } from "../controls/modal.tsx";
import {
  type ColourRule,
  changeRule,
  DEFAULT_RULES,
  MAX_FILTER_CHARS,
  MAX_NAME_CHARS,
  MAX_RULES,
  moveRule,
  RULE_COLOURS,
  type RuleColour,
  titleOfRule,
} from "./colour-rules.ts";
import { freeId } from "./free-id.ts";
import type { RuleFaults } from "./use-colour-rules.ts";
import "./rules-dialog.css";

interface RulesDialogProps {
  readonly rules: readonly ColourRule[];
  readonly onRules: (rules: readonly ColourRule[]) => void;
  readonly faults: RuleFaults;
  readonly onClose: () => void;
}

export function RulesDialog({ rules, onRules, faults, onClose }: RulesDialogProps) {
  const [notice, setNotice] = useState("");
  const list = useRef<HTMLOListElement>(null);
  /** The control that gets the focus after the next change: the browser drops the focus of an element that moves. */
  const focusNext = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (focusNext.current === null) return;
    list.current?.querySelector<HTMLElement>(`[data-control="${CSS.escape(focusNext.current)}"]`)?.focus();
    focusNext.current = null;
  });
  const nameOf = (id: string): string => {
    const rule = rules.find((each) => each.id === id);
    return rule ? titleOfRule(rule) : "";
  };
  const move = (id: string, by: -1 | 1): void => {
    const moved = moveRule(rules, id, by);
    focusNext.current = `${id}/${by < 0 ? "up" : "down"}`;
    onRules(moved);
    setNotice(`${nameOf(id)} is now rule ${moved.findIndex((rule) => rule.id === id) + 1} of ${moved.length}.`);
  };
  const remove = (id: string): void => {
    const at = rules.findIndex((rule) => rule.id === id);
    const left = rules.filter((rule) => rule.id !== id);
    const next = left[Math.min(at, left.length - 1)];
    focusNext.current = next ? `${next.id}/remove` : null;
    onRules(left);
    setNotice(`${nameOf(id)} is removed.`);
  };
  const add = (): void => {
    const rule: ColourRule = { id: freeId("rule", rules), name: "New rule", filter: "", kind: null, colour: "plain", isOn: false };
    focusNext.current = `${rule.id}/name`;
    // The first rule that selects a frame counts: a new one stands before the others.
    onRules([rule, ...rules]);
    setNotice("A rule was added as the first one, switched off.");
  };
  return (
    <Modal title="Colour rules" onClose={onClose} wide>
      <p className="panel-hint">
        The first rule that selects a frame colours its row. The row’s title, the Frame panel and the column Rule tell the rule’s name.
      </p>
      <ol className="rules" ref={list}>
        {rules.map((rule, i) => (
          <RuleRow
            key={rule.id}
            rule={rule}
            place={i + 1}
            count={rules.length}
            fault={faults.get(rule.id) ?? null}
            onChange={(change) => onRules(changeRule(rules, rule.id, change))}
            onMove={(by) => move(rule.id, by)}
            onRemove={() => remove(rule.id)}
          />
        ))}
      </ol>
      {rules.length === 0 && <p className="panel-none">No rule: rows have no colour.</p>}
      <p className="modal-foot">
        <span className="panel-hint" role="status">
          {notice}
        </span>
        <button type="button" className="button" disabled={rules.length >= MAX_RULES} onClick={add}>
          Add a rule
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            onRules(DEFAULT_RULES);
            setNotice("The rules are as they were at first.");
          }}
        >
          As they were at first
        </button>
      </p>
    </Modal>
  );
}

interface RuleRowProps {
  readonly rule: ColourRule;
  /** Ordinal of the rule; the first is 1. */
  readonly place: number;
  readonly count: number;
  readonly fault: string | null;
  readonly onChange: (change: Partial<ColourRule>) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

function RuleRow({ rule, place, count, fault, onChange, onMove, onRemove }: RuleRowProps) {
  const { id, filter, kind, colour, isOn } = rule;
  const name = titleOfRule(rule);
  const faultId = `rule-fault-${id}`;
  const style = { "--row": `var(--${RULE_COLOURS[colour].token})` } as CSSProperties;
  return (
    <li className="rule" style={style}>
      <label className="rule-on">
        <input type="checkbox" checked={isOn} onChange={(event) => onChange({ isOn: event.target.checked })} />
        <span className="visually-hidden">{name} is on</span>
      </label>
      <input
        className="field rule-name"
        data-control={`${id}/name`}
        aria-label={`Name of rule ${place}`}
        maxLength={MAX_NAME_CHARS}
        value={rule.name}
        placeholder={name}
        onChange={(event) => onChange({ name: event.target.value })}
      />
      <select
        className="field rule-colour"
        aria-label={`Colour of ${name}`}
        value={colour}
        onChange={(event) => onChange({ colour: event.target.value as RuleColour })}
      >
        {(Object.keys(RULE_COLOURS) as RuleColour[]).map((each) => (
          <option key={each} value={each}>
            {RULE_COLOURS[each].title}
          </option>
        ))}
      </select>
      <select
        className="field rule-kind"
        aria-label={`Kind of frame of ${name}`}
        value={kind ?? ""}
        onChange={(event) => onChange({ kind: event.target.value === "" ? null : (event.target.value as FrameClass) })}
      >
        <option value="">Any kind</option>
        {FRAME_CLASSES.map((each) => (
          <option key={each} value={each}>
            {FRAME_CLASS_INFO[each].title}
          </option>
        ))}
      </select>
      <input
        className="field mono rule-filter"
        aria-label={`Display filter of ${name}`}
        placeholder="any frame"
        spellCheck={false}
        autoCapitalize="off"
        maxLength={MAX_FILTER_CHARS}
        value={filter}
        aria-invalid={fault !== null}
        aria-describedby={fault === null ? undefined : faultId}
        onChange={(event) => onChange({ filter: event.target.value })}
      />
      <span className="rule-moves">
        <MoveButton id={id} name={name} by={-1} isEnd={place === 1} onMove={onMove} />
        <MoveButton id={id} name={name} by={1} isEnd={place === count} onMove={onMove} />
        <button type="button" className="button small" data-control={`${id}/remove`} aria-label={`Remove ${name}`} onClick={onRemove}>
          Remove
        </button>
      </span>
      {fault !== null && (
        <p className="rule-fault" id={faultId} role="alert">
          {fault}
        </p>
      )}
    </li>
  );
}

/** Button that moves a rule up or down. With `isEnd` it does nothing, but it can still have the focus. */
function MoveButton({
  id,
  name,
  by,
  isEnd,
  onMove,
}: {
  readonly id: string;
  readonly name: string;
  readonly by: -1 | 1;
  readonly isEnd: boolean;
  readonly onMove: (by: -1 | 1) => void;
}) {
  return (
    <button
      type="button"
      className="button small"
      data-control={`${id}/${by < 0 ? "up" : "down"}`}
      aria-label={`Move ${name} ${by < 0 ? "up" : "down"}`}
      aria-disabled={isEnd || undefined}
      onClick={() => !isEnd && onMove(by)}
    >
      {by < 0 ? "↑" : "↓"}
    </button>
  );
}
