import { expect, it } from 'vitest';
import type { NewTunnel, PanelTunnel } from '../../src/services/panel/calls/tunnels.js';
import type { PanelApi } from '../../src/services/panel/panel-api.js';
import { EDGE, FakeWorld } from '../app/fakes/fake-world.js';
import type { TestScreenOptions } from '../fixtures/terminal/screen.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

const JANE = { username: 'jane', displayname: 'Jane', email: 'jane@example.com', groups: ['ops'] };
const INVITED = {
  id: 'i1',
  username: 'joe',
  email: 'joe@example.com',
  status: 'pending',
  expiresAt: '2026-11-30T10:00:00Z',
};
const LAPTOP = {
  label: 'laptop',
  expiresAt: '2028-11-20T10:00:00Z',
  enrollmentMethod: 'token',
  capabilities: ['tunnels:read'],
  revoked: false,
};

/** A panel with a user, an invitation and an agent; its tunnels are what is made here. */
function teamPanel(status: string): PanelApi {
  let tunnels: readonly PanelTunnel[] = [];
  const told = {
    onboarding: async () => ({ status, domain: 'lab.example.com' }),
    panelUrl: EDGE.panelUrl,
    tunnels: {
      list: async () => tunnels,
      async add({ subdomain, port, accessMode }: NewTunnel) {
        const fqdn = `${subdomain}.lab.example.com`;
        const made = { id: subdomain, subdomain, fqdn, port, accessMode, enabled: true };
        tunnels = [...tunnels, made];
        return made;
      },
      async setEnabled(id: string, enabled: boolean) {
        tunnels = tunnels.map((each) => (each.id === id ? { ...each, enabled } : each));
      },
      async remove(id: string) {
        tunnels = tunnels.filter((each) => each.id !== id);
      },
    },
    users: { list: async () => [JANE] },
    invitations: { list: async () => [INVITED] },
    agents: {
      list: async () => [LAPTOP],
      createToken: async () => ({ token: 'tok-1234567890', expiresAt: '2026-11-23T14:10:00Z' }),
    },
    close: () => undefined,
  };
  return told as unknown as PanelApi;
}

async function onTeam(
  status = 'COMPLETED',
  size: TestScreenOptions = { columns: 80, rows: 24 },
): Promise<RunningProgram> {
  const world = new FakeWorld({ servers: [EDGE] });
  const api = teamPanel(status);
  world.openPanelApi = async () => ({ api, wantsCode: false });
  const program = await startProgram(world, size);
  await program.press('enter');
  await expect.poll(() => program.text()).toContain('├ Latency');
  await program.press('w');
  return program;
}

const sees = (program: RunningProgram, text: string | RegExp): Promise<void> =>
  expect.poll(() => program.text()).toMatch(text);

it('makes, turns off and removes a tunnel from the page of its server', async () => {
  const program = await onTeam();
  await sees(program, 'No tunnels yet');
  await program.press('n');
  await sees(program, 'New tunnel');
  await program.type('blog');
  await program.press('enter');
  await sees(program, 'New tunnel: blog');
  await program.type('8080');
  await program.press('enter');
  await sees(program, 'Who may open blog');
  await program.press('right', 'enter');
  await sees(program, /blog +8080 +on +restricted +blog\.lab\.example\.com/);
  await program.world.clock.pass(6_000);
  await sees(program, 'https://blog.lab.example.com leads to port 8080');
  await program.press('enter');
  await sees(program, /blog +8080 +off/);
  await program.press('d');
  await sees(program, 'Remove the tunnel blog');
  await program.type('blog');
  await program.press('enter', 'enter');
  await sees(program, 'No tunnels yet');
});

it('lists users, invitations and agents, and shows the line of a new agent once', async () => {
  const program = await onTeam('COMPLETED', { columns: 60, rows: 18 });
  await sees(program, 'No tunnels yet');
  await program.press('2');
  await sees(program, /jane +user/);
  expect(await program.text()).toMatch(/joe +invited, pending, until 2026-11-30/);
  expect(await program.text()).toContain('1 user, 1 invited');
  await program.press('3');
  await sees(program, /laptop +2028-11-20 +token/);
  await program.press('n');
  await sees(program, 'New agent');
  await program.type('laptop');
  await program.press('enter');
  await sees(program, 'token is shown once');
  expect(await program.text()).toContain('tok-1234567890');
  await program.press('escape');
  await sees(program, /laptop +2028-11-20/);
  expect(JSON.stringify(program.app.store.state)).not.toContain('tok-1234567890');
});

it('says that a panel offers them after its set-up', async () => {
  const program = await onTeam('FRESH');
  await sees(program, 'Tunnels of fra1-edge: after its set-up.');
  await program.press('escape');
  await sees(program, '├ Latency');
});
