import type { KeyDesk } from '../../../src/services/panel/bind-certificate.js';
import { loginKey } from '../../../src/services/keystore/keystore.js';
import { EDGE } from '../../app/fakes/fake-world.js';
import { describeScenes, type Scene, sees } from '../fixtures/golden-scenes.js';
import { lookBack } from '../fixtures/listed-servers.js';
import { type RunningProgram, startProgram } from '../fixtures/running-program.js';
import { setUpWorld } from '../fixtures/set-up.js';

const DATES = { notBefore: Date.parse('2026-11-20'), notAfter: Date.parse('2028-11-19') };
const LOGIN = {
  privateKey: 'made-up',
  publicKey:
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f portlama-recover-1a2b3c4d',
};
const FACTS = { subject: 'CN=admin', issuer: 'CN=Portlama', serial: '0A1B', ...DATES };

/** A server that is set up, whose panel runs this version. */
async function setUpServer(
  terminal: Parameters<Scene>[0],
  { version = '0.1.30', wantsCode = false } = {},
): Promise<RunningProgram> {
  const { world, panel } = setUpWorld({ wantsCode });
  Object.assign(panel.api, {
    version: async () => version,
    update: async () => undefined,
    authMode: async () => 'p12',
    certificates: async () => [
      { type: 'mtls-client', expiresAt: new Date(DATES.notAfter).toISOString() },
    ],
  });
  world.panels.clientCertificates.set(EDGE.id, FACTS);
  world.panels.shown = { trust: 'public' };
  world.renewCertificate = async () => ({ ...FACTS, notAfter: Date.parse('2029-11-19') });
  const program = await startProgram(world, terminal);
  await lookBack(program, world);
  return program;
}

/** Keys can be kept in a login keychain, and its panel certifies one. */
function onAMac({ world, app }: RunningProgram): void {
  const keyDesk: Partial<KeyDesk> = { namesakes: async () => [] };
  const keychain = { probe: async () => undefined, unsuited: async () => undefined };
  Object.assign(world.ports, { keyDesk, keychain });
  Object.assign(app.store.state.environment, { hasKeychain: true });
}

async function onCertificate(terminal: Parameters<Scene>[0]): Promise<RunningProgram> {
  const program = await setUpServer(terminal);
  await program.press('c');
  await sees(program, 'SHA-256');
  return program;
}

describeScenes('upkeep', {
  update: async (terminal) => {
    const program = await setUpServer(terminal);
    await program.press('U');
    await sees(program, 'Update the panel of fra1-edge?');
    return program;
  },
  updating: async (terminal) => {
    const program = await setUpServer(terminal);
    await program.press('U');
    await sees(program, 'Update the panel of fra1-edge?');
    await program.press('right', 'enter');
    await sees(program, 'updating 2/2');
    await program.world.clock.pass(4_000);
    program.screen.terminal.redraw();
    await sees(program, 'to begin 4 s');
    return program;
  },
  'update-current': async (terminal) => {
    const program = await setUpServer(terminal, { version: '0.1.31' });
    await program.press('U');
    await sees(program, 'is up to date');
    return program;
  },
  'update-without-effect': async (terminal) => {
    const program = await setUpServer(terminal);
    await program.press('U');
    await sees(program, 'Update the panel of fra1-edge?');
    await program.press('right', 'enter');
    for (let minute = 0; minute < 12; minute += 1) {
      await program.world.clock.pass(60_000);
      await program.settle();
    }
    await sees(program, 'Nothing happened');
    return program;
  },
  certificate: onCertificate,
  renew: async (terminal) => {
    const program = await onCertificate(terminal);
    await program.press('right', 'enter');
    await sees(program, 'Renew the admin certificate');
    return program;
  },
  renewed: async (terminal) => {
    const program = await onCertificate(terminal);
    await program.press('right', 'enter');
    await sees(program, 'Renew the admin certificate');
    await program.press('right', 'enter');
    await sees(program, 'Created a new certificate');
    return program;
  },
  'import-path': async (terminal) => {
    const program = await onCertificate(terminal);
    await program.press('right', 'right', 'enter');
    await sees(program, 'Path of the file');
    await program.type('client.p12');
    await program.press('enter');
    await sees(program, 'Enter the full path');
    return program;
  },
  'second-factor-code': async (terminal) => {
    const program = await setUpServer(terminal, { wantsCode: true });
    await program.press('U');
    await sees(program, 'asks for the code of its');
    return program;
  },
  bind: async (terminal) => {
    const program = await setUpServer(terminal);
    onAMac(program);
    await program.press('B');
    await sees(program, 'Bind the certificate of fra1-edge to this Mac?');
    return program;
  },
  recover: async (terminal) => {
    const program = await setUpServer(terminal);
    await program.press('C');
    await sees(program, 'Recover the certificate');
    return program;
  },
  'recover-line': async (terminal) => {
    const program = await setUpServer(terminal);
    // One of its own is another in every picture.
    await program.world.keystore.set(loginKey(EDGE.id), JSON.stringify(LOGIN));
    await program.press('C');
    await sees(program, 'Recover the certificate');
    await program.type('fra1-edge');
    await program.press('enter');
    await sees(program, '[ Copy the line ]');
    return program;
  },
});
