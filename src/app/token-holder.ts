/** The API token that was typed, in memory only and outside the state. */
export class TokenHolder {
  private token: string | undefined;
  private changed = new AbortController();

  get isEmpty(): boolean {
    return this.token === undefined;
  }

  /** Aborted once another token is typed; lookups about this one end with it. */
  get signal(): AbortSignal {
    return this.changed.signal;
  }

  read(): string | undefined {
    return this.token;
  }

  keep(token: string): void {
    this.change(token);
  }

  forget(): void {
    this.change(undefined);
  }

  private change(token: string | undefined): void {
    this.token = token;
    this.changed.abort();
    this.changed = new AbortController();
  }
}
