import { describe, expect, it } from 'vitest';
import { Emitter } from '../../src/core/event.js';
import { DisposableStore, MutableDisposable, toDisposable } from '../../src/core/lifecycle.js';

function recorder() {
  const calls: string[] = [];
  return { calls, item: (name: string) => toDisposable(() => calls.push(name)) };
}

describe('disposables', () => {
  it('clean up once, however often they are asked', () => {
    const { calls, item } = recorder();
    const one = item('one');
    one.dispose();
    one.dispose();
    expect(calls).toEqual(['one']);
  });

  it('are disposed by their store, last first, and at once when it is over', () => {
    const { calls, item } = recorder();
    const store = new DisposableStore();
    store.add(item('first'));
    store.add(item('second'));
    store.dispose();
    store.add(item('late'));
    store.dispose();
    expect(calls).toEqual(['second', 'first', 'late']);
  });

  it('give way to their successor', () => {
    const { calls, item } = recorder();
    const holder = new MutableDisposable();
    const kept = item('kept');
    holder.value = kept;
    holder.value = kept;
    expect(calls).toEqual([]);
    holder.value = item('next');
    holder.dispose();
    holder.value = item('too late');
    expect(calls).toEqual(['kept', 'next', 'too late']);
    expect(holder.value).toBeUndefined();
  });
});

describe('emitter', () => {
  it('calls each subscription, and leaves the others when one ends', () => {
    const emitter = new Emitter<number>();
    const seen: string[] = [];
    const listener = (value: number): void => void seen.push(`same ${value}`);
    const first = emitter.event(listener);
    emitter.event(listener);
    emitter.event((value) => void seen.push(`other ${value}`));
    first.dispose();
    first.dispose();
    emitter.fire(7);
    expect(seen).toEqual(['same 7', 'other 7']);
    expect(emitter.listenerCount).toBe(2);
    emitter.dispose();
    expect(emitter.listenerCount).toBe(0);
  });
});
