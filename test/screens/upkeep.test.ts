import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KeyDesk } from '../../src/services/panel/bind-certificate.js';
import { authenticationFailed } from '../../src/services/ssh/ssh-error.js';
import { EDGE, FakeWorld } from '../app/fakes/fake-world.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';
import { setUpWorld } from './fixtures/set-up.js';

const SIZE = { columns: 100, rows: 30 };

/** A set-up server, whose panel answers these versions one after the other; undefined is no answer. */
async function setUpServer(...versions: readonly string[]): Promise<RunningProgram> {
  const { world, panel } = setUpWorld();
  const left = [...versions];
  Object.assign(panel.api, {
    version: async () => (left.length > 1 ? left.shift() : left[0]),
    update: async (version: string) => void panel.calls.push(`update ${version}`),
  });
  return await startProgram(world, SIZE);
}

const sees = (program: RunningProgram, text: string): Promise<void> =>
  expect.poll(() => program.text(), { timeout: 5_000 }).toContain(text);

describe('the key U', () => {
  it('updates a panel once it is agreed to, and says which version runs then', async () => {
    const program = await setUpServer('0.1.30', '0.1.31');
    await program.press('U');
    await sees(program, 'It runs 0.1.30; 0.1.31 is the newest.');
    await program.press('right', 'enter');
    await sees(program, 'is updated: 0.1.30 → 0.1.31.');
  });

  it('says that there is nothing newer, and asks nothing', async () => {
    const program = await setUpServer('0.1.31');
    await program.press('U');
    await sees(program, 'The panel of fra1-edge is up to date: 0.1.31.');
    expect(program.app.store.state.dialogs).toEqual([]);
  });

  it('shows what to do on the server when nothing came of it', async () => {
    const program = await setUpServer('0.1.30');
    await program.press('U');
    await sees(program, 'Update the panel of fra1-edge?');
    await program.press('right', 'enter');
    for (let minute = 0; minute < 12; minute += 1) {
      await program.world.clock.pass(60_000);
      await program.settle();
    }
    await sees(program, 'Nothing happened on fra1-edge');
    expect(await program.text()).toContain('journalctl');
  });

  it('gives the reason before the set-up', async () => {
    const program = await startProgram(new FakeWorld({ servers: [EDGE] }), SIZE);
    await program.press('U');
    await sees(program, 'accepts updates after its set-up: press o.');
  });
});

describe('the key C', () => {
  it('shows the line for the console, copies it whole, and ends with the new certificate', async () => {
    const program = await setUpServer('0.1.31');
    const { world } = program;
    let isLetIn = false;
    world.connect = async ({ privateKey }) => {
      if (privateKey === undefined || !isLetIn) throw authenticationFailed(EDGE.ip, 'root');
      return {
        async exec(command, options) {
          const file = Buffer.from('x.').toString('base64');
          if (command.startsWith('{'))
            await options?.onStdout?.(Buffer.from(`${file}\n`.repeat(3)));
          return { exitCode: 0, signal: undefined };
        },
        close: () => undefined,
      };
    };
    const dates = { notBefore: Date.parse('2026-11-20'), notAfter: Date.parse('2028-11-19') };
    const facts = { subject: 'CN=admin', issuer: 'CN=Portlama', serial: '0A1B', ...dates };
    world.recoverCertificate = async () => ({ facts, alsoValid: undefined });
    await program.press('C');
    await sees(program, 'Recover the certificate of fra1-edge?');
    expect(await program.text()).toContain('reopens port 9292');
    await program.type('fra1-edge');
    await program.press('enter');
    await sees(program, '[ Copy the line ]');
    expect(await program.text()).toContain(`/droplets/${EDGE.providerId}/terminal/ui/`);
    await program.press('right', 'enter');
    await sees(program, 'Copied the line');
    const copied = (await program.written()).split('\x1b]52;c;')[1]?.split('\x07')[0] ?? '';
    expect(Buffer.from(copied, 'base64').toString()).toMatch(/^install -d .* ssh-keygen -lf \S+$/);
    await sees(program, '› Copy the line ‹');
    isLetIn = true;
    // The pause may begin a moment after its line is shown.
    const afterPause = async (): Promise<string> => {
      await world.clock.pass(10_000);
      return program.text();
    };
    await expect.poll(afterPause, { timeout: 5_000 }).toContain('; it expires 2028-11-19.');
    expect(await program.text()).not.toContain('Copy the line');
  });
});

