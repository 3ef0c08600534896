import { EventEmitter } from 'eventemitter3';
import { type Disposable, toDisposable } from './lifecycle.js';

/** Subscribes a listener; the disposable ends the subscription. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/**
 * A private emitter with a public `event`.
 * Use: `private readonly changed = new Emitter<X>(); readonly onChanged = this.changed.event;`
 */
export class Emitter<T> implements Disposable {
  private readonly emitter = new EventEmitter<{ value: [T] }>();

  readonly event: Event<T> = (listener) => {
    // A wrapper of its own, so that one listener subscribed twice can be removed once.
    const own = (value: T): void => listener(value);
    this.emitter.on('value', own);
    return toDisposable(() => this.emitter.off('value', own));
  };

  get listenerCount(): number {
    return this.emitter.listenerCount('value');
  }

  fire(value: T): void {
    this.emitter.emit('value', value);
  }

  dispose(): void {
    this.emitter.removeAllListeners();
  }
}
