import { PortlamaError } from '../../../src/core/errors.js';
import type { PanelTrouble } from '../../../src/sandbox/faults/droplet-faults.js';
import type { PanelWork } from '../../usecases/panel-work.js';
import { DOMAIN, type PanelWorld } from '../../contract/panel-world.js';
import { autheliaPasswordKey } from '../../../src/services/keystore/keystore.js';
import * as agents from '../../../src/usecases/agents.js';
import { onboardServer } from '../../../src/usecases/onboard-server.js';
import {
  listCertificates,
  renewPublicCertificate,
} from '../../../src/usecases/public-certificates.js';
import { listServices, restartService } from '../../../src/usecases/services.js';
import { showStatus } from '../../../src/usecases/show-status.js';
import * as tunnels from '../../../src/usecases/tunnels.js';
import { updateServer } from '../../../src/usecases/update-server.js';
import * as users from '../../../src/usecases/users.js';
import type { FactorSecrets } from '../../../src/usecases/two-factor.js';
import { EDGE } from '../../app/fakes/fake-world.js';
import { KEPT } from './kept.js';
import { REPLACED } from './replaced.js';

const LABEL = EDGE.label;
const STATUS = 'GET /api/onboarding/status';
const PASSWORD = 'correct horse battery';
const BLOG = { subdomain: 'blog', port: 8080 };
const JANE = { username: 'jane', email: 'jane@example.com', groups: [] };
const LAPTOP = { name: 'laptop', capabilities: [], file: '/home/ops/laptop.p12' };

/** A panel, and what this machine keeps of it. */
export interface FaultWork extends PanelWork {
  /** Folder with the files of servers; it ends with the cell. */
  readonly home: string;
  /** Secrets of second factors that the person was shown, the newest last: codes are made of that. */
  readonly shown: FactorSecrets[];
}

/** Work of a person on a panel, and everything that is wrong with the panel once it succeeded. */
export interface Scenario {
  readonly name: string;
  /** From a panel without a domain to where the work begins. */
  readonly prepare: (test: FaultWork) => Promise<unknown>;
  readonly run: (test: FaultWork) => Promise<unknown>;
  /** Calls that it makes, each with the number of times that it is spoiled: `GET /api/tunnels`. */
  readonly calls: Readonly<Record<string, number>>;
  readonly check: (test: FaultWork) => Promise<readonly string[]> | readonly string[];
  /** What is wrong right after a run that failed. */
  readonly holds?: Scenario['check'];
  /** Refusals of a second run after a first one whose answer was lost. */
  readonly refusals?: readonly string[];
  /** Troubles that change what it finds, as they say so of the certificate itself. */
  readonly untried?: readonly PanelTrouble['trouble'][];
}

const onboarded = ({ here }: PanelWork): Promise<unknown> => here.onboard();

/** A list of the panel with one more call before the work, on a panel that is set up. */
const withOne =
  (method: string, path: string, body?: unknown): Scenario['prepare'] =>
  async (test) => {
    await test.here.onboard();
    await test.here.admins(method, path, { body });
  };

async function listed<T>(here: PanelWorld, path: string): Promise<T> {
  return (await here.admins('GET', path)) as T;
}

/** Wrong unless this is in the list so often. */
async function counted(
  { here }: PanelWork,
  path: string,
  text: string,
  times: number,
): Promise<readonly string[]> {
  const found = JSON.stringify(await listed(here, path)).split(text).length - 1;
  return found === times ? [] : [`${text} is ${found} times in ${path}, and not ${times}`];
}

async function login(test: FaultWork): Promise<readonly string[]> {
  const { here, world } = test;
  const password = (await world.keystore.get(autheliaPasswordKey(EDGE.id))) ?? '';
  const fits = here.sandbox.controls.tryLogin(here.droplet.id, 'admin', password);
  const [entry] = await world.registry.list();
  return [
    ...(fits ? [] : ['the password in the store does not log in']),
    ...(entry?.panelUrl === `https://panel.${DOMAIN}` ? [] : ['the list lacks its domain']),
  ];
}

const onboards = (again: 'ask' | 'agreed' = 'ask'): Scenario['run'] => {
  return ({ work }) =>
    onboardServer(LABEL, { domain: DOMAIN, email: 'ops@example.com', again }, work);
};

