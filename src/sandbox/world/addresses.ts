/** First and last host number that droplets get in 203.0.113.0/24 (RFC 5737: for documentation only). */
const FIRST_HOST = 10;
const LAST_HOST = 254;

/** Hands out public addresses, each as late as possible for a second time. */
export class Addresses {
  private next = FIRST_HOST;

  /** Undefined when all are in use. */
  take(isInUse: (address: string) => boolean): string | undefined {
    for (let tries = FIRST_HOST; tries <= LAST_HOST; tries++) {
      const address = `203.0.113.${this.next}`;
      this.next = this.next === LAST_HOST ? FIRST_HOST : this.next + 1;
      if (!isInUse(address)) return address;
    }
    return undefined;
  }
}
