/** The API token that was typed, in memory only and outside the state. */
export class TokenHolder {
  private token: string | undefined;
  private changed = new AbortController();

  get isEmpty(): boolean {
    return this.token === undefined;
  }

  /** Aborted once another one is typed: what is being found out about this one is of no use any more. */
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