const ONBOARDING: readonly Scenario[] = [
  {
    name: 'a set-up',
    prepare: async ({ here }) => here.pointNames(),
    run: onboards(),
    calls: {
      [STATUS]: 4,
      'POST /api/onboarding/domain': 1,
      'POST /api/onboarding/verify-dns': 1,
      'GET /api/onboarding/provision/stream': 1,
      'POST /api/onboarding/provision': 1,
      'POST /api/users/admin/reset-totp': 1,
    },
    check: login,
  },
  {
    name: 'a set-up that failed before',
    async prepare(test) {
      const { here } = test;
      here.pointNames();
      here.sandbox.controls.addDropletFault(
        { kind: 'onboarding-fails', task: 'issue-certs', message: 'rate limit', runs: 1 },
        { dropletId: here.droplet.id },
      );
      await onboards()(test).catch(() => undefined);
    },
    run: onboards('agreed'),
    calls: {
      'GET /api/onboarding/provision/stream': 2,
      'POST /api/onboarding/provision': 1,
      'POST /api/services/authelia/restart': 1,
    },
    check: login,
  },
  {
    name: 'a new password',
    prepare: onboarded,
    run: onboards(),
    calls: { 'PUT /api/users/admin': 1 },
    check: login,
  },
];

const UPDATE: Scenario = {
  name: 'an update',
  async prepare({ here, world }) {
    await here.onboard();
    here.sandbox.controls.publish('0.1.31');
    world.newest = {
      '@lamalibre/portlama-panel-server': { kind: 'found', version: '0.1.31' },
      '@lamalibre/create-portlama': { kind: 'found', version: '1.0.53' },
    };
  },
  async run({ work }) {
    const { ending } = await updateServer(LABEL, {}, work);
    if (ending === 'updated' || ending === 'current') return;
    throw new PortlamaError({
      code: `update-${ending}`,
      message: 'It was told by its ending.',
      hint: 'So was the next step.',
    });
  },
  calls: { [STATUS]: 2, 'GET /api/health': 2, 'POST /api/system/update': 1 },
  check: async ({ here }) => {
    const { version } = await listed<{ version: string }>(here, '/api/health');
    return version === '0.1.31' ? [] : [`it is at ${version}`];
  },
};

const TUNNELS: readonly Scenario[] = [
  {
    name: 'a tunnel',
    prepare: onboarded,
    run: ({ work }) => tunnels.addTunnel(LABEL, BLOG, work),
    calls: { [STATUS]: 2, 'GET /api/tunnels': 1, 'POST /api/tunnels': 1 },
    check: (test) => counted(test, '/api/tunnels', '"subdomain":"blog"', 1),
    refusals: ['tunnel-invalid'],
  },
  {
    name: 'a tunnel turned off',
    prepare: withOne('POST', '/api/tunnels', BLOG),
    run: ({ work }) => tunnels.setTunnel(LABEL, 'blog', false, work),
    calls: { 'PATCH /api/tunnels/*': 1 },
    check: (test) => counted(test, '/api/tunnels', '"enabled":false', 1),
  },
  {
    name: 'a removed tunnel',
    prepare: withOne('POST', '/api/tunnels', BLOG),
    run: ({ work }) => tunnels.removeTunnel(LABEL, 'blog', work),
    calls: { 'DELETE /api/tunnels/*': 1 },
    check: (test) => counted(test, '/api/tunnels', 'blog', 0),
    refusals: ['tunnel-unknown'],
  },
];

