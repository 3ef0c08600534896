import { describe, expect, it, onTestFinished } from 'vitest';
import { PortlamaError } from '../../../src/core/errors.js';
import type { WatchEvent } from '../../../src/core/watch-event.js';
import { Outbox } from '../../../src/services/watching/outbox.js';
import type { Outlet } from '../../../src/services/watching/outlets.js';
import { SteppedClock } from '../health/stepped-clock.js';
import { offlineEvent } from './events.js';

/** An outbox with one outlet that answers by a script, and takes everything after it. */
function outbox(
  script: readonly ('passing' | 'final')[] = [],
  waiting: Record<string, WatchEvent[]> = {},
) {
  const clock = new SteppedClock();
  const stop = new AbortController();
  const taken: string[] = [];
  const tries: number[] = [];
  const errors: string[] = [];
  const saved: string[][] = [];
  const answers = [...script];
  const outlet: Outlet = {
    name: 'webhook',
    target: 'there',
    async send({ id }) {
      tries.push(clock.monotonic());
      // What is handed over was on the disk before.
      expect(saved.at(-1)).toContain(id);
      const answer = answers.shift();
      if (answer !== undefined)
        throw new PortlamaError({
          code: 'event-not-taken',
          message: 'It failed.',
          retryable: answer === 'passing',
        });
      taken.push(id);
    },
  };
  const box = new Outbox({
    clock,
    outlets: [outlet],
    waiting,
    save: async () => void saved.push(box.waiting()['webhook']!.map(({ id }) => id)),
    onError: (message) => errors.push(message),
    signal: stop.signal,
  });
  const running = box.run();
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  return { box, clock, taken, tries, errors, saved, stop, running };
}

describe('events on their way out', () => {
  it('are handed over in order, and wait on the disk until they were taken', async () => {
    const { box, clock, taken, saved } = outbox();
    box.add(offlineEvent('a'));
    box.add(offlineEvent('b'));
    await clock.pass(0);
    expect(taken).toEqual(['a', 'b']);
    expect(saved.at(-1)).toEqual([]);
  });

  it('are tried again after a failure that may pass; the others wait behind', async () => {
    const { box, clock, taken, tries, errors } = outbox(['passing', 'passing']);
    box.add(offlineEvent('a'));
    box.add(offlineEvent('b'));
    await clock.pass(34_999);
    expect(taken).toEqual([]);
    await clock.pass(1);
    expect(taken).toEqual(['a', 'b']);
    expect(tries.slice(0, 3).map((at) => at - tries[0]!)).toEqual([0, 5_000, 35_000]);
    expect(errors).toEqual(['It failed. It is tried again.']);
  });

  it('are given up where no try helps, and the next ones follow', async () => {
    const { box, clock, taken, errors } = outbox(['final']);
    box.add(offlineEvent('a'));
    box.add(offlineEvent('b'));
    await clock.pass(0);
    expect(taken).toEqual(['b']);
    expect(errors).toEqual(['It failed. Given up: lab is offline: no answer.']);
  });

  it('are given up after some hour of tries', async () => {
    const { box, clock, taken, errors } = outbox(Array.from({ length: 8 }, () => 'passing'));
    box.add(offlineEvent('a'));
    await clock.pass(2 * 3_600_000);
    expect(taken).toEqual([]);
    expect(errors.at(-1)).toContain('Given up');
  });

  it('are handed over ten at once, and one in six seconds after that', async () => {
    const { box, clock, taken } = outbox();
    for (let number = 0; number < 14; number++) box.add(offlineEvent(String(number)));
    await clock.pass(0);
    expect(taken).toHaveLength(10);
    await clock.pass(6_000);
    expect(taken).toHaveLength(11);
    await clock.pass(18_000);
    expect(taken).toHaveLength(14);
  });

  it('of an earlier process go first', async () => {
    const { box, clock, taken } = outbox([], { webhook: [offlineEvent('before')] });
    box.add(offlineEvent('after'));
    await clock.pass(0);
    expect(taken).toEqual(['before', 'after']);
  });

  it('that an ended process has not handed over are still there', async () => {
    const { box, clock, stop, running } = outbox(['passing']);
    box.add(offlineEvent('a'));
    await clock.pass(1_000);
    stop.abort();
    await running;
    expect(box.waiting()['webhook']!.map(({ id }) => id)).toEqual(['a']);
  });

  it('are at most 500; the oldest that are not on their way are dropped, and that is said', async () => {
    const { box, clock, taken, errors } = outbox(['passing']);
    for (let number = 0; number < 503; number++) box.add(offlineEvent(String(number)));
    await clock.pass(5_000);
    expect(box.waiting()['webhook']!.length).toBeLessThanOrEqual(500);
    expect(taken.slice(0, 2)).toEqual(['0', '4']);
    expect(errors.at(-1)).toContain('3 events were dropped');
  });
});
