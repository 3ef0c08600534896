import '../../src/words/operation-report.js';
import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, FakeWorld } from '../app/fakes/fake-world.js';
import { completed, DROPLET, failed, INSTALLING, runUntil } from './fixtures/records.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

/** The screen of a provisioning that has come to this step. */
async function attached(
  until?: Parameters<typeof runUntil>[2],
): Promise<{ program: RunningProgram; world: FakeWorld; id: string }> {
  const world = new FakeWorld();
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  const id = world.operations.add({ label: 'edge', region: 'fra1' });
  const program = await startProgram(world);
  await program.press('enter');
  if (until !== undefined) await runUntil(world, id, until);
  return { program, world, id };
}

/** The screen of one that failed there. */
async function attachedToFailed(): ReturnType<typeof attached> {
  const here = await attached('wait_ssh');
  here.world.operations.write(here.id, ...failed('wait_ssh'));
  return here;
}

describe('the provisioning screen', () => {
  it('shows steps, the installer’s own steps and the log while they happen', async () => {
    const { program, world, id } = await attached('install_portlama');
    world.operations.write(id, ...INSTALLING);
    const text = await program.text();
    expect(text).toMatch(/✔ Connecting via SSH +1\.5 s/);
    expect(text).toContain('Installing Portlama');
    expect(text).toContain('4/7 generating certificates');
    expect(text).toContain('6/11');
    expect(text).toContain('installer: generating certificates');
  });

  it('says what a step waits for', async () => {
    const { program, world, id } = await attached('create_droplet');
    world.operations.write(id, {
      event: 'waiting',
      step: 'create_droplet',
      text: 'DigitalOcean is rate limiting, next try in 8 s',
    });
    expect(await program.text()).toContain('└ DigitalOcean is rate limiting, next try in 8 s');
  });

  it('is left with b and found again in the list', async () => {
    const { program, world, id } = await attached('wait_ssh');
    await program.press('b');
    expect(await program.text()).toMatch(/◐ +edge +provisioning 6\/11 +Connecting via SSH/);
    world.operations.write(id, { event: 'log', step: 'wait_ssh', text: 'still trying' });
    await program.press('enter');
    expect(await program.text()).toContain('still trying');
  });

  it('answers a key although news comes at once after it', async () => {
    const { program, world } = await attachedToFailed();
    const other = world.operations.add({ label: 'lab', region: 'ams3' });
    await program.press('s');
    world.operations.write(other, completed('lab'));
    const text = await program.text();
    expect(text).toMatch(/The log is in .*\.log/);
    expect(text).toContain('lab is ready.');
  });

  it('asks before it cancels, with the harmless answer first', async () => {
    const { program, world, id } = await attached();
    await program.press('x');
    expect(await program.text()).toContain('Cancel creating edge?');
    await program.press('enter');
    expect(world.operations.calls).toEqual([]);
    await program.press('x', 'right', 'enter');
    expect(world.operations.calls).toEqual([`cancel ${id}`]);
  });

  it('does not call a failure what was cancelled', async () => {
    const { program, world, id } = await attached('wait_ssh');
    world.operations.write(
      id,
      { event: 'cancel' },
      { event: 'error', step: 'wait_ssh', code: 'cancelled', message: 'It was cancelled.' },
      { event: 'rolled-back', leftovers: [] },
    );
    const text = await program.text();
    expect(text).toContain('– Connecting via SSH');
    expect(text).toContain('└ cancelled here');
    expect(text).toContain('Cancelled. Nothing is left.');
    expect(text).not.toContain('✖');
  });

  it('explains a failure and what was cleaned up', async () => {
    const { program } = await attachedToFailed();
    const text = await program.text();
    expect(text).toContain('did not answer on port 22');
    expect(text).toContain('Likely cause: A firewall or network issue');
    expect(text).toContain('✔ Removed droplet 312876543, SSH key 512190.');
    expect(text).toContain('Nothing is left.');
  });

  it('names what could not be removed, its cost and how to remove it', async () => {
    const { program, world, id } = await attached('wait_ssh');
    world.operations.write(id, ...failed('wait_ssh', [DROPLET]));
    await program.press('shift-tab', 'G');
    const text = await program.text();
    expect(text).toContain('droplet 312876543 costs $4/month');
    expect(text).toContain('https://cloud.digitalocean.com/droplets/312876543');
  });

  it('retries from the start at the press of Enter', async () => {
    const { program, world, id } = await attachedToFailed();
    await program.settle();
    await program.press('enter');
    expect(world.operations.calls).toEqual(['start fra1 edge', `dismiss ${id}`]);
    expect(await program.text()).toContain('0/11');
  });

  it('says below what is being removed what that waits for, and on its row too', async () => {
    const { program, world, id } = await attached('wait_droplet');
    const [error] = failed('wait_droplet');
    const text = 'droplet 312876543 is still being created; deleting it has to wait';
    world.operations.write(id, error!);
    world.operations.write(id, { event: 'rollback', resource: DROPLET, status: 'running' });
    world.operations.write(id, { event: 'waiting', step: 'wait_droplet', text });
    const screen = await program.text();
    expect(screen).toMatch(new RegExp(`removing droplet 312876543 +[│█]\n│ +└ ${text}`));
    await program.press('b');
    // Until then a message covers it.
    await world.clock.pass(10_000);
    expect(await program.text()).toContain(text);
    world.operations.write(id, { event: 'rollback', resource: DROPLET, status: 'removed' });
    expect(await program.text()).not.toContain(text);
  });

  it('calls what a button and a key do by one name', async () => {
    const { program } = await attachedToFailed();
    const lines = (await program.text()).split('\n');
    expect(lines.at(-3)).toContain(
      '› Retry ‹  [ Copy report ]  [ Save log ]  [ Close ]  [ Dismiss ]',
    );
    for (const hint of ['r retry', 'X dismiss', 'y copy report', 'q close'])
      expect(lines.at(-1)).toContain(hint);
  });

  it.each([
    ['Close leaves a failure in the list', 3, []],
    ['Dismiss takes it off', 4, ['dismiss op1']],
  ])('%s', async (_name, moves, calls) => {
    const { program, world } = await attachedToFailed();
    await program.settle();
    await program.press(...Array<string>(moves).fill('right'), 'enter');
    expect(world.operations.calls).toEqual(calls);
    const text = await program.text();
    expect(text).toContain('portlama › Servers');
    expect(text.includes('edge')).toBe(calls.length === 0);
  });

  it('offers to resume what was interrupted', async () => {
    const { program, world, id } = await attached('wait_ssh');
    world.operations.killWorker(id);
    await world.clock.pass(2_500);
    expect(await program.text()).toContain('Interrupted: ');
    await program.press('u');
    expect(world.operations.calls).toEqual([`resume ${id}`]);
  });

  it('neither resumes nor cleans up what may be at work in another container', async () => {
    const { program, world, id } = await attached('wait_ssh');
    world.operations.hideWorker(id);
    await world.clock.pass(2_500);
    expect(await program.text()).toMatch(/Cannot tell from here: its process runs in another/);
    await program.press('u', 'c', 'x');
    expect(world.operations.calls).toEqual([]);
    await program.press('q');
    expect(await program.text()).toMatch(/edge +cannot tell from here +Connecting via SSH/);
    await program.press('d');
    expect(await program.text()).toContain('may still run in another container');
  });

  it('shows text from the installer as it is, and nothing it could do to the terminal', async () => {
    const { program, world, id } = await attached();
    const text = '\u001b[2J{red-fg}evil{/red-fg} \u009b31m\u0007';
    world.operations.write(id, { event: 'log', step: 'install_portlama', text });
    expect(await program.text()).toContain('{red-fg}evil{/red-fg}');
    expect(await program.text()).toContain('Validating token');
  });

  it('searches the log and saves it', async () => {
    const { program, world, id } = await attached();
    world.operations.write(id, { event: 'log', step: 'wait_ssh', text: 'a needle here' });
    await program.press('/');
    await program.type('needle');
    await program.press('enter');
    expect(await program.text()).toContain('1 match');
    await program.press('s');
    expect([...world.saved.keys()]).toEqual([`edge-${id}.log`]);
  });

  it('starts one more only, however often it is told to', async () => {
    const { program, world, id } = await attachedToFailed();
    await program.settle();
    // In one packet: the first has not come to its end when the next is read.
    await program.screen.send('r\rrr');
    await program.settle();
    expect(world.operations.calls).toEqual(['start fra1 edge', `dismiss ${id}`]);
  });

  it('leaves the keys to a search that is being typed when it ends', async () => {
    const { program, world, id } = await attached('wait_ssh');
    await program.press('/');
    await program.type('er');
    world.operations.write(id, ...failed('wait_ssh'));
    expect(await program.text()).toContain('[ Retry ]');
    await program.type('rXc');
    expect(await program.text()).toContain('/errXc');
    await program.press('enter');
    expect(world.operations.calls).toEqual([]);
    expect(await program.text()).toContain('› Retry ‹');
  });

  it('takes what is typed into the search for nothing else, once it ended too', async () => {
    const { program, world } = await attachedToFailed();
    expect(await program.text()).toContain('› Retry ‹');
    await program.press('/');
    await program.type('rcX');
    expect(await program.text()).toContain('/rcX');
    expect(world.operations.calls).toEqual([]);
    await program.press('escape', 'shift-tab', 'enter');
    expect(world.operations.calls[0]).toBe('start fra1 edge');
  });
});

