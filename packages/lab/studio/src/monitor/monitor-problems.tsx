/** Messages above the packet list: a fault of the file, or a selected frame that the filter hides. */

interface MonitorProblemsProps {
  /** The fault at which reading the file stopped; `null` if there is none. */
  readonly fileProblem: string | null;
  /** The selected frame, if the filter hides it. */
  readonly hiddenFrame: number | null;
  readonly onShowAll: () => void;
}

export function MonitorProblems({ fileProblem, hiddenFrame, onShowAll }: MonitorProblemsProps) {
  return (
    <>
      {fileProblem !== null && <p className="monitor-problem">The file is damaged: {fileProblem}. What comes after was not read.</p>}
      {hiddenFrame !== null && (
        <p className="monitor-problem">
          Frame {hiddenFrame} is selected, and the filter hides it.{" "}
          <button type="button" className="button quiet small" onClick={onShowAll}>
            Show all frames
          </button>
        </p>
      )}
    </>
  );
}
