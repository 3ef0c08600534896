import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stepTitle } from '../../src/app/service-words.js';
import type { ApiFaultInput } from '../../src/sandbox/faults/api-faults.js';
import type { DropletFaultInput } from '../../src/sandbox/faults/droplet-faults.js';
import { type StepId, stepsOf } from '../../src/services/provisioning/steps/index.js';
import { runWithPassphrase } from '../cli/vault-home.js';
import { ALL_SECRETS, PlantedSecrets } from './planted.js';
import { secretsIn } from './watch.js';

/** What makes a step fail, and how that is made good for the next one. */
interface Sabotage {
  readonly api?: ApiFaultInput;
  readonly droplet?: DropletFaultInput;
  /** It fails by not coming to an end: how long that is waited for. */
  readonly patience?: string;
  /** Once this step runs. */
  readonly during?: StepId;
  readonly spoil?: (home: string) => Promise<void>;
  readonly repair?: (home: string) => Promise<void>;
}

const recipient = (home: string): string => join(home, 'vault', 'recipient.txt');
const servers = (home: string): string => join(home, 'servers.json');
const refused = (method: string, path: string, times: 1 | 'forever' = 'forever') =>
  ({ kind: 'status', status: 422, match: { method, path }, times }) as const;

/** A failure of DNS ends nothing. */
const SABOTAGE: Readonly<Record<Exclude<StepId, 'setup_dns'>, Sabotage>> = {
  validate_token: { api: { kind: 'sample', sample: 'error-401', match: { path: '/v2/account' } } },
  generate_ssh_key: {
    // The store works when it is looked at, and not any more when the key goes into it.
    api: { kind: 'slow', delayMs: 1_500, match: { path: '/v2/sizes' } },
    during: 'validate_token',
    spoil: async (home) => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await rename(recipient(home), `${recipient(home)}.away`);
    },
    repair: (home) => rename(`${recipient(home)}.away`, recipient(home)),
  },
  upload_ssh_key: { api: refused('POST', '/v2/account/keys') },
  create_droplet: { api: refused('POST', '/v2/droplets') },
  wait_droplet: { droplet: { kind: 'placement-fails' }, patience: '0.02' },
  wait_ssh: { droplet: { kind: 'wrong-host-key' } },
  install_portlama: { droplet: { kind: 'install-fails', step: 'deploy_panel', message: 'no' } },
  retrieve_credentials: { droplet: { kind: 'p12-missing' } },
  enroll_admin: { droplet: { kind: 'panel-never-comes' }, patience: '0.02' },
  save_registry: {
    droplet: { kind: 'apt-locked', forMs: 1_000 },
    during: 'install_portlama',
    spoil: (home) => writeFile(servers(home), '[{"id":"torn', { mode: 0o600 }),
    repair: (home) => writeFile(servers(home), '[]', { mode: 0o600 }),
  },
  cleanup: { api: { ...refused('DELETE', '/v2/account/keys/*'), status: 403 }, patience: '0.02' },
};

it('a run that fails at any of the eleven steps leaves no secret anywhere', async () => {
  const planted = await PlantedSecrets.create();
  let shown = '';
  for (const { id: step } of stepsOf({})) {
    if (step === 'setup_dns') continue;
    const output = await failAt(planted, step);
    // Every one of them, so that a hit tells in which.
    expect({ step, found: secretsIn(output, planted.secrets) }).toEqual({ step, found: [] });
    shown += output;
  }
  expect([...planted.secrets.keys()]).toEqual(expect.arrayContaining([...ALL_SECRETS]));
  expect(planted.sawWorker).toBe(true);
  await planted.expectNowhere(shown);
}, 120_000);

async function failAt(planted: PlantedSecrets, step: keyof typeof SABOTAGE): Promise<string> {
  const { sandbox, passphrase } = planted;
  const { api, droplet, patience = '0.2', during, spoil, repair } = SABOTAGE[step];
  if (api !== undefined) await planted.command({ action: 'addFault', fault: api });
  if (droplet !== undefined) await planted.command({ action: 'addDropletFault', fault: droplet });
  const before = await operationIds(sandbox.home);
  const log = join(sandbox.folder, `${step}.log`);
  const label = step.replaceAll('_', '-');
  const args = ['--sandbox', 'provision', '--region', 'fra1', '--label', label, '--log', log];
  const environment = { ...planted.environment, PORTLAMA_SANDBOX_PATIENCE: patience };
  const running = runWithPassphrase(args, environment, passphrase);
  if (during !== undefined) {
    await stepRuns(sandbox.home, before, during);
    await spoil?.(sandbox.home);
  }
  const { stdout, stderr } = await running;
  await repair?.(sandbox.home);
  await planted.command({ action: 'clearFaults' });
  const said = step === 'cleanup' ? 'ssh-key' : `Failed at ${stepTitle(step)}`;
  expect(stdout).toContain(said);
  expect((await readFile(log, 'utf8')).length).toBeGreaterThan(0);
  return stdout + stderr;
}

async function stepRuns(home: string, before: readonly string[], step: StepId): Promise<void> {
  const journals = async (): Promise<string> => {
    const ids = (await operationIds(home)).filter((id) => !before.includes(id));
    const texts = ids.map((id) =>
      readFile(join(home, 'operations', id, 'journal.ndjson'), 'utf8').catch(() => ''),
    );
    return (await Promise.all(texts)).join('');
  };
  await expect.poll(journals, { timeout: 20_000 }).toContain(`"step":"${step}"`);
}

async function operationIds(home: string): Promise<string[]> {
  return await readdir(join(home, 'operations')).catch(() => []);
}
