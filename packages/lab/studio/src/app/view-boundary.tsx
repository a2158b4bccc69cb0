/** Catches an exception of a view, so that the other views and the run stay. */

import { Component, type ReactNode } from "react";

interface Props {
  /** Name of the view, for the message. */
  readonly name: string;
  readonly children: ReactNode;
}

interface State {
  readonly message: string | null;
}

export class ViewBoundary extends Component<Props, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(error: unknown): State {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return (
      <div className="failure" role="alert">
        <p>
          The {this.props.name} cannot be shown: {message}. The run is kept.
        </p>
        <button type="button" className="button" onClick={() => this.setState({ message: null })}>
          Show it again
        </button>
      </div>
    );
  }
}
