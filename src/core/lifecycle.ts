/** Something that holds a resource until `dispose` is called. Calling it again does nothing. */
export interface Disposable {
  dispose(): void;
}

/** Wraps a clean-up so that repeated calls run it once. */
export function toDisposable(cleanUp: () => void): Disposable {
  let pending: (() => void) | undefined = cleanUp;
  return {
    dispose() {
      const run = pending;
      pending = undefined;
      run?.();
    },
  };
}

/** Disposes what was added to it, last first. What is added after `dispose` is disposed at once. */
export class DisposableStore implements Disposable {
  private readonly items = new Set<Disposable>();
  private disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.disposed) item.dispose();
    else this.items.add(item);
    return item;
  }

  dispose(): void {
    this.disposed = true;
    const items = [...this.items].reverse();
    this.items.clear();
    for (const item of items) item.dispose();
  }
}

/** Holds one disposable; setting another disposes the one before. */
export class MutableDisposable<T extends Disposable> implements Disposable {
  private current: T | undefined;
  private disposed = false;

  get value(): T | undefined {
    return this.current;
  }

  set value(next: T | undefined) {
    if (next === this.current) return;
    this.current?.dispose();
    this.current = undefined;
    if (this.disposed) next?.dispose();
    else this.current = next;
  }

  dispose(): void {
    this.disposed = true;
    this.current?.dispose();
    this.current = undefined;
  }
}
