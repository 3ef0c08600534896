import { expect, it } from 'vitest';
import { apiError } from '../../src/services/panel/panel-api-error.js';
import type { OpenedPanel } from '../../src/services/panel/connect-panel.js';
import type { PanelApi } from '../../src/services/panel/panel-api.js';
import { EDGE, FakeWorld } from '../app/fakes/fake-world.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

const KEY = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const NAMED = 'https://panel.lab.example.com';
const SESSION = 'portlama_2fa_session=made-up';
const RIGHT = '123456';
const NOTHING: (session: string) => void = () => undefined;

/** A panel whose second factor takes one code, and says every change that it is asked for. */
class FactorPanel {
  readonly sent: string[] = [];
  isOn = false;
  constructor(private readonly status = 'COMPLETED') {}

  open(): OpenedPanel {
    const take = (what: string, code: string): void => {
      this.sent.push(`${what} ${code}`);
      if (code !== RIGHT) throw apiError('panel', 401, '{"error":"Invalid TOTP code"}', undefined);
    };
    let isJoined = !this.isOn;
    const told = {
      panelUrl: NAMED,
      onSession: NOTHING,
      onboarding: async () => {
        if (!isJoined) throw apiError('panel', 401, '{"error":"2fa_required"}', undefined);
        return { status: this.status, domain: 'lab.example.com' };
      },
      join: (session: string): void => void (isJoined = session === SESSION),
      async enterCode(code: string) {
        take('verify', code);
        isJoined = true;
        told.onSession(SESSION);
      },
      twoFactor: {
        isOn: async () => this.isOn,
        setUp: async () => {
          this.sent.push('setup');
          const name = 'Portlama%20Panel';
          const rest = `secret=${KEY}&issuer=${name}&algorithm=SHA1&digits=6&period=30`;
          return { uri: `otpauth://totp/${name}:admin?${rest}`, manualKey: KEY };
        },
        confirm: async (code: string) => {
          take('confirm', code);
          this.isOn = true;
          told.onSession(SESSION);
        },
        turnOff: async (code: string) => {
          take('disable', code);
          this.isOn = false;
        },
      },
      close: () => undefined,
    };
    return { api: told as unknown as PanelApi, wantsCode: this.isOn };
  }
}

async function onPage(panel: FactorPanel): Promise<RunningProgram> {
  const world = new FakeWorld({ servers: [EDGE] });
  world.openPanelApi = async () => panel.open();
  const program = await startProgram(world, { columns: 80, rows: 24 });
  await program.press('enter');
  await expect.poll(() => program.text()).toContain('├ Latency');
  return program;
}

const sees = (program: RunningProgram, text: string | RegExp): Promise<void> =>
  expect.poll(() => program.text()).toMatch(text);

it('turns the second factor on with a code that is shown once, says a wrong code, and turns it off', async () => {
  const panel = new FactorPanel();
  const program = await onPage(panel);
  await program.press('F');
  await sees(program, 'Turn the second factor of the panel of fra1-edge on?');
  expect(await program.text()).toContain('at its domain only: port 9292 of its IP');
  await program.press('right', 'enter');
  await sees(program, 'Second factor of fra1-edge');
  // Whole beside the text, in a terminal of this size.
  const shown = await program.text();
  expect(shown).toContain(KEY);
  expect(shown).toContain('Enter code');
  expect(shown.match(/[█▀▄]{3}/g)!.length).toBeGreaterThan(20);
  await program.press('right', 'right', 'enter');
  await sees(program, 'Type the code that the app shows now');
  await program.type('000000');
  await program.press('enter');
  await sees(program, /4 more lock everyone\s+.*out/);
  await program.type(RIGHT);
  await program.press('enter');
  await sees(program, 'The second factor of the panel of fra1-edge is on.');
  expect(panel.sent).toEqual(['setup', 'confirm 000000', `confirm ${RIGHT}`]);
  const [listed] = await program.world.registry.list();
  expect(listed).toMatchObject({ panelUrl: NAMED });
  const kept = JSON.stringify([program.app.store.state, program.world.logged]);
  for (const secret of [KEY, SESSION]) expect(kept).not.toContain(secret);

  // The session of that code opens it: only turning it off takes another.
  await program.press('F');
  await sees(program, 'Turn the second factor of the panel of fra1-edge off?');
  await program.press('right', 'enter');
  await sees(program, 'to turn the second factor off');
  await program.type(RIGHT);
  await program.press('enter');
  await expect.poll(() => panel.isOn).toBe(false);
  expect(panel.sent.slice(3)).toEqual([`disable ${RIGHT}`]);
});

it('changes nothing when its code is left', async () => {
  const panel = new FactorPanel();
  const program = await onPage(panel);
  await program.press('F');
  await sees(program, 'fra1-edge on?');
  await program.press('right', 'enter');
  await sees(program, KEY);
  await program.press('escape');
  await sees(program, '├ Latency');
  expect(panel.sent).toEqual(['setup']);
});

it('is said to come after the set-up, and is no failure before', async () => {
  const program = await onPage(new FactorPanel('FRESH'));
  await program.press('F');
  await sees(program, 'Second factor of the panel of fra1-edge: not available before its set-up.');
  expect(program.app.store.state.dialogs).toEqual([]);
});
