import type { ApiFaultInput } from '../../../src/sandbox/faults/api-faults.js';

type Fault<Input> = Input extends unknown ? Omit<Input, 'match' | 'times'> : never;

/** One way in which an answer can go wrong. */
export interface Kind {
  readonly name: string;
  readonly fault: Fault<ApiFaultInput>;
  /** What was asked for is done although the answer says nothing of it: only differs for what changes something. */
  readonly acts: boolean;
}

const before = (name: string, fault: Kind['fault']): Kind => ({ name, fault, acts: false });
const after = (name: string, fault: Kind['fault']): Kind => ({ name, fault, acts: true });

export const KINDS: readonly Kind[] = [
  before('429 with retry-after', { kind: 'status', status: 429, retryAfterSeconds: 1 }),
  before('429 without a word', { kind: 'status', status: 429 }),
  before('500', { kind: 'status', status: 500 }),
  after('500 after it acted', { kind: 'status', status: 500, acts: true }),
  before('502 with a page', { kind: 'html' }),
  after('502 with a page after it acted', { kind: 'html', acts: true }),
  before('reset', { kind: 'reset' }),
  after('reset after it acted', { kind: 'reset', acts: true }),
  before('silence', { kind: 'hang' }),
  after('silence after it acted', { kind: 'hang', acts: true }),
  after('truncated', { kind: 'truncated' }),
  after('cut', { kind: 'cut' }),
  after('wrong types', { kind: 'wrong-type' }),
];

/** For calls that only read, acting or not is the same. */
export const READ_KINDS = KINDS.filter(
  ({ fault, acts }) => !acts || !('acts' in fault && fault.acts === true),
);

export const TIMES = [1, 3, 'forever'] as const;
export type Times = (typeof TIMES)[number];
