import { describe, expect, it } from 'vitest';
import type { Liveness } from '../../../src/services/process/identity.js';
import {
  addRecords,
  foldJournal,
  SUBSTEPS_MAX,
} from '../../../src/services/provisioning/journal/fold.js';
import type {
  JournalEntry,
  JournalRecord,
  Resource,
} from '../../../src/services/provisioning/journal/records.js';

const DROPLET: Resource = { kind: 'droplet', id: '42', monthlyUsd: 4, removeBy: 'Destroy it.' };
const KEY: Resource = { kind: 'ssh-key', id: '7', monthlyUsd: 0, removeBy: 'Delete it.' };
const REQUEST = {
  id: '0123456789abcdef',
  serverId: 'b1a2',
  label: 'fra1-edge',
  region: 'fra1',
  size: 's-1vcpu-512mb-10gb',
  image: 'ubuntu-24-04-x64',
  installer: '@lamalibre/create-portlama',
  apiUrl: 'http://127.0.0.1:1/',
};

function journal(...entries: JournalEntry[]): JournalRecord[] {
  const start: JournalEntry[] = [
    { event: 'operation', request: REQUEST },
    { event: 'worker', pid: 1, startedAt: '', mode: 'run' },
  ];
  return [...start, ...entries].map((entry, index) => ({ at: index * 1000, ...entry }));
}

const begun: JournalEntry = { event: 'step', step: 'create_droplet', status: 'running' };
const failed: JournalEntry = {
  event: 'error',
  step: 'create_droplet',
  code: 'x',
  message: 'no',
  hint: 'try',
};

