/** One request that reached the sandbox. Nothing in it is secret. */
export interface RecordedCall {
  /** `GET`; `CONNECT` for the way to a droplet or region. */
  readonly method: string;
  /** Path and query, or `host:port`. */
  readonly target: string;
  /** Undefined while there is no answer. */
  status: number | undefined;
  /** The fault that hit it. */
  fault: string | undefined;
  /** Holds the answer back, after the part of the request that the fault allows was executed. */
  held: boolean;
}

const KEPT = 20_000;

/** The requests of API and proxy, oldest first. */
export class CallRecord {
  readonly all: RecordedCall[] = [];

  add(method: string, target: string): RecordedCall {
    const call: RecordedCall = { method, target, status: undefined, fault: undefined, held: false };
    this.all.push(call);
    if (this.all.length > KEPT) this.all.shift();
    return call;
  }

  /** Counts the calls of each `METHOD /path`, without ids and queries. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { method, target } of this.all) {
      const path = target.split('?', 1)[0] ?? '';
      const name = `${method} ${path.replaceAll(/\/\d+(?=\/|$)/g, '/{id}')}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }
}
