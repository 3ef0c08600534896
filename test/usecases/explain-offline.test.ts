import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { describe, expect, it } from 'vitest';
import type { Droplet } from '../../src/services/digitalocean/api.js';
import { PanelError } from '../../src/services/panel/panel-error.js';
import { stoppedAdvice } from '../../src/usecases/advice.js';
import { explained, explainOffline } from '../../src/usecases/explain-offline.js';
import { openServer } from '../../src/usecases/open-accounts.js';
import { showStatus } from '../../src/usecases/show-status.js';
import { dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, LAB, OLD_BOX } from '../app/fakes/fake-world.js';
import { type TestWork, testWork } from './work.js';

const ID = Number(EDGE.providerId);

function withDroplet(change: Partial<Droplet> | 'gone' = {}): TestWork {
  const test = testWork({
    servers: [EDGE, LAB, OLD_BOX],
    suppliedTokens: { environment: SANDBOX_TOKEN },
  });
  if (change !== 'gone') test.world.addDroplet({ ...dropletOf(EDGE), ...change });
  return test;
}

describe('explainOffline', () => {
  it.each([
    ['panel-timeout', { status: 'off' }, 'off'],
    ['panel-refused', { status: 'new' }, 'starting'],
    ['panel-timeout', 'gone', 'gone'],
    ['panel-timeout', { locked: true }, 'locked'],
    ['panel-timeout', {}, 'network'],
    ['panel-unreachable', {}, 'network'],
    ['panel-refused', {}, 'panel-down'],
    ['panel-server-down', {}, 'panel-down'],
    ['panel-certificate-changed', {}, 'certificate'],
    ['panel-certificate-invalid', {}, 'certificate'],
  ] as const)('calls %s of a droplet %j: %s', async (code, droplet, cause) => {
    const { work } = withDroplet(droplet);
    expect(
      await explainOffline(EDGE, code, () => openServer(EDGE, work), work.signal),
    ).toMatchObject({ cause });
  });

  it.each([
    ['reboot', 'starting'],
    ['power_on', 'starting'],
    ['resize', 'busy'],
  ] as const)('sees that a %s is under way', async (type, cause) => {
    const { work, world } = withDroplet();
    world.account.actions.set(ID, [{ id: 1, type, status: 'in-progress' }]);
    const found = await explainOffline(
      EDGE,
      'panel-timeout',
      () => openServer(EDGE, work),
      work.signal,
    );
    expect(found?.cause).toBe(cause);
  });

  it('asks nothing about a server without a droplet, or a failure of this machine', async () => {
    const { work, world } = withDroplet();
    world.account.failure = new Error('nobody should ask');
    expect(
      await explainOffline(OLD_BOX, 'panel-timeout', () => openServer(EDGE, work), work.signal),
    ).toBeUndefined();
    expect(
      await explainOffline(EDGE, 'p12-wrong-password', () => openServer(EDGE, work), work.signal),
    ).toBeUndefined();
  });
});

describe('the status of a panel that does not answer', () => {
  it('says that the droplet is off, what it costs, and how it is powered on', async () => {
    const { work } = withDroplet({ status: 'off' });
    await expect(showStatus('fra1-edge', work)).rejects.toMatchObject({
      code: 'panel-refused',
      message: expect.stringContaining('is off. A droplet that is off is still billed') as string,
      hint: [{ command: 'servers.power', id: 'fra1-edge', action: 'on' }],
    });
  });

  it('keeps its own error where DigitalOcean cannot be asked', async () => {
    const { work, world } = withDroplet();
    world.account.failure = new Error('down');
    const error = new PanelError('panel-timeout', 'The panel does not answer in time.');
    expect(await explained(EDGE, error, work)).toBe(error);
    const without = testWork({ servers: [EDGE] });
    expect(await explained(EDGE, error, without.work)).toBe(error);
    const own = new Error('of this machine');
    expect(await explained(EDGE, own, work)).toBe(own);
  });
});

describe('stoppedAdvice', () => {
  it('names the servers that cost and serve nothing', () => {
    const listed = new Map([
      [EDGE.id, { ...dropletOf(EDGE), status: 'off' as const }],
      [LAB.id, dropletOf(LAB)],
    ]);
    expect(stoppedAdvice([EDGE, LAB, OLD_BOX], listed)).toEqual([
      {
        text: `fra1-edge: Droplet ${ID} is off. A droplet that is off is still billed: $4/month. Only destroying it stops that.`,
        todo: [{ lead: 'Power it on', command: 'servers.power', id: 'fra1-edge', action: 'on' }],
      },
    ]);
  });
});