const USERS: readonly Scenario[] = [
  {
    name: 'a user',
    prepare: onboarded,
    run: ({ work }) => users.addUser(LABEL, JANE, work),
    calls: { 'GET /api/users': 1, 'POST /api/users': 1 },
    check: ({ here: { sandbox, droplet } }) =>
      sandbox.controls.tryLogin(droplet.id, 'jane', PASSWORD) ? [] : ['jane cannot log in'],
    refusals: ['user-taken'],
  },
  {
    name: 'a removed user',
    prepare: withOne('POST', '/api/users', { ...JANE, displayname: 'Jane', password: PASSWORD }),
    run: ({ work }) => users.removeUser(LABEL, 'jane', work),
    calls: { 'DELETE /api/users/jane': 1 },
    check: (test) => counted(test, '/api/users', '"username":"jane"', 0),
    refusals: ['user-unknown'],
  },
  {
    name: 'a second factor of a user',
    prepare: onboarded,
    run: ({ work }) => users.resetUserFactor(LABEL, 'admin', work),
    calls: { 'POST /api/users/admin/reset-totp': 1 },
    check: () => [],
  },
  {
    name: 'an invitation',
    prepare: onboarded,
    run: ({ work }) => users.inviteUser(LABEL, JANE, work),
    calls: { 'POST /api/invitations': 1 },
    check: (test) => counted(test, '/api/invitations', '"username":"jane"', 1),
    refusals: ['panel-conflict', 'user-invited', 'panel-refused-input'],
  },
  {
    name: 'a withdrawn invitation',
    prepare: withOne('POST', '/api/invitations', { username: 'jane', email: 'jane@example.com' }),
    run: ({ work }) => users.withdrawInvitation(LABEL, 'jane', work),
    calls: { 'GET /api/invitations': 1, 'DELETE /api/invitations/*': 1 },
    check: (test) => counted(test, '/api/invitations', '"username":"jane"', 0),
    refusals: ['invitation-unknown'],
  },
];

const AGENT_BODY = { label: 'laptop', capabilities: ['tunnels:read'] };
const AGENTS: readonly Scenario[] = [
  {
    name: 'an agent',
    prepare: onboarded,
    run: ({ work }) => agents.createAgent(LABEL, LAPTOP, () => undefined, work),
    calls: { 'POST /api/certs/agent': 1, 'GET /api/certs/agent/laptop/download': 1 },
    check: (test) => counted(test, '/api/certs/agent', '"label":"laptop"', 1),
    refusals: ['panel-conflict', 'panel-refused-input'],
  },
  {
    name: 'a downloaded agent',
    prepare: withOne('POST', '/api/certs/agent', AGENT_BODY),
    run: ({ work }) => agents.downloadAgent(LABEL, 'laptop', LAPTOP.file, work),
    calls: { 'GET /api/certs/agent': 1, 'GET /api/certs/agent/laptop/download': 1 },
    check: ({ world }) => (world.keptFiles.has(LAPTOP.file) ? [] : ['there is no file']),
  },
  {
    name: 'a revoked agent',
    prepare: withOne('POST', '/api/certs/agent', AGENT_BODY),
    run: ({ work }) => agents.revokeAgent(LABEL, 'laptop', work),
    calls: { 'DELETE /api/certs/agent/laptop': 1 },
    check: (test) => counted(test, '/api/certs/agent', '"revoked":false', 0),
    refusals: ['agent-unknown'],
  },
  {
    name: 'a token for an agent',
    prepare: onboarded,
    run: ({ work }) => agents.createAgentToken(LABEL, LAPTOP, work),
    calls: { 'POST /api/certs/agent/enroll': 1 },
    check: () => [],
  },
];

const INSIGHT: readonly Scenario[] = [
  {
    name: 'a look',
    prepare: onboarded,
    async run({ work }) {
      await showStatus(LABEL, work);
      await listServices(LABEL, work);
      await listCertificates(LABEL, work);
    },
    calls: {
      'GET /api/system/stats': 1,
      'GET /api/services': 1,
      'GET /api/certs': 1,
      'GET /api/certs/auto-renew-status': 1,
    },
    check: () => [],
  },
  {
    name: 'a restart',
    prepare: onboarded,
    run: ({ work }) => restartService(LABEL, 'chisel', work),
    calls: { 'GET /api/services': 2, 'POST /api/services/chisel/restart': 1 },
    check: () => [],
  },
  {
    name: 'a public certificate',
    prepare: onboarded,
    run: ({ work }) => renewPublicCertificate(LABEL, `panel.${DOMAIN}`, work),
    calls: { [`POST /api/certs/panel.${DOMAIN}/renew`]: 1 },
    check: () => [],
  },
];

export const SCENARIOS: readonly Scenario[] = [
  ...ONBOARDING,
  UPDATE,
  ...TUNNELS,
  ...USERS,
  ...AGENTS,
  ...INSIGHT,
  ...KEPT,
  ...REPLACED,
];
