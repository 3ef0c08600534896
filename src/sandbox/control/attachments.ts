import type { ServerResponse } from 'node:http';
import { Emitter } from '../../core/event.js';

/** The programs that hold the sandbox: each has a request open that is never answered to the end. */
export class Attachments {
  private readonly changed = new Emitter<number>();
  private readonly held = new Set<ServerResponse>();

  /** Fires with the number of programs. */
  readonly onChange = this.changed.event;

  get count(): number {
    return this.held.size;
  }

  /** The first line of the answer is `place` as JSON. */
  hold(response: ServerResponse, place: object): void {
    this.held.add(response);
    response.on('close', () => {
      this.held.delete(response);
      this.changed.fire(this.count);
    });
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write(`${JSON.stringify(place)}\n`);
    this.changed.fire(this.count);
  }

  /** Postpones the end of the sandbox on use by a program that does not hold it. */
  touch(): void {
    this.changed.fire(this.count);
  }

  dispose(): void {
    this.changed.dispose();
  }
}
