/** The question of a system before it goes down. */

import { useState } from "react";
import { GlassButton } from "./glass-button.tsx";
import type { ScreenProps } from "./screen-props.ts";
import type { ShutDownQuestion } from "./shut-down-questions.ts";

interface ShutDownBoxProps {
  readonly question: ShutDownQuestion;
  readonly act: ScreenProps["act"];
  readonly onClose: () => void;
}

export function ShutDownBox({ question: { title, text, choices, buttons }, act, onClose }: ShutDownBoxProps) {
  const [chosen, setChosen] = useState(choices.find((choice) => choice.action === "shutdown"));
  const agree = () => {
    onClose();
    act(chosen?.action ?? "shutdown");
  };
  return (
    <div className="dialog-box shut-down-box">
      <div className="title-bar">
        <span>{title}</span>
      </div>
      <div className="dialog-body">
        <div>{text}</div>
        {choices.map((choice) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology, which uses the controls beside it
          // biome-ignore lint/a11y/useKeyWithClickEvents: as above
          <div
            key={choice.label}
            className={choice.action === undefined ? "shut-down-choice is-grey" : "shut-down-choice"}
            onClick={choice.action === undefined ? undefined : () => setChosen(choice)}
          >
            <i className={choice === chosen ? "radio is-on" : "radio"} />
            {choice.label}
          </div>
        ))}
        <div className="logon-buttons dialog-buttons">
          <GlassButton onPress={agree}>{buttons[0]}</GlassButton>
          <GlassButton onPress={onClose}>{buttons[1]}</GlassButton>
        </div>
      </div>
    </div>
  );
}
