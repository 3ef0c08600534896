import { expect } from 'vitest';
import type { PanelApi } from '../../../src/services/panel/panel-api.js';
import { EDGE, FakeWorld } from '../../app/fakes/fake-world.js';
import { describeScenes, type Scene, sees } from '../fixtures/golden-scenes.js';
import { type RunningProgram, startProgram } from '../fixtures/running-program.js';

const DOMAIN = 'lab.example.com';
const NAMES = ['blog', 'grafana', 'homeassistant'] as const;
const TUNNELS = NAMES.map((subdomain, index) => ({
  id: subdomain,
  subdomain,
  fqdn: `${subdomain}.${DOMAIN}`,
  port: [8080, 3000, 18123][index],
  accessMode: (['public', 'authenticated', 'restricted'] as const)[index],
  enabled: index !== 1,
  description: ['', 'metrics of the rack', 'at home'][index],
}));
const USERS = [
  { username: 'jane', displayname: 'Jane', email: 'jane@example.com', groups: ['ops', 'admins'] },
  { username: 'ada', displayname: 'Ada', email: undefined, groups: [] },
];
const INVITED = {
  id: 'i1',
  username: 'joe',
  email: 'joe@example.com',
  status: 'pending',
  expiresAt: '2026-11-30T10:00:00Z',
};
const AGENTS = ['laptop', 'nas', 'old'].map((label) => ({
  label,
  expiresAt: '2028-11-20T10:00:00Z',
  enrollmentMethod: 'token',
  capabilities: ['tunnels:read', 'tunnels:write'],
  revoked: label === 'old',
}));
const SERVICES = [
  { name: 'nginx', status: 'active', uptime: '6d' },
  { name: 'authelia', status: 'failed', uptime: null },
  { name: 'chisel', status: 'active', uptime: '6d' },
  { name: 'portlama-panel', status: 'active', uptime: '6d' },
];
const CERTIFICATES = [
  { type: 'letsencrypt', domain: `panel.${DOMAIN}`, expiresAt: '2026-12-10T10:00:00Z' },
  { type: 'letsencrypt', domain: `auth.${DOMAIN}`, expiresAt: '2027-02-10T10:00:00Z' },
  { type: 'mtls-ca', domain: null, expiresAt: '2036-11-20T10:00:00Z' },
];

/** A panel that only lists. */
function listingPanel(status: string, isEmpty: boolean): PanelApi {
  const told = {
    onboarding: async () => ({ status, domain: DOMAIN }),
    panelUrl: EDGE.panelUrl,
    tunnels: { list: async () => (isEmpty ? [] : TUNNELS) },
    users: { list: async () => USERS },
    invitations: { list: async () => [INVITED] },
    agents: {
      list: async () => AGENTS,
      createToken: async () => ({ token: 'tok-1234567890', expiresAt: '2026-11-23T14:10:00Z' }),
    },
    services: async () => SERVICES,
    version: async () => '0.1.30',
    certificates: async () => CERTIFICATES,
    renewsItself: async () => false,
    close: () => undefined,
  };
  return told as unknown as PanelApi;
}

async function onTeam(
  terminal: Parameters<Scene>[0],
  { status = 'COMPLETED', isEmpty = false } = {},
): Promise<RunningProgram> {
  const world = new FakeWorld({ servers: [EDGE] });
  const api = listingPanel(status, isEmpty);
  world.openPanelApi = async () => ({ api, wantsCode: false });
  const program = await startProgram(world, terminal);
  await program.press('w');
  const asked = (): unknown => {
    const { tunnels, problem } = program.app.store.state.team ?? {};
    return tunnels ?? problem;
  };
  await expect.poll(asked).toBeDefined();
  return program;
}

async function onTab(
  terminal: Parameters<Scene>[0],
  key: string,
  shown: string,
): Promise<RunningProgram> {
  const program = await onTeam(terminal);
  await program.press(key);
  await sees(program, shown);
  return program;
}

/** The second factor is off; turning it on was agreed to. */
async function onSecondFactor(terminal: Parameters<Scene>[0]): Promise<RunningProgram> {
  const manualKey = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  const uri = `otpauth://totp/Portlama%20Panel:admin?secret=${manualKey}&issuer=Portlama%20Panel&algorithm=SHA1&digits=6&period=30`;
  const twoFactor = { isOn: async () => false, setUp: async () => ({ uri, manualKey }) };
  const panelUrl = `https://panel.${DOMAIN}`;
  const told = Object.assign(listingPanel('COMPLETED', true), { panelUrl, twoFactor });
  const world = new FakeWorld({ servers: [EDGE] });
  world.openPanelApi = async () => ({ api: told as unknown as PanelApi, wantsCode: false });
  const program = await startProgram(world, terminal);
  await program.press('F');
  await sees(program, 'Turn the second factor');
  await program.press('right', 'enter');
  await sees(program, 'Nothing changes');
  return program;
}

describeScenes(
  'team',
  {
    tunnels: onTeam,
    'no-tunnels': (terminal) => onTeam(terminal, { isEmpty: true }),
    'before-set-up': (terminal) => onTeam(terminal, { status: 'FRESH' }),
    users: (terminal) => onTab(terminal, '2', 'jane'),
    agents: (terminal) => onTab(terminal, '3', 'laptop'),
    services: (terminal) => onTab(terminal, '4', 'nginx'),
    certificates: (terminal) => onTab(terminal, '5', 'auth.'),
    'new-tunnel': async (terminal) => {
      const program = await onTeam(terminal);
      await program.press('n');
      await sees(program, 'New tunnel');
      await program.type('docs');
      await program.press('enter');
      await sees(program, 'New tunnel: docs');
      await program.type('80');
      await program.press('enter');
      return program;
    },
    'new-tunnel-access': async (terminal) => {
      const program = await onTeam(terminal);
      await program.press('n');
      await sees(program, 'New tunnel');
      await program.type('docs');
      await program.press('enter');
      await sees(program, 'New tunnel: docs');
      await program.type('8000');
      await program.press('enter');
      await sees(program, 'Who may open docs?');
      return program;
    },
    'remove-tunnel': async (terminal) => {
      const program = await onTeam(terminal);
      await program.press('d');
      await sees(program, 'Remove the tunnel blog');
      return program;
    },
    'new-agent': async (terminal) => {
      const program = await onTab(terminal, '3', 'laptop');
      await program.press('n');
      await sees(program, 'New agent');
      return program;
    },
    'second-factor': onSecondFactor,
    'second-factor-code': async (terminal) => {
      const program = await onSecondFactor(terminal);
      await program.press('right', 'right', 'enter');
      await sees(program, 'Type the code that');
      return program;
    },
    help: async (terminal) => {
      const program = await onTeam(terminal);
      await program.press('?');
      return program;
    },
  },
  { ascii: ['tunnels'] },
);
