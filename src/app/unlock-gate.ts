/** Gate where reads of the vault wait until its passphrase is typed, or the person leaves it locked. */
export class UnlockGate {
  private waiting: (() => void)[] = [];
  private declined = false;

  /** True once the person declined; the question is not opened again unasked. */
  get isDeclined(): boolean {
    return this.declined;
  }

  get isAwaited(): boolean {
    return this.waiting.length > 0;
  }

  /** Resolves when the question was answered either way. */
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
