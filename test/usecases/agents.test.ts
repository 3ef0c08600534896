import { describe, expect, it } from 'vitest';
import {
  createAgent,
  type CreatedAgent,
  createAgentToken,
  downloadAgent,
  listAgents,
  revokeAgent,
} from '../../src/usecases/agents.js';
import { tableLines } from '../../src/words/formats.js';
import { agentSetupLine, agentTable } from '../../src/words/agents.js';
import { sharedPanel } from './panel-work.js';

const LAPTOP = { name: 'laptop', capabilities: ['system:read'], file: '/home/ops/laptop.p12' };
const { panel, open } = sharedPanel();
const statusOf = async (client: { pfx: Buffer; passphrase: string }): Promise<number> =>
  (await panel().call({ method: 'GET', path: '/api/system/stats', client })).status;

describe('agents', () => {
  it('get a certificate that works with the password shown, until it is revoked', async () => {
    const { work, world, face, changes } = await open({
      confirm: 'Revoke the certificate of laptop?',
      typed: 'laptop',
    });
    const shown: CreatedAgent[] = [];
    await createAgent('fra1-edge', LAPTOP, (created) => void shown.push(created), work);
    const [created] = shown as [CreatedAgent];
    const client = { pfx: world.keptFiles.get(LAPTOP.file)!, passphrase: created.password };
    expect(await statusOf(client)).toBe(200);
    expect(face.said.join('\n')).not.toContain(created.password);
    expect(world.ports.redactor.clean(created.password)).not.toContain(created.password);
    const { agents } = await listAgents('fra1-edge', work);
    expect(tableLines(agentTable(agents))[1]).toMatch(
      /^laptop +\d{4}-\d\d-\d\d +p12 +tunnels:read system:read$/,
    );
    await downloadAgent('fra1-edge', 'laptop', '/home/ops/again.p12', work);
    expect(world.keptFiles.get('/home/ops/again.p12')).toEqual(client.pfx);
    await revokeAgent('fra1-edge', 'laptop', work);
    expect(await statusOf(client)).toBe(403);
    expect((await listAgents('fra1-edge', work)).agents).toEqual([]);
    expect(changes).toEqual(['POST /api/certs/agent', 'DELETE /api/certs/agent/laptop']);
    face.finish();
  });

  it('whose file cannot be written still have their password shown, and a way to fetch it', async () => {
    const { work } = await open();
    const passwords: string[] = [];
    const full = {
      ...work,
      savePrivateFile: () => Promise.reject(new Error('The disk is full.')),
    };
    const input = { ...LAPTOP, name: 'desk' };
    const show = ({ password }: CreatedAgent): void => void passwords.push(password);
    await expect(createAgent('fra1-edge', input, show, full)).rejects.toMatchObject({
      code: 'agent-not-kept',
      message: expect.stringContaining('The disk is full.') as string,
      hint: { command: 'servers.agents.download', agent: 'desk' },
    });
    expect(passwords).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });

  it('are not made where the file is there already, or the name is none', async () => {
    const { work, changes } = await open();
    const transfer = {
      ...work.transfer,
      requireAbsent: () => Promise.reject(new Error('laptop.p12 exists.')),
    };
    await expect(
      createAgent('fra1-edge', LAPTOP, () => undefined, { ...work, transfer }),
    ).rejects.toThrow('laptop.p12 exists.');
    await expect(
      createAgent('fra1-edge', { ...LAPTOP, name: 'My_Laptop' }, () => undefined, work),
    ).rejects.toMatchObject({ code: 'agent-invalid' });
    expect(changes).toEqual([]);
  });

  it('can be set up by a token, which is said in one line alone', async () => {
    const { work, world, face } = await open();
    const made = await createAgentToken('fra1-edge', { name: 'nas', capabilities: [] }, work);
    expect(agentSetupLine(made.name, made.token, made.panelUrl)).toBe(
      `PORTLAMA_ENROLLMENT_TOKEN=${made.token} npx @lamalibre/portlama-agent setup --label nas --panel-url https://${panel().droplet.address}:9292`,
    );
    expect(made.token).toMatch(/^[0-9a-f]{64}$/);
    expect(face.said).toEqual([]);
    expect(world.ports.redactor.clean(made.token)).not.toContain(made.token);
  });

  it('with rights that the panel does not know are refused with its reason', async () => {
    const { work } = await open();
    await expect(
      createAgentToken('fra1-edge', { name: 'nas', capabilities: ['all'] }, work),
    ).rejects.toThrow('Invalid capability: all');
  });
});
