/** Catches an exception outside the views: without it React would leave an empty page. */

import { Component, type ReactNode } from "react";

interface State {
  readonly message: string | null;
}

export class RootBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(error: unknown): State {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return (
      <main className="failure" role="alert">
        <p>The studio can’t be shown: {message}. The run with its actions is kept, and comes back when the page is loaded again.</p>
        <button type="button" className="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </main>
    );
  }
}
