import { hintText } from '../../../src/words/hints.js';
import { timing } from '../../../src/services/provisioning/timing.js';
import { operationKey } from '../../../src/services/keystore/keystore.js';
import type { CellResult } from '../matrix.js';
import { whatIsLeft } from '../api/verdict.js';
import { type Driven, drive } from './drive.js';
import type { Impostor } from './impostors.js';
import { type Phase, PHASES } from './phases.js';
import type { Trouble } from './specials.js';
import { checkConnections, checkFiles, checkLog } from './verdict.js';
import { volumeOf } from './volumes.js';
import type { SshWorld } from './world.js';

/** Real limits and budgets, passed so many times faster. */
const HASTE = 100;
/** What the machine itself needs for a run and its clean-up while it is busy, real milliseconds. */
const SLACK_MS = 10_000;

/** Begins a trouble that stays, at a share of the phase's bytes; the run must end in time and say why. */
export async function standIn(trouble: Trouble, phase: Phase, share: number): Promise<CellResult> {
  const { config, prepare, begin, onConnected, end } = trouble;
  const bytes = share === 0 ? 0 : Math.floor(share * (await volumeOf(phase)).down);
  let impostor: Impostor | undefined;
  // What hangs by itself is not to be cut.
  const hangs = trouble.kind === 'a command that hangs';
  const options = {
    phase,
    haste: HASTE,
    cuts: hangs ? [] : [{ direction: 'down', bytes, how: 'reset' } as const],
    config,
    onOpen: async (world: SshWorld) => void (impostor = await prepare?.(world)),
    onCut: (world: SshWorld) => begin(world, impostor),
    onConnected: (world: SshWorld) => onConnected?.(world),
  };
  try {
    return await drive(options, async (driven) => {
      await end?.(driven.world);
      return await judge(driven, trouble, phase, impostor);
    });
  } finally {
    await impostor?.close();
  }
}

async function judge(
  { world, outcome, wrong, tookMs }: Driven,
  trouble: Trouble,
  phase: Phase,
  impostor: Impostor | undefined,
): Promise<CellResult> {
  if (outcome === undefined) return { outcome: 'hangs', violations: wrong };
  const isSaved = phase === PHASES.HAND_OVER;
  const limitMs = limitOf(phase) / HASTE + SLACK_MS;
  const violations = [
    ...wrong,
    ...(isSaved ? await checkNamed(world, trouble) : await checkFailed(world, trouble, phase)),
    ...(tookMs <= limitMs ? [] : [`it took ${tookMs} of ${limitMs} ms`]),
    ...(impostor?.heard?.() ?? []),
    ...(await checkConnections(world)),
  ];
  return { outcome: `${outcome} (${trouble.kind})`, violations };
}

/** Of the program's time, milliseconds. */
function limitOf({ step }: Phase): number {
  const { installMs, dropletMs } = timing();
  return step === 'install_portlama' ? installMs : dropletMs;
}

/** It stops where the trouble is, with an error that helps, and leaves nothing behind but what can be resumed. */
async function checkFailed(world: SshWorld, trouble: Trouble, phase: Phase): Promise<string[]> {
  const { error, status, leftovers } = await world.operation();
  const isTheWay = trouble.isTheWay === true || error?.code === 'connection-lost';
  const isResumable = isTheWay && phase !== PHASES.CONNECT;
  const left = isResumable ? [] : await whatIsLeft(world, false);
  const droplets = isResumable ? world.created().droplets.length : 0;
  return [
    ...(status === (isResumable ? 'interrupted' : 'failed') ? [] : [`it is ${status}`]),
    ...(isResumable && droplets !== 1 ? [`${droplets} droplets`] : []),
    ...(error?.step === phase.step ? [] : [`it failed in ${error?.step}`]),
    ...(trouble.code.test(error?.code ?? '') ? [] : [`${error?.code}: ${error?.message}`]),
    ...explains(hintText(error?.hint, { sandbox: false }), trouble),
    ...left.map((name) => `left over: ${name}`),
    ...leftovers.map(({ id }) => `named as left over: ${id}`),
  ];
}

/** The server is good, and what could not be done on it is named. */
async function checkNamed(world: SshWorld, trouble: Trouble): Promise<string[]> {
  const { status, leftovers } = await world.operation();
  const names = leftovers.map(({ kind }) => kind).join(', ');
  const said = (await world.records()).flatMap((record) =>
    record.event === 'log' && record.text.startsWith('the temporary key could not be removed')
      ? [record.text]
      : [],
  );
  const secret = await world.keystore.get(operationKey(world.request.id));
  return [
    ...(status === 'succeeded' ? [] : [`it is ${status}`]),
    ...(names === 'ssh-key, host-key, file, credential' ? [] : [`named as left over: ${names}`]),
    ...explains(said[0], trouble),
    ...(secret === undefined ? ['the temporary key, the only way to try again, is gone'] : []),
    ...(await whatIsLeft(world, true))
      .filter((name) => !name.startsWith('credential com.portlama.operation '))
      .map((name) => `left over: ${name}`),
    ...(await checkLog(world)),
    ...(await checkFiles(world)),
  ];
}

function explains(text: string | undefined, { hint }: Trouble): string[] {
  if (text === undefined) return ['it does not say what to do'];
  return hint?.test(text) === false ? [`it does not say what it may mean: ${text}`] : [];
}
