import { missingCertificateLines } from '../app/actions/missing-certificate.js';
import { InputError } from '../core/errors.js';
import { monthly } from '../core/price.js';
import type { DigitalOceanApi } from '../services/digitalocean/api.js';
import { findStray, findStrays, nameToType, type Stray } from '../services/provisioning/strays.js';
import type { Command } from './command.js';
import { type Confirmation, isConfirmed } from './confirm.js';
import { dialogText } from './dialog-text.js';
import { dropletPorts } from './droplet-ports.js';
import { onInterrupt } from './interrupts.js';
import { requireToken } from './provision.js';
import { say, waitSayer } from './say.js';
import { dropletText, reportLines } from './stray-lines.js';
import type { World } from './world.js';

export type StraysCommand = Extract<Command, { name: 'strays' }>;

/** Lists strays, takes one into servers.json, or destroys one. Resolves to the exit code. */
export async function straysCommand(world: World, command: StraysCommand): Promise<number> {
  const token = await requireToken(world);
  switch (command.action) {
    case 'list':
      return await listStrays(world, token);
    case 'adopt':
      return await adopt(world, token, command.dropletId);
    case 'destroy':
      return await destroy(world, token, command);
  }
}

async function listStrays(world: World, token: string): Promise<number> {
  const { registry, operations } = world;
  const report = await findStrays(world.createApi(token), registry, operations);
  const lines = reportLines(report);
  if (lines.length === 0)
    say(world, 'No strays: the droplets of DigitalOcean are those of the list.');
  for (const line of lines) say(world, line);
  return 0;
}

async function adopt(world: World, token: string, dropletId: number): Promise<number> {
  const stray = await lookUp(world, token, dropletId);
  if (stray === undefined) throw doesNotExist(dropletId);
  const server = await dropletPorts(world).adoptStray(stray);
  say(world, `${server.label} is in the list, inactive. Nothing was done to the droplet.`);
  for (const line of dialogText(missingCertificateLines(server))) say(world, line);
  return 0;
}

/** Only with the name: typed at a terminal, or given with --yes. */
async function destroy(
  world: World,
  token: string,
  { dropletId, confirmed }: Extract<StraysCommand, { action: 'destroy' }>,
): Promise<number> {
  const stray = await lookUp(world, token, dropletId);
  if (stray === undefined) {
    say(world, `Droplet ${dropletId} does not exist, or not any more: nothing was destroyed.`);
    return 0;
  }
  const { name, priceMonthlyUsd } = stray.droplet;
  if (!(await isConfirmed(world, confirmation(stray, confirmed)))) {
    say(world, 'Nothing was destroyed.');
    return 1;
  }
  // Answering takes a while: what is destroyed is looked at right before.
  const fresh = await lookUp(world, token, dropletId);
  say(world, `Destroying ${name} …`);
  const api = world.createApi(token);
  const outcome = fresh === undefined ? 'absent' : await endStray(world, api, fresh);
  if (outcome === 'absent') {
    say(world, `${name} was gone already: droplet ${dropletId} does not exist any more.`);
    return 0;
  }
  const saved =
    priceMonthlyUsd === undefined ? '' : ` It stops costing ${monthly(priceMonthlyUsd)}.`;
  say(world, `${name} is destroyed: droplet ${dropletId} does not exist any more.${saved}`);
  return 0;
}

async function endStray(
  world: World,
  api: DigitalOceanApi,
  stray: Stray,
): Promise<'removed' | 'absent'> {
  const { signal } = new AbortController();
  const { name } = stray.droplet;
  const text = `${name} may be destroyed all the same.\n  look: portlama-tui strays`;
  const listening = onInterrupt(world, text);
  try {
    return await dropletPorts(world).destroyStray(api, stray, signal, waitSayer(world));
  } finally {
    listening.dispose();
  }
}

function confirmation({ droplet }: Stray, given: string | undefined): Confirmation {
  const expected = nameToType(droplet);
  return {
    lines: [
      `${dropletText(droplet)}: the droplet and all data on it will be deleted.`,
      'It is in no list here, but it may be in the list of another computer of yours.',
    ],
    question: `Type ${expected} to destroy it; Enter alone leaves it: `,
    answer: expected,
    given,
    isEnough: (text) => text === expected,
    refusal: () =>
      new InputError({
        code: 'not-confirmed',
        message: `${dropletText(droplet)} is destroyed only when it is named: nothing was done.`,
        hint: `If it is really to go: portlama-tui strays destroy ${droplet.id} --yes ${expected}`,
      }),
  };
}

async function lookUp(world: World, token: string, dropletId: number): Promise<Stray | undefined> {
  const { registry, operations } = world;
  return await findStray(dropletId, world.createApi(token), registry, operations);
}

function doesNotExist(dropletId: number): InputError {
  return new InputError({
    code: 'stray-unknown',
    message: `There is no droplet ${dropletId} in this account.`,
    hint: 'List the strays with: portlama-tui strays',
  });
}