describe('a provisioning that failed', () => {
  it('shows why at once, and the log at the failing line, at 60x18 too', async () => {
    const world = new FakeWorld();
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    const id = world.operations.add({ label: 'edge', region: 'fra1' });
    const program = await startProgram(world, { columns: 60, rows: 18 });
    await program.press('enter');
    await runUntil(world, id, 'wait_ssh');
    const noise = Array.from({ length: 40 }, (_, index) => ({
      event: 'log' as const,
      step: 'wait_ssh' as const,
      text: `line ${index}`,
    }));
    world.operations.write(id, ...noise, ...failed('wait_ssh'));
    world.operations.write(id, ...noise);
    const text = await program.text();
    expect(text).toContain('✖ Connecting via SSH');
    expect(text).toContain('The droplet at 203.0.113.50 did not');
    expect(text).toMatch(/Log ─+ line \d+ of 89/);
    expect(text).toContain('error: The droplet');
    expect(text).toContain('[Dismiss]');
    expect(text).not.toContain('follow');
  });

  it('gives the whole screen to the log with z, and takes it back', async () => {
    const { program } = await attachedToFailed();
    expect(await program.text()).toContain('┌ Steps');
    await program.press('z');
    const large = await program.text();
    expect(large).not.toContain('┌ Steps');
    expect(large).toContain('token is valid');
    expect(large).toContain('› Retry ‹');
    await program.press('z');
    expect(await program.text()).toContain('┌ Steps');
  });

  it('is copied by y as an excerpt for an issue, without secrets, e-mail, home and address', async () => {
    const { program, world, id } = await attached();
    world.ports.redactor.add('hunter2-hunter2');
    await runUntil(world, id, 'wait_ssh');
    const text = 'password hunter2-hunter2 in /home/ops/.portlama/x';
    world.operations.write(id, { event: 'log', step: 'wait_ssh', text }, ...failed('wait_ssh'));
    await program.settle();
    await program.press('y');
    // The report is loaded late.
    await expect.poll(() => program.text()).toContain('Copied a report');
    const encoded = (await program.written()).split('\x1b]52;c;')[1]?.split('\x07')[0] ?? '';
    const copied = Buffer.from(encoded, 'base64').toString();
    expect(copied.split('\n').slice(0, 6)).toEqual([
      '### Provisioning failed at “Connecting via SSH”',
      '',
      'portlama 0.1.0, Node.js 20.19.0, linux',
      'fra1, s-1vcpu-512mb-10gb, ubuntu-24-04-x64, @lamalibre/create-portlama',
      'Step 6 of 11',
      '',
    ]);
    expect(copied).toContain('> The droplet at [address] did not answer');
    expect(copied).toContain('token is valid for [e-mail]');
    expect(copied).toContain('password [redacted] in ~/.portlama/x');
  });
});

