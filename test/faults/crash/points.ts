import type { JournalRecord } from '../../../src/services/provisioning/journal/records.js';

/** What the person answers when the program finds an operation whose worker died. */
export type Answer = 'clean up' | 'resume';

/** A moment at which a worker is killed. Numbers count from 1, in the order of a run. */
export type Point =
  | {
      readonly kind: 'record';
      readonly number: number;
      readonly moment: 'before' | 'torn' | 'after';
      /** A line of the installer's log, or one of its steps. */
      readonly isProgress: boolean;
      readonly name: string;
    }
  | {
      readonly kind: 'api';
      readonly number: number;
      /** Whether DigitalOcean does what was asked; its answer never arrives. */
      readonly acts: boolean;
      readonly name: string;
    };

/** What one run of a worker wrote and asked, from which all moments follow. */
export interface Trace {
  /** Records that the worker wrote. */
  readonly records: readonly JournalRecord[];
  /** `POST /v2/droplets` */
  readonly calls: readonly string[];
}

/** Of the installer's log lines, between which nothing happens here, every so many. */
const LOG_STRIDE = 3;

/** Every moment of a run at which something may have been done or not. */
export function pointsOf({ records, calls }: Trace): readonly Point[] {
  return [...records.flatMap(recordPoints), ...calls.flatMap(callPoints)];
}

function recordPoints(record: JournalRecord, index: number): readonly Point[] {
  const number = index + 1;
  const name = `${number} ${describe(record)}`;
  const at = (moment: 'before' | 'torn' | 'after'): Point => ({
    kind: 'record',
    number,
    moment,
    isProgress: isLine(record) || record.event === 'substep',
    name: `${moment} record ${name}`,
  });
  // After one line of the log is before the next.
  if (isLine(record)) return number % LOG_STRIDE === 0 ? [at('after')] : [];
  if (record.event === 'substep') return [at('before'), at('after')];
  return [at('before'), at('torn'), at('after')];
}

function callPoints(call: string, index: number): readonly Point[] {
  const number = index + 1;
  return [false, true].map((acts) => ({
    kind: 'api',
    number,
    acts,
    name: `${acts ? 'after' : 'before'} call ${number} ${call}`,
  }));
}

function isLine(record: JournalRecord): boolean {
  return (
    (record.event === 'log' && record.step === 'install_portlama') || record.event === 'waiting'
  );
}

function describe(record: JournalRecord): string {
  switch (record.event) {
    case 'step':
      return `${record.step} ${record.status}`;
    case 'substep':
      return `${record.name} ${record.status}`;
    case 'rollback':
      return `${record.resource.kind} ${record.status}`;
    case 'log':
    case 'waiting':
    case 'instruct':
      return `${record.event} of ${record.step}`;
    case 'operation':
    case 'worker':
    case 'error':
    case 'cancel':
    case 'dns':
    case 'names':
    case 'looked':
    case 'tasks':
    case 'clock':
    case 'rolled-back':
    case 'complete':
      return record.event;
  }
}
