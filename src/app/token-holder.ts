/** The API token that was typed, in memory only and outside the state. */
export class TokenHolder {
  private token: string | undefined;

  get isEmpty(): boolean {
    return this.token === undefined;
  }

  read(): string | undefined {
    return this.token;
  }

  keep(token: string): void {
    this.token = token;
  }

  forget(): void {
    this.token = undefined;
  }
}