describe('the time that is left', () => {
  it('is learned from past provisionings, and named in the window’s title', async () => {
    const world = new FakeWorld();
    const steps = { wait_ssh: 40_000, install_portlama: 60_000, cleanup: 1_000 };
    const past = { serverId: 's', label: 'old', region: 'fra1', size: 's', reason: undefined };
    world.operations.pastOnes = [
      { ...past, id: 'old', end: 'succeeded', startedAt: 0, endedAt: 1, steps },
    ];
    const id = world.operations.add({ label: 'edge', region: 'fra1' });
    const program = await startProgram(world);
    await program.press('enter');
    await runUntil(world, id, 'wait_ssh');
    // 40 s, 60 s and 1 s of these, 7 s of steps that none taught.
    expect(await program.text()).toContain('7 s elapsed · about 1m 50s left');
    await world.clock.pass(20_000);
    await program.screen.draw();
    expect(await program.text()).toContain('27 s elapsed · about 1m 30s left');
    const raw = await program.written();
    expect(raw).toContain('\x1b[22;2t');
    expect(raw).toContain('\x1b]2;about 1m 30s left · edge\x07');
    world.operations.write(id, ...failed('wait_ssh'));
    expect(await program.written()).toContain('\x1b]2;failed · edge\x07');
    program.screen.terminal.restore();
    expect(await program.written()).toContain('\x1b]2;\x07\x1b[23;2t');
  });
});

