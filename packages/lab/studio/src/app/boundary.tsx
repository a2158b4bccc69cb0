/** Catches an exception while its children render, and shows `failure` in their place. */

import { Component, type ReactNode } from "react";

interface BoundaryProps {
  readonly children: ReactNode;
  /** Renders the replacement; `again` renders the children again. */
  readonly failure: (message: string, again: () => void) => ReactNode;
}

interface State {
  readonly message: string | null;
}

export class Boundary extends Component<BoundaryProps, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(error: unknown): State {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    return message === null ? this.props.children : this.props.failure(message, () => this.setState({ message: null }));
  }
}
