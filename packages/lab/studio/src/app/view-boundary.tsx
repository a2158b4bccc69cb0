/** Catches an exception of a view, so that the other views and the run stay. */

import type { ReactNode } from "react";
import { Boundary } from "./boundary.tsx";

interface ViewBoundaryProps {
  /** Name of the view, for the message. */
  readonly name: string;
  readonly children: ReactNode;
}

export function ViewBoundary({ name, children }: ViewBoundaryProps) {
  return (
    <Boundary
      failure={(message, again) => (
        <div className="failure" role="alert">
          <p>
            The {name} cannot be shown: {message}. The run is kept.
          </p>
          <button type="button" className="button" onClick={again}>
            Show it again
          </button>
        </div>
      )}
    >
      {children}
    </Boundary>
  );
}
