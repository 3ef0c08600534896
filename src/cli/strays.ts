import { InputError } from '../core/errors.js';
import { monthly } from '../core/price.js';
import { isLoopbackApi } from '../services/digitalocean/api-url.js';
import { adoptStray, destroyStray } from '../services/provisioning/end-stray.js';
import { findStray, findStrays, nameToType, type Stray } from '../services/provisioning/strays.js';
import type { Command } from './command.js';
import { plainText } from './plain-text.js';
import { openPrompt } from './prompt.js';
import { requireToken } from './provision.js';
import { dropletText, reportLines } from './stray-lines.js';
import { type World, worldTiming } from './world.js';

type StraysCommand = Extract<Command, { name: 'strays' }>;

/** Lists strays, takes one into servers.json, or destroys one. Resolves to the exit code. */
export async function straysCommand(world: World, command: StraysCommand): Promise<number> {
  const token = await requireToken(world);
  switch (command.action) {
    case 'list':
      return await listStrays(world, token);
    case 'adopt':
      return await adopt(world, token, command.dropletId);
    case 'destroy':
      return await destroy(world, token, command.dropletId, command.confirmed);
  }
}

async function listStrays(world: World, token: string): Promise<number> {
  const { registry, operations } = world;
  const report = await findStrays(world.createApi(token), registry, operations);
  const lines = reportLines(report);
  if (lines.length === 0) print('No strays: the droplets of DigitalOcean are those of the list.');
  for (const line of lines) print(line);
  return 0;
}

async function adopt(world: World, token: string, dropletId: number): Promise<number> {
  const { registry, clock, apiUrl } = world;
  const stray = await lookUp(world, token, dropletId);
  if (stray === undefined) throw doesNotExist(dropletId);
  const apiIsLoopback = isLoopbackApi(apiUrl);
  const { id, label, ip } = await adoptStray(stray, { registry, clock, apiIsLoopback });
  print(`${label} is in the list, inactive. Nothing was done to the droplet.`);
  print('Certificate needed: its admin certificate is not on this machine.');
  print('  → Where it was installed, client.p12 and its password may still be in the browser.');
  print('  → On the droplet they are /etc/portlama/pki/client.p12 and .p12-password beside it.');
  print('  → If they are lost, portlama-reset-admin, run there as root, makes new ones.');
  print(`  → To watch its health from here, bring the file from ${ip}`);
  print(`    to ${world.home}/servers/${id}/client.p12,`);
  print(`    and its password into the credential store (com.portlama.server / ${id});`);
  print('    then confirm the panel’s own certificate: c on its row in the program.');
  return 0;
}

/** Only with the name: typed at a terminal, or given with --yes. */
async function destroy(
  world: World,
  token: string,
  dropletId: number,
  confirmed: string | undefined,
): Promise<number> {
  const stray = await lookUp(world, token, dropletId);
  if (stray === undefined) {
    print(`Droplet ${dropletId} does not exist, or not any more: nothing was destroyed.`);
    return 0;
  }
  const { name, priceMonthlyUsd } = stray.droplet;
  if (!(await isConfirmed(stray, confirmed))) {
    print('Nothing was destroyed.');
    return 1;
  }
  // Answering takes a while: what is destroyed is looked at right before.
  const fresh = await lookUp(world, token, dropletId);
  const { clock } = world;
  const { signal } = new AbortController();
  print(`Destroying ${name}; this takes until it is really gone …`);
  const api = world.createApi(token);
  if (fresh !== undefined)
    await destroyStray(fresh, { api, clock, timing: worldTiming(world), signal });
  const saved =
    priceMonthlyUsd === undefined ? '' : ` It stops costing ${monthly(priceMonthlyUsd)}.`;
  print(`${name} is destroyed: droplet ${dropletId} does not exist any more.${saved}`);
  return 0;
}

async function isConfirmed({ droplet }: Stray, confirmed: string | undefined): Promise<boolean> {
  const expected = nameToType(droplet);
  if (confirmed === undefined && process.stdin.isTTY) {
    print(`${dropletText(droplet)}: the droplet and all data on it will be deleted.`);
    print('It is in no list here, but it may be in the list of another computer of yours.');
    const prompt = openPrompt();
    try {
      return (
        (await prompt.ask(`Type ${expected} to destroy it; Enter alone leaves it: `)) === expected
      );
    } finally {
      prompt.close();
    }
  }
  if (confirmed === expected) return true;
  throw new InputError({
    code: 'not-confirmed',
    message: `${dropletText(droplet)} is destroyed only when it is named: nothing was done.`,
    hint: `If it is really to go: portlama-tui strays destroy ${droplet.id} --yes ${expected}`,
  });
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

function print(line: string): void {
  process.stdout.write(`${plainText(line)}\n`);
}
