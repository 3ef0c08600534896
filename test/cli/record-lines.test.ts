import { describe, expect, it } from 'vitest';
import { plainLine, PlainLines, ProtocolLines } from '../../src/cli/record-lines.js';
import type {
  JournalEntry,
  OperationRequest,
  Resource,
} from '../../src/services/provisioning/journal/records.js';

const SERVER = {
  id: '1',
  label: 'edge',
  panelUrl: 'https://203.0.113.4:9292',
  ip: '203.0.113.4',
  region: 'fra1',
  providerId: '42',
};
const DROPLET: Resource = {
  kind: 'droplet',
  id: '42',
  monthlyUsd: 4,
  removeBy: 'Destroy it there.',
};

function protocol(...entries: JournalEntry[]): unknown[] {
  const lines = new ProtocolLines();
  return entries
    .flatMap((entry) => lines.next({ at: 1, ...entry }))
    .map((line) => JSON.parse(line) as unknown);
}

function plain(entry: JournalEntry): string | undefined {
  return plainLine({ at: 1, ...entry }, { sandbox: false });
}

const failed: JournalEntry = {
  event: 'error',
  step: 'wait_ssh',
  code: 'c',
  message: 'no way',
  hint: 'go around',
};

describe('progress protocol', () => {
  it('speaks of steps and the server, and of nothing else', () => {
    expect(
      protocol(
        { event: 'worker', pid: 1, startedAt: '', mode: 'run' },
        { event: 'step', step: 'create_droplet', status: 'running' },
        { event: 'log', step: 'create_droplet', text: 'x' },
        { event: 'step', step: 'create_droplet', status: 'done', data: { dropletId: 42 } },
        { event: 'complete', server: SERVER, leftovers: [] },
      ),
    ).toEqual([
      { event: 'step', step: 'create_droplet', status: 'running' },
      { event: 'step', step: 'create_droplet', status: 'done', data: { dropletId: 42 } },
      { event: 'complete', server: SERVER },
    ]);
  });

  it('tells an error that nothing is cleaned up for at once', () => {
    expect(protocol({ ...failed, resumable: true })).toEqual([
      { event: 'error', step: 'wait_ssh', message: 'no way', recoverable: false },
    ]);
  });

  it('tells the error once the clean-up is over, recoverable only when nothing is left', () => {
    expect(protocol(failed)).toEqual([]);
    expect(protocol(failed, { event: 'rolled-back', leftovers: [] })).toEqual([
      { event: 'error', step: 'wait_ssh', message: 'no way', recoverable: true },
    ]);
    expect(protocol(failed, { event: 'rolled-back', leftovers: [DROPLET] })).toEqual([
      { event: 'error', step: 'wait_ssh', message: 'no way', recoverable: false },
    ]);
  });
});

describe('plain lines', () => {
  it('count the steps and end with the address', () => {
    expect(plain({ event: 'step', step: 'validate_token', status: 'running' })).toBe(
      '1 of 11, Validating token: running',
    );
    expect(plain({ event: 'step', step: 'cleanup', status: 'done', data: {} })).toBe(
      '11 of 11, Cleaning up: done',
    );
    expect(plain({ event: 'complete', server: SERVER, leftovers: [] })).toBe(
      'Online: edge at https://203.0.113.4:9292',
    );
  });

  it('say what is waited for, in a word', () => {
    const waiting = (text: string): string | undefined =>
      plain({ event: 'waiting', step: 'create_droplet', text });
    expect(waiting('droplet 42 is still being created; deleting it has to wait')).toBe(
      '    waiting: droplet 42 is still being created; deleting it has to wait',
    );
    expect(waiting('waiting until droplet 42 is gone')).toBe(
      '    waiting until droplet 42 is gone',
    );
  });

  it('say what to do about an error, and what is left with its cost', () => {
    expect(plain(failed)).toBe('Failed at Connecting via SSH: no way');
    expect(plain({ event: 'rolled-back', leftovers: [DROPLET] })).toBe(
      'Remove this by hand:\n  droplet 42, costs $4 a month. Destroy it there.',
    );
    expect(
      plain({ event: 'rollback', resource: DROPLET, status: 'failed', reason: 'API is down' }),
    ).toBe('  not removed: droplet 42: API is down');
  });
});

describe('plain lines of a failed operation', () => {
  const request = { id: 'op1', label: 'lab', region: 'fra1' } as OperationRequest;
  const removed: JournalEntry = { event: 'rollback', resource: DROPLET, status: 'removed' };

  function linesOf(...entries: JournalEntry[]): string {
    const lines = new PlainLines({ sandbox: true });
    const all: JournalEntry[] = [{ event: 'operation', request }, ...entries];
    return all.map((entry) => lines.next({ at: 1, ...entry })).join('\n');
  }

  it('say that nothing was made where nothing was', () => {
    const text = linesOf(failed, { event: 'rolled-back', leftovers: [] });
    expect(text).toContain('Nothing was created, so nothing costs money.');
    expect(text).not.toContain('Everything that was created');
  });

  it('give the way out once all is removed, after that', () => {
    const text = linesOf(failed, removed, { event: 'rolled-back', leftovers: [] });
    expect(text).toMatch(
      /no way\n.*\n?Everything that was created is removed; .*\n {2}go around\n {2}Then try again: portlama-tui --sandbox provision --region fra1 --label lab$/s,
    );
  });

  it('name the clean-up where something is left, and nothing to do before that', () => {
    const text = linesOf(failed, removed, { event: 'rolled-back', leftovers: [DROPLET] });
    expect(text).toMatch(/Remove what is left: portlama-tui --sandbox operations cleanup op1$/);
    expect(text).not.toContain('try again');
  });

  it('name both ways at once where nothing is removed', () => {
    const text = linesOf({ ...failed, resumable: true });
    expect(text).toContain('Resume it: portlama-tui --sandbox operations resume op1');
    expect(text).toContain(
      'Or remove what it created: portlama-tui --sandbox operations cleanup op1',
    );
  });

  it('say nothing more after a cancel', () => {
    const cancelled: JournalEntry = { ...failed, code: 'cancelled' };
    const text = linesOf({ event: 'cancel' }, cancelled, { event: 'rolled-back', leftovers: [] });
    expect(text).not.toContain('try again');
  });
});