describe('folding a journal', () => {
  it('needs to know what was asked for', () => {
    expect(foldJournal([], 'alive')).toBeUndefined();
  });

  it('has every step in order with its times', () => {
    const operation = foldJournal(
      journal(
        { event: 'step', step: 'validate_token', status: 'running' },
        { event: 'step', step: 'validate_token', status: 'done', data: {} },
        begun,
      ),
      'alive',
    );
    expect(operation).toMatchObject({ status: 'running', startedAt: 0, endedAt: undefined });
    expect(operation?.steps).toHaveLength(11);
    expect(operation?.steps[0]).toEqual({
      id: 'validate_token',
      status: 'done',
      startedAt: 2000,
      endedAt: 3000,
    });
    expect(operation?.steps[3]).toMatchObject({
      id: 'create_droplet',
      status: 'running',
      startedAt: 4000,
    });
    expect(operation?.steps[4]).toMatchObject({ status: 'pending' });
  });

  it('shows what is waited for until the next record that is not a log line', () => {
    const waiting: JournalEntry = {
      event: 'waiting',
      step: 'create_droplet',
      text: 'rate limited',
      untilMs: 9,
    };
    const records = journal(begun, waiting, { event: 'log', step: 'create_droplet', text: 'x' });
    expect(foldJournal(records, 'alive')?.waiting).toEqual({ text: 'rate limited', untilMs: 9 });
    const done: JournalEntry = { event: 'step', step: 'create_droplet', status: 'done', data: {} };
    expect(foldJournal(journal(begun, waiting, done), 'alive')?.waiting).toBeUndefined();
  });

  it('shows what a clean-up waits for until the thing is removed', () => {
    const text = 'waiting until droplet 42 is gone';
    const removing: JournalEntry = { event: 'rollback', resource: DROPLET, status: 'running' };
    const waiting: JournalEntry = { event: 'waiting', step: 'create_droplet', text };
    const operation = foldJournal(journal(begun, failed, removing, waiting), 'alive');
    expect(operation).toMatchObject({
      status: 'cleaning-up',
      waiting: { text },
      rollback: [{ resource: DROPLET, status: 'running' }],
    });
    const removed: JournalEntry = { event: 'rollback', resource: DROPLET, status: 'removed' };
    expect(foldJournal(journal(begun, failed, removing, waiting, removed), 'alive')).toMatchObject({
      status: 'cleaning-up',
      waiting: undefined,
      rollback: [{ resource: DROPLET, status: 'removed' }],
    });
  });

  it('keeps the installer’s steps in the order in which they came, each with its last state', () => {
    const substep = (name: string, status: 'running' | 'complete'): JournalEntry => ({
      event: 'substep',
      step: 'install_portlama',
      name,
      status,
    });
    const records = journal(
      substep('a', 'running'),
      substep('a', 'complete'),
      substep('b', 'running'),
    );
    expect(foldJournal(records, 'alive')?.substeps).toEqual([
      { name: 'a', status: 'complete' },
      { name: 'b', status: 'running' },
    ]);
  });

  it('keeps a limited number of the installer’s steps, however many names a droplet prints', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `step_${index}`);
    const records = journal(
      ...(['running', 'complete'].flatMap((status) =>
        names.map((name) => ({ event: 'substep', step: 'install_portlama', name, status })),
      ) as JournalEntry[]),
    );
    const kept = names.slice(0, SUBSTEPS_MAX).map((name) => ({ name, status: 'complete' }));
    expect(foldJournal(records, 'alive')?.substeps).toEqual(kept);
  });

  it.each<[string, JournalEntry[], Liveness, string]>([
    ['a worker that lives', [begun], 'alive', 'running'],
    ['no worker and no end', [begun], 'gone', 'interrupted'],
    ['a worker that cannot be seen', [begun], 'unseen', 'out-of-sight'],
    ['an error that is being cleaned up', [begun, failed], 'alive', 'cleaning-up'],
    ['a clean-up that died', [begun, failed], 'gone', 'interrupted'],
    [
      'a whole clean-up',
      [begun, failed, { event: 'rolled-back', leftovers: [] }],
      'gone',
      'failed',
    ],
    [
      'a clean-up that left something',
      [begun, failed, { event: 'rolled-back', leftovers: [DROPLET] }],
      'gone',
      'failed-with-leftovers',
    ],
    [
      'a second clean-up at work',
      [
        failed,
        { event: 'rolled-back', leftovers: [DROPLET] },
        { event: 'worker', pid: 2, startedAt: '', mode: 'cleanup' },
        { event: 'rollback', resource: DROPLET, status: 'running' },
      ],
      'alive',
      'cleaning-up',
    ],
    [
      'a server that is online',
      [
        {
          event: 'complete',
          server: { id: '1', label: 'l', panelUrl: 'u', ip: 'i', region: 'r', providerId: '42' },
          leftovers: [KEY],
        },
      ],
      'gone',
      'succeeded',
    ],
  ])('tells %s', (_name, entries, worker, status) => {
    expect(foldJournal(journal(...entries), worker)?.status).toBe(status);
  });

  it('has the last word on each resource of the clean-up', () => {
    const records = journal(
      failed,
      { event: 'rollback', resource: DROPLET, status: 'running' },
      { event: 'rollback', resource: DROPLET, status: 'failed', reason: 'API is down' },
      { event: 'rollback', resource: KEY, status: 'running' },
      { event: 'rollback', resource: KEY, status: 'removed' },
      { event: 'rollback', resource: DROPLET, status: 'removed' },
    );
    expect(foldJournal(records, 'alive')?.rollback).toEqual([
      { resource: DROPLET, status: 'removed', reason: undefined },
      { resource: KEY, status: 'removed', reason: undefined },
    ]);
  });

  it('gives the same whether records come at once or one by one', () => {
    const records = journal(
      begun,
      failed,
      { event: 'cancel' },
      { event: 'rolled-back', leftovers: [KEY] },
    );
    const whole = foldJournal(records, 'gone');
    const first = foldJournal(records.slice(0, 1), 'gone')!;
    const stepwise = records
      .slice(1)
      .reduce((operation, record) => addRecords(operation, [record], 'gone'), first);
    expect(stepwise).toEqual(whole);
    expect(whole).toMatchObject({
      cancelled: true,
      error: { code: 'x', hint: 'try' },
      leftovers: [KEY],
    });
  });
});