describe('the key B', () => {
  it('says on another machine that it takes a Mac', async () => {
    const program = await setUpServer('0.1.31');
    await program.press('B');
    await sees(program, 'It needs the login keychain of a Mac: this is linux.');
    expect(program.app.store.state.dialogs).toEqual([]);
  });

  it('binds once the label is typed, and shows what is ended by that', async () => {
    const program = await setUpServer('0.1.31');
    const { world } = program;
    const sha1 = 'A'.repeat(40);
    const dates = { notBefore: Date.parse('2026-11-20'), notAfter: Date.parse('2028-11-19') };
    const facts = { subject: 'CN=admin', issuer: 'CN=Portlama', serial: '0A1B', ...dates };
    const order: string[] = [];
    const keyDesk: KeyDesk = {
      namesakes: async () => [],
      makeKey: async () => ({ csr: 'csr', sha1, holder: { p12: Buffer.alloc(0), passphrase: '' } }),
      hold: async () => void order.push('hold'),
      isHeld: async () => true,
      tryKey: async () => void order.push('try'),
      drop: async () => undefined,
      fits: async () => true,
      take: async () => (order.push('take'), { ...facts, notAfter: Date.parse('2028-11-27') }),
    };
    const keychain = { probe: async () => undefined, unsuited: async () => undefined };
    world.panels.clientCertificates.set(EDGE.id, facts);
    const { api } = await world.ports.openPanelApi(EDGE, new AbortController().signal);
    const expiresAt = new Date(facts.notAfter).toISOString();
    Object.assign(api, {
      authMode: async () => 'p12',
      certificates: async () => [{ type: 'mtls-client', expiresAt }],
      bindCertificate: async () => (order.push('order'), 'PEM'),
    });
    Object.assign(world.ports, { keyDesk, keychain });
    Object.assign(program.app.store.state.environment, { hasKeychain: true });
    await program.press('B');
    await sees(program, 'Bind the certificate of fra1-edge to this Mac?');
    expect(await program.text()).toContain('the current certificate at once');
    await program.type('fra1-edge');
    await program.press('enter');
    await sees(program, 'Mac; it expires 2028-11-27.');
    expect(order).toEqual(['hold', 'try', 'order', 'take']);
  });
});

describe('the key c', () => {
  it('takes another admin certificate from a file, by its path and password', async () => {
    const program = await setUpServer('0.1.31');
    program.world.panels.shown = { trust: 'public' };
    await program.press('c');
    await sees(program, '[ Import admin certificate ]');
    await program.press('right', 'right', 'enter');
    await sees(program, 'Path of the file');
    await program.type('client.p12');
    await program.press('enter');
    await sees(program, 'Enter the full path');
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'client.p12'), 'no certificate');
    await writeFile(join(folder, 'client.txt'), '');
    await program.press('ctrl-u');
    await program.type(`${folder}/none`);
    await program.press('enter');
    // It asks again, with the path and the reason.
    await sees(program, 'There is no file "');
    await sees(program, '/none');
    await program.press('ctrl-w');
    await program.type('cl');
    await program.press('tab');
    await sees(program, 'client.p12  client.txt');
    await program.type('p');
    await program.press('tab');
    await sees(program, '/client.p12');
    expect(program.app.store.state.dialogs).toMatchObject([{ kind: 'entry' }]);
    await program.press('enter');
    await sees(program, 'Replace the certificate');
    await program.press('right', 'enter');
    await sees(program, '(not shown)');
    await program.type('hunter2');
    await sees(program, '••••');
    expect(await program.text()).not.toContain('hunter2');
    await program.press('enter');
    await sees(program, 'The certificate file (client.p12) cannot be read');
    await sees(program, `› ${folder}/client.p12`);
  });

  it('leads to a new admin certificate, and says how long the old one is valid', async () => {
    const program = await setUpServer('0.1.31');
    const { world } = program;
    const serial = '0A1B';
    const dates = { notBefore: Date.parse('2026-11-20'), notAfter: Date.parse('2028-11-19') };
    const facts = { subject: 'CN=admin', issuer: 'CN=Portlama', serial, ...dates };
    world.panels.clientCertificates.set(EDGE.id, facts);
    world.renewCertificate = async () => ({ ...facts, notAfter: Date.parse('2029-11-19') });
    world.panels.shown = { trust: 'public' };
    await program.press('c');
    await sees(program, '[ Renew admin certificate ]');
    await program.press('right', 'enter');
    await sees(program, 'Renew the admin certificate of fra1-edge?');
    await program.press('right', 'enter');
    await sees(program, '; it expires 2029-11-19.');
    expect(await program.text()).toContain('The old one stays valid until 2028-11-19.');
  });
});
