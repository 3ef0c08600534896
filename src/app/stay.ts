/** Lifetime of the stay on a screen; lookups that a key started there end with it. */
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
