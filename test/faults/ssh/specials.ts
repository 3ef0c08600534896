import { execFileSync } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import type { Cell, CellResult } from '../matrix.js';
import { CLOSED_PORT, GREETINGS, greeter, type Impostor, otherServer } from './impostors.js';
import { type Phase, PHASES } from './phases.js';
import { standIn } from './stand-in.js';
import type { SshWorld } from './world.js';

const { CONNECT, INSTALL, RETRIEVAL, HAND_OVER } = PHASES;
/** Parts of the run that go over SSH and can find somebody else there. */
const SSH_PHASES = [CONNECT, INSTALL, RETRIEVAL, HAND_OVER];
/** Half of the phase has gone by. */
const MIDDLE = 0.5;

/** From a moment on the droplet is not there any more, or not as it was, and stays so. */
export interface Trouble {
  readonly kind: string;
  /** The error's code, where the server is not saved yet. */
  readonly code: RegExp;
  /** It may be the way there alone: an installation that has begun is interrupted, and nothing is destroyed. */
  readonly isTheWay?: boolean;
  /** What its hint must say. */
  readonly hint?: RegExp;
  readonly config?: readonly string[];
  /** Before anything has run. Resolves to whoever is to answer in the droplet's place. */
  readonly prepare?: (world: SshWorld) => Promise<Impostor | undefined>;
  /** From now on. */
  readonly begin: (world: SshWorld, impostor: Impostor | undefined) => void;
  readonly onConnected?: (world: SshWorld) => void;
  /** Lets what hangs on the droplet go. */
  readonly end?: (world: SshWorld) => Promise<void>;
}

const redirect: Trouble['begin'] = (world, impostor) => {
  world.sshPort = impostor!.port;
};

const OTHER_KEY: Trouble = {
  kind: 'wrong host key',
  code: /^host-key-changed$/,
  hint: /another server.*rebuilt.*pretending/,
  prepare: ({ sshd }) => otherServer(sshd),
  begin: redirect,
};

const REFUSED: Trouble = {
  kind: 'refused',
  code: /^connection-refused$/,
  isTheWay: true,
  begin: (world) => (world.refusedBy = CLOSED_PORT),
};

function garbage(what: keyof typeof GREETINGS, code: RegExp): Trouble {
  const prepare = (): Promise<Impostor> => greeter(GREETINGS[what]);
  return { kind: what, code, isTheWay: true, prepare, begin: redirect };
}

const WEB_PAGE = garbage('a web page', /^not-ssh$/);
const SILENT = garbage('no banner at all', /^connection-timeout$/);

/** The connection comes about, and nothing more is heard. */
const MUTE: Trouble = {
  kind: 'hang after authentication',
  // The time may be over between a lost connection and the next one: then that is what is told.
  code: /^(droplet-hangs|install-timeout|connection-lost)$/,
  begin: (world) => (world.isMute = true),
  onConnected: (world) => world.isMute && world.proxy.muteAll(),
};

const WHILE_THERE = 'while [ -e "$PORTLAMA_ROOT/calls" ] && [ ! -e "$PORTLAMA_ROOT/stop" ]';
const FOR_EVER = `${WHILE_THERE}; do sleep 0.1; done`;

/** The server answers, and what it is asked to do never ends. */
function stuck(change: Pick<Trouble, 'config' | 'prepare' | 'end'>): Trouble {
  const kind = 'a command that hangs';
  const code = /^(droplet-hangs|install-timeout)$/;
  return { kind, code, begin: () => undefined, ...change };
}

const fifo = ({ droplet }: SshWorld): string => join(droplet.root, 'etc/portlama/pki/client.p12');

const STUCK: readonly (readonly [Phase, Trouble])[] = [
  [CONNECT, stuck({ config: [`ForceCommand ${FOR_EVER}`] })],
  [INSTALL, stuck({ prepare: hangingProgram('flock') })],
  [RETRIEVAL, stuck({ prepare: asFifo, end: releaseFifo })],
  [HAND_OVER, stuck({ prepare: hangingProgram('ssh-keygen') })],
];

function hangingProgram(name: string): NonNullable<Trouble['prepare']> {
  return async ({ droplet }) => {
    await droplet.program(name, FOR_EVER);
    return undefined;
  };
}

/** Whoever opens it waits for somebody to write. */
async function asFifo(world: SshWorld): Promise<undefined> {
  await rm(fifo(world));
  execFileSync('mkfifo', [fifo(world)]);
}

async function releaseFifo(world: SshWorld): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_NONBLOCK;
  await open(fifo(world), flags).then(
    (file) => file.close(),
    () => undefined,
  );
}

export interface SpecialCell {
  readonly kind: string;
  readonly cell: Cell;
}

/** Everybody who can answer in the droplet's place, in every phase. */
export function specialCells(): readonly SpecialCell[] {
  const everywhere = [OTHER_KEY, REFUSED, MUTE, WEB_PAGE, SILENT];
  const atFirst = [
    garbage('binary noise', /^not-ssh$/),
    garbage('noise after a banner', /^(ssh-incompatible|connection-reset)$/),
    garbage('a flood without end', /^not-ssh$/),
  ];
  return [
    ...everywhere.flatMap((trouble) => SSH_PHASES.map((phase) => cell(trouble, phase, 0))),
    ...everywhere.flatMap((trouble) =>
      [INSTALL, HAND_OVER].map((phase) => cell(trouble, phase, MIDDLE)),
    ),
    ...atFirst.map((trouble) => cell(trouble, CONNECT, 0)),
    ...STUCK.map(([phase, trouble]) => cell(trouble, phase, 0)),
  ];
}

function cell(trouble: Trouble, phase: Phase, share: number): SpecialCell {
  const { kind } = trouble;
  const where = share === 0 ? phase.name : `in the middle of ${phase.name}`;
  const run = (): Promise<CellResult> => standIn(trouble, phase, share);
  return { kind, cell: { name: `${kind}, ${where}`, run } };
}
