/** How long the person stays where a key was pressed. What that key looked up belongs to this place alone. */
export class Stay {
  private current = new AbortController();

  /** Aborted when the screen changes, and by Esc where there is no screen to go back to. */
  get signal(): AbortSignal {
    return this.current.signal;
  }

  end(): void {
    this.current.abort();
    this.current = new AbortController();
  }
}
