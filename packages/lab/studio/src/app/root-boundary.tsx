/** Catches an exception outside the views: without it React would leave an empty page. */

import type { ReactNode } from "react";
import { Boundary } from "./boundary.tsx";

export function RootBoundary({ children }: { readonly children: ReactNode }) {
  return (
    <Boundary
      failure={(message) => (
        <main className="failure" role="alert">
          <p>The studio can’t be shown: {message}. The run with its actions is kept, and comes back when the page is loaded again.</p>
          <button type="button" className="button" onClick={() => location.reload()}>
            Load the page again
          </button>
        </main>
      )}
    >
      {children}
    </Boundary>
  );
}
