/** Where reads of the vault wait for the person to type its passphrase, or to leave it locked. */
export class UnlockGate {
  private waiting: (() => void)[] = [];
  private declined = false;

  /** Somebody was asked, and did not want to: nobody is asked again by itself. */
  get isDeclined(): boolean {
    return this.declined;
  }

  get isAwaited(): boolean {
    return this.waiting.length > 0;
  }

  /** Resolves when the question was answered, however. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  open(): void {
    this.settle(false);
  }

  decline(): void {
    this.settle(true);
  }

  private settle(declined: boolean): void {
    this.declined = declined;
    const settled = this.waiting;
    this.waiting = [];
    for (const go of settled) go();
  }
}
