import { hintText } from '../../src/words/hints.js';
import { describe, expect, it } from 'vitest';
import { shownError } from '../../src/app/shown-error.js';
import { InputError } from '../../src/core/errors.js';
import { SANDBOX_TOKEN, SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { PanelError } from '../../src/services/panel/panel-error.js';
import { ProvisioningError } from '../../src/services/provisioning/errors.js';
import { droplet } from '../app/fakes/fake-digitalocean.js';
import { EDGE, FakeWorld, LAB } from '../app/fakes/fake-world.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

const SMALL = { columns: 60, rows: 18 };
const LONG_LABEL = 'a'.repeat(60) + '-end';
/** As long as a host name can be, in labels that are. */
const LONG_HOST = `${'panel-of-somebody-'.repeat(3)}.`.repeat(4) + 'example.com';

/** The words of the screen in one line, without what is drawn around them. */
async function words(program: RunningProgram): Promise<string> {
  return (await program.text()).replaceAll(/[─│┃█┌┐└┘]/g, ' ').replaceAll(/\s+/g, ' ');
}

/** The same with what was cut in the middle of a word put together again. */
async function letters(program: RunningProgram): Promise<string> {
  return (await words(program)).replaceAll(' ', '');
}

async function adding(failure: Error, address = 'panel.example.com'): Promise<RunningProgram> {
  const world = new FakeWorld({ servers: [{ ...LAB, label: LONG_LABEL }] });
  world.panels.failure = failure;
  const program = await startProgram(world, SMALL);
  await program.press('a');
  await program.paste(address);
  await program.press('enter');
  return program;
}

async function checking(token: string): Promise<RunningProgram> {
  const program = await startProgram(new FakeWorld(), SMALL);
  await program.press('n');
  await program.paste(token);
  await program.press('enter');
  return program;
}

describe('at 60 x 18, of an address that is refused', () => {
  const refused = (message: string): InputError =>
    new InputError({
      code: 'panel-address-not-public',
      message,
      hint: 'Nothing was sent there. Use the public address of the server, as the DigitalOcean console shows it.',
    });

  it.each([
    [
      'its name and what it means',
      `panel.example.com means 10.0.0.1, which is in a private network.`,
    ],
    [
      'the longest name',
      `${LONG_HOST} means fd00:1234:5678:9abc:def0:1234:5678:9abc, which is in a private network, not a public address.`,
    ],
  ])('%s and the hint are whole', async (_name, message) => {
    const error = refused(message);
    const shown = await letters(await adding(error));
    expect(shown).toContain(message.replaceAll(' ', ''));
    expect(shown).toContain(hintText(error.hint, { sandbox: false }).replaceAll(' ', ''));
  });

  it('the longest hint of a panel is whole', async () => {
    const message = 'The certificate of panel.example.com:9292 is not the pinned one.';
    const error = new PanelError('panel-certificate-changed', message);
    const shown = await words(await adding(error));
    expect(shown).toContain(message);
    expect(shown).toContain(error.hint);
  });

  it('the label that is taken is named, and so is what is wrong with the address', async () => {
    const error = refused('panel.example.com means 10.0.0.1, which is in a private network.');
    const program = await adding(error);
    await program.press('tab');
    await program.paste(LONG_LABEL);
    const shown = await letters(program);
    expect(shown).toContain(`Thereisalreadyaservercalled${LONG_LABEL}.`);
  });
});

describe('at 60 x 18, of a label in the wizard', () => {
  async function onLabel(): Promise<RunningProgram> {
    const world = new FakeWorld({ servers: [{ ...LAB, label: LONG_LABEL }] });
    const program = await startProgram(world, SMALL);
    await program.press('n');
    await program.paste(SANDBOX_TOKENS.good.token);
    await program.press('enter', 'enter', 'enter');
    return program;
  }

  it('that is taken all is said', async () => {
    const program = await onLabel();
    await program.paste(LONG_LABEL);
    expect(await letters(program)).toContain(`Thereisalreadyaservercalled${LONG_LABEL}.`);
  });

  it('why the provisioning did not start and what to do are whole', async () => {
    const program = await onLabel();
    const error = new ProvisioningError({
      code: 'provisioning-in-progress',
      message:
        'Another provisioning is in progress: process 12345 of /usr/local/bin/portlama-desktop has held the lock since 14:02.',
      hint: 'Wait until it is over, or end it there. If no such process exists any more, delete /home/ops/.portlama/.provisioning.lock and try again.',
    });
    program.app.store.dispatch({
      type: 'create-failed',
      error: shownError(error, { sandbox: false }),
    });
    const shown = await words(program);
    expect(shown).toContain(error.message);
    expect(shown).toContain(error.hint);
    expect(shown).toContain('Create server');
  });
});

describe('at 60 x 18, of a token', () => {
  it.each([
    [
      'dangerous',
      'Create a new token with custom scopes: only account, droplet, regions, ssh_key, tag.',
    ],
    [
      'missingScopes',
      'Make a new token with these five groups ticked: account, droplet, regions, ssh_key, tag.',
    ],
    [
      'expired',
      'with custom scopes: tick account, droplet, regions, ssh_key, tag and nothing else.',
    ],
    [
      'locked',
      'see https://cloud.digitalocean.com/account/billing, or ask DigitalOcean’s support.',
    ],
    [
      'fullAccess',
      'Create a new token with custom scopes: only account, droplet, regions, ssh_key, tag.',
    ],
  ] as const)('what to do is in view: %s', async (name, hint) => {
    expect(await words(await checking(SANDBOX_TOKENS[name].token))).toContain(hint);
  });

  it('what there is no room for is read by Tab and Down', async () => {
    const program = await checking(SANDBOX_TOKENS.legacyFullAccess.token);
    const { check } = program.app.store.state.wizard!.token;
    if (check.state !== 'checked') throw new Error('not checked');
    const missing = Array.from({ length: 30 }, (_, index) => `droplet:something_${index}`);
    program.app.store.dispatch({ type: 'token-checking', source: 'entered' });
    program.app.store.dispatch({
      type: 'token-checked',
      report: { ...check.report, missing, dangerous: ['api:write'] },
    });
    const last =
      'Create a new token with custom scopes: only account, droplet, regions, ssh_key, tag.';
    expect(await words(program)).not.toContain(last);
    await program.press('tab', 'tab', 'end');
    expect(await words(program)).toContain(last);
  });
});

describe('at 60 x 18, of unlisted droplets', () => {
  it('all that the doctor says is read by Down', async () => {
    const world = new FakeWorld({ servers: [LAB, EDGE] });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    world.addDroplet({ ...droplet(7), name: 'portlama-lost', publicIpv4: '198.51.100.23' });
    const program = await startProgram(world, SMALL);
    await world.clock.pass(6_000);
    await program.press('D');
    expect(await words(program)).toContain('3 things need attention. Press r to');
    await program.press(...Array<string>(15).fill('j'));
    expect(await words(program)).toContain(
      '1 unlisted droplet costs $4/month; 2 servers have no droplet',
    );
    await program.press('end');
    expect(await words(program)).toContain('Terminal ✔ 256 colours, UTF-8');
    await program.press('escape');
    expect(await words(program)).not.toContain('Doctor');
  });
});