describe('the servers screen', () => {
  it('destroys only after the label was typed', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    world.addDroplet(dropletOf(EDGE));
    const program = await startProgram(world);
    await program.press('d');
    expect(await program.text()).toContain('Destroy fra1-edge?');
    await program.type('fra1');
    await program.press('tab', 'enter');
    expect(await program.text()).toContain('✖ Type fra1-edge to confirm');
    await program.type('-e');
    expect(await program.text()).not.toContain('✖ Type');
    await program.press('escape');
    expect(await program.text()).not.toContain('Destroy fra1-edge?');
    expect(program.app.store.state.servers.list).toEqual([EDGE]);
  });

  it('keeps a question in front while another one comes about, and asks that afterwards, once', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    world.addDroplet(dropletOf(EDGE));
    const program = await startProgram(world);
    let answer = (): void => undefined;
    world.panels.gate = new Promise((resolve) => (answer = resolve));
    await program.press('c', 'c', 'd');
    await program.type('fra1-');
    answer();
    await program.type('edge');
    const text = await program.text();
    expect(text).toContain('› fra1-edge');
    expect(text).not.toContain('Trust the certificate');
    await program.press('escape');
    expect(await program.text()).toContain('Trust the certificate of fra1-edge?');
    await program.press('escape');
    expect(program.app.store.state.dialogs).toEqual([]);
  });

  it.each([
    ['a filter', ['/'], 'n', 'yc3'],
    ['the palette', [':'], 'cop', 'y url'],
  ])('trusts no certificate by what is typed into %s', async (_, keys, before, after) => {
    const world = new FakeWorld({ servers: [EDGE] });
    const program = await startProgram(world);
    let answer = (): void => undefined;
    world.panels.gate = new Promise((resolve) => (answer = resolve));
    await program.press('c', ...keys);
    await program.type(before);
    answer();
    expect(await program.text()).toContain('Trust the certificate of fra1-edge?');
    await program.type(after);
    await program.press('tab', 'enter');
    await program.paste(SANDBOX_TOKEN);
    expect(await program.text()).not.toContain(SANDBOX_TOKEN.slice(0, 8));
    await program.press('enter');
    expect(world.panels.pins.size).toBe(0);
  });

  it('leaves the palette open behind a message', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    const program = await startProgram(world);
    let answer = (): void => undefined;
    world.panels.gate = new Promise((resolve) => (answer = resolve));
    await program.press('c', ':');
    await program.type('ope');
    answer();
    expect(await program.text()).toContain('Trust the certificate of fra1-edge?');
    await program.press('escape');
    await program.type('n the');
    expect(await program.text()).toContain('open the');
  });

  it('filters its rows', async () => {
    const others = Array.from({ length: 30 }, (_, index) => ({
      ...EDGE,
      id: `id-${index}`,
      label: `box-${index}`,
      active: false,
    }));
    const program = await startProgram(new FakeWorld({ servers: [EDGE, ...others] }));
    await program.press('/');
    await program.type('box-17');
    const text = await program.text();
    expect(text).toContain('box-17');
    expect(text).not.toContain('box-18');
  });

  it('says what it asks when it is told to look again, though nothing changes', async () => {
    const lab = { ...EDGE, id: 'lab', label: 'lab', active: false };
    const program = await startProgram(new FakeWorld({ servers: [EDGE, lab] }));
    await program.press('r');
    expect(await program.text()).toContain('Refreshed; checking 2 panels.');
  });
});

describe('everywhere', () => {
  it('? shows the keys, : finds an action, L what was said', async () => {
    const program = await startProgram(new FakeWorld({ servers: [EDGE] }));
    await program.press('?');
    expect(await program.text()).toContain('Open the admin panel');
    await program.press('escape', ':');
    await program.type('panel');
    await program.press('enter');
    expect(program.world.opened).toEqual([EDGE.panelUrl]);
    await program.press('L');
    expect(await program.text()).toContain('Opened the panel in the browser.');
    await program.press('escape', 'D');
    expect(await program.text()).toContain('Secret Service (GNOME Keyring)');
  });

  it('hints at what ends a filter or a search while one is typed', async () => {
    const program = await startProgram(new FakeWorld({ servers: [EDGE] }));
    const hints = async (): Promise<string> => (await program.text()).trimEnd().split('\n').at(-1)!;
    const usual = await hints();
    expect(usual).toContain('n new');
    await program.press('/');
    expect(await hints()).toMatch(/^ \S+ done  Esc clear$/);
    await program.press('x', 'escape');
    expect(await hints()).toBe(usual);
    await program.press('L', '/');
    expect(await hints()).toMatch(/^ \S+ done  Esc clear$/);
    await program.press('enter');
    expect(await hints()).toContain('Esc close');
  });

  it('q and Ctrl-C end the program from the first screen', async () => {
    const program = await startProgram();
    await program.press('q');
    expect(await program.app.done).toBe('quit');
    const other = await startProgram();
    await other.press('ctrl-c');
    expect(await other.app.done).toBe('quit');
  });

  it('t tries the sandbox from the empty list', async () => {
    const program = await startProgram();
    await program.press('t');
    expect(await program.app.done).toBe('try-sandbox');
  });

  it('typing is never taken for a key', async () => {
    const program = await startProgram();
    await program.press('n');
    await program.type('q?:L');
    expect(await program.text()).toContain('••••');
    expect(program.app.store.state).toMatchObject({ overlay: undefined, exit: undefined });
  });
});
