/** A lesson: its questions one after the other, beside the run that has the answers. While another run or a capture is shown, there is a way back instead. */

import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { isRight, LESSON_ENTRIES, type LessonQuestion, lacksNumber } from "../lab/lessons.ts";
import { returnToLesson } from "../state/guide-keeper.ts";
import { useLab } from "../state/lab-view.ts";
import { endLesson, isRunOfLesson, nextQuestion, startLesson, useLesson } from "../state/lesson.ts";
import { attempt } from "../state/studio-actions.ts";
import { shownCapture, useStudio } from "../state/studio-store.ts";

export function LessonBar() {
  const lesson = useLesson((l) => l.open);
  const place = useRef<HTMLElement>(null);
  const capture = useStudio((s) => shownCapture(s)?.name ?? null);
  const run = useLab((lab) => lab.info?.title ?? "");
  const isRun = useLab((lab) => lesson !== null && isRunOfLesson(lesson.id, lab.info?.settings));
  const hasActions = useLab((lab) => lab.actions.length > 0);
  const isHere = capture === null && isRun;
  useEffect(() => {
    // The next question is read out, and its answer can be given at once.
    if (lesson) focusAnswer(place.current);
  }, [lesson]);
  useEffect(() => {
    // Back from another document: unless the user has gone on to something else.
    if (isHere && document.activeElement === document.body) focusAnswer(place.current);
  }, [isHere]);
  if (!lesson) return null;
  const { at } = lesson;
  const question = lesson.questions[at];
  const isAway = question !== undefined && !isHere;
  const following = LESSON_ENTRIES[LESSON_ENTRIES.findIndex(({ id }) => id === lesson.id) + 1];
  return (
    <section className="lesson" aria-label={`Lesson: ${lesson.title}`} ref={place}>
      {isAway && (
        <p className="lesson-text lesson-away" role="status">
          <b>{lesson.title}</b> The questions are about {isRun ? "the run in the lab" : "another run"}, not about “{capture ?? run}”.
        </p>
      )}
      {isAway && (
        <button type="button" className="button small primary" onClick={() => attempt("The lesson’s run was not opened", returnToLesson)}>
          Back to the lesson
        </button>
      )}
      {question ? (
        <Question
          isHidden={isAway}
          remark={hasActions ? "You have changed this run: the answers are those of the run without your actions." : null}
          key={`${lesson.id}/${at}`}
          question={question}
          number={`${lesson.title} Question ${at + 1} of ${lesson.questions.length}`}
          isLast={at === lesson.questions.length - 1}
          onNext={nextQuestion}
        />
      ) : (
        <p className="lesson-text lesson-end" tabIndex={-1}>
          <b>{lesson.title}</b> That was the last question.
        </p>
      )}
      {!question && following && (
        <button type="button" className="button small primary" onClick={() => void startLesson(following)}>
          Next lesson: {following.title}
        </button>
      )}
      <button type="button" className="button small quiet" onClick={endLesson}>
        End the lesson
      </button>
    </section>
  );
}

/** Places where the user goes on: the answer of the question, the button behind it, the end of the lesson, the way back to it. */
const ANSWERS = ["input:checked:enabled", "input:enabled", ".lesson-question > button", ".lesson-end", ":scope > button"] as const;

/** Moves the focus to the first of `ANSWERS` that can be seen. */
function focusAnswer(bar: HTMLElement | null): void {
  const places = ANSWERS.map((selector) => bar?.querySelector<HTMLElement>(selector));
  places.find((place) => place?.checkVisibility())?.focus();
}

/** Moves the focus to the lesson, from anywhere: between it and the clock lie all controls of the machines. */
export const focusLesson = (): void => focusAnswer(document.querySelector<HTMLElement>(".lesson"));

type Verdict = "open" | "no-number" | "wrong" | "right" | "shown";

function Question(props: {
  readonly question: LessonQuestion;
  readonly number: string;
  readonly isLast: boolean;
  /** Hides the question; what was typed or chosen is kept. */
  readonly isHidden: boolean;
  readonly remark: string | null;
  readonly onNext: () => void;
}) {
  const { question, number, isLast, isHidden, remark, onNext } = props;
  const [given, setGiven] = useState("");
  const [verdict, setVerdict] = useState<Verdict>("open");
  const id = useId();
  const next = useRef<HTMLButtonElement>(null);
  const isDone = verdict === "right" || verdict === "shown";
  useEffect(() => {
    if (isDone) next.current?.focus();
  }, [isDone]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (lacksNumber(question, given)) setVerdict("no-number");
    else setVerdict(isRight(question, given) ? "right" : "wrong");
  };
  const change = (text: string) => {
    setGiven(text);
    setVerdict("open");
  };
  return (
    <form className="lesson-question" onSubmit={submit} hidden={isHidden}>
      <fieldset disabled={isDone}>
        <legend className="lesson-text">
          <b>{number}.</b> {question.text}
          {remark !== null && ` ${remark}`}
        </legend>
        {question.choices === null ? (
          <input
            className="field"
            aria-label="Your answer, a number"
            inputMode="numeric"
            autoComplete="off"
            value={given}
            onChange={(event) => change(event.target.value)}
          />
        ) : (
          question.choices.map((choice) => (
            <label key={choice} className="lesson-choice">
              <input type="radio" name={id} checked={given === choice} onChange={() => change(choice)} /> {choice}
            </label>
          ))
        )}
        <button type="submit" className="button small primary" disabled={given.trim() === ""}>
          Check
        </button>
        {verdict === "wrong" && (
          <button type="button" className="button small" onClick={() => setVerdict("shown")}>
            Show the answer
          </button>
        )}
      </fieldset>
      <p className={`lesson-verdict is-${verdict}`} role="status">
        {verdict === "no-number" && "Type a whole number in digits, without a unit."}
        {verdict === "wrong" && `Not so. ${question.hint}`}
        {verdict === "right" && `Right. ${question.because}`}
        {verdict === "shown" && `It is: ${question.answer.toLocaleString("en")}. ${question.because}`}
      </p>
      {isDone && (
        <button type="button" className="button small primary" ref={next} onClick={onNext}>
          {isLast ? "Finish" : "Next question"}
        </button>
      )}
    </form>
  );
}
