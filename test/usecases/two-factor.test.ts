import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import {
  type FactorSecrets,
  showTwoFactor,
  turnOffTwoFactor,
  turnOnTwoFactor,
} from '../../src/usecases/two-factor.js';
import type { SecretQuestion } from '../../src/words/question.js';
import { DOMAIN, totpCode } from '../contract/panel-world.js';
import { openPanel, panelServer, type PanelWork } from './panel-work.js';
import type { Answer } from './scripted-face.js';

const OFF = { confirm: 'Turn the second factor of the panel of fra1-edge off?' };
const ON = { confirm: 'Turn the second factor of the panel of fra1-edge on?' };
const NAMED = `https://panel.${DOMAIN}`;
/** Steps of 30 s that the panel's clock is ahead. */
let ahead = 0;
const clock = { ...systemClock, now: () => Date.now() + ahead * 30_000 };

async function open(...answers: readonly Answer[]): Promise<PanelWork> {
  ahead = 0;
  const here = await openPanel({}, '0.1.30', clock);
  await here.onboard();
  return await panelServer(here, [], answers);
}

/** A person who types the code that the app shows, each the next one. */
function typing(test: PanelWork, secrets: FactorSecrets[]): PanelWork['work'] {
  const secret = async (): Promise<string> => totpCode(secrets[0]!.manualKey, (ahead += 1));
  return {
    ...test.work,
    face: Object.assign(Object.create(test.face) as typeof test.face, { secret }),
  };
}

describe('the second factor of a panel', () => {
  it('is turned on with its first code, asked for once in a run, and turned off with another code', async () => {
    const test = await open(ON, OFF);
    const secrets: FactorSecrets[] = [];
    const work = typing(test, secrets);
    const { redactor } = test.world.ports;
    await turnOnTwoFactor('fra1-edge', (shown) => void secrets.push(shown), work);
    expect(test.face.said.join('\n')).not.toContain(secrets[0]!.manualKey);
    expect(redactor.clean(secrets[0]!.uri)).not.toContain(secrets[0]!.manualKey);
    expect(redactor.clean(secrets[0]!.manualKey)).not.toBe(secrets[0]!.manualKey);
    // The port of the address is closed now: the list leads to the name.
    const [listed] = await test.world.registry.list();
    expect(listed).toMatchObject({ panelUrl: NAMED, domain: DOMAIN });
    // The session of the first code opens it until this process ends.
    expect(await showTwoFactor('fra1-edge', test.work)).toMatchObject({ isOn: true });
    work.panelSessions.clear();
    expect(await showTwoFactor('fra1-edge', work)).toMatchObject({ isOn: true });
    await turnOffTwoFactor('fra1-edge', work);
    expect(ahead).toBe(3);
    expect([...work.panelSessions]).toEqual([]);
    expect(await showTwoFactor('fra1-edge', test.work)).toMatchObject({ isOn: false });
    const path = '/api/settings/2fa';
    expect(test.changes).toEqual([
      `POST ${path}/setup`,
      `POST ${path}/confirm`,
      `POST ${path}/verify`,
      `POST ${path}/disable`,
    ]);
  });

  it('is on and off though the answers to the codes are lost, and the list leads to where it answers', async () => {
    const test = await open(ON, OFF);
    const secrets: FactorSecrets[] = [];
    const work = typing(test, secrets);
    for (const name of ['confirm', 'disable']) {
      const path = `/api/settings/2fa/${name}`;
      const call = { kind: 'panel-call', method: 'POST', path, nth: 1, times: 1 } as const;
      const fault = { ...call, acts: true, trouble: 504 } as const;
      test.here.sandbox.controls.addDropletFault(fault, { dropletId: test.here.droplet.id });
    }
    await turnOnTwoFactor('fra1-edge', (shown) => void secrets.push(shown), work);
    const [listed] = await test.world.registry.list();
    expect(listed).toMatchObject({ panelUrl: NAMED, domain: DOMAIN });
    expect(await showTwoFactor('fra1-edge', work)).toMatchObject({ isOn: true });
    await turnOffTwoFactor('fra1-edge', work);
    expect(await showTwoFactor('fra1-edge', work)).toMatchObject({ isOn: false });
  });

  it('is never confirmed again by itself after a wrong code', async () => {
    const test = await open(ON, { secret: 'Code', text: '000000' });
    await expect(turnOnTwoFactor('fra1-edge', () => undefined, test.work)).rejects.toMatchObject({
      code: 'panel-code-wrong',
    });
    expect(test.changes).toEqual([
      'POST /api/settings/2fa/setup',
      'POST /api/settings/2fa/confirm',
    ]);
    const [listed] = await test.world.registry.list();
    // The panel answers there as well; the address closes once a code is right.
    expect(listed?.panelUrl).toBe(NAMED);
    test.face.finish();
  });

  it('asks for another code after a wrong one, with the factor that was shown, and counts them', async () => {
    const test = await open(ON);
    const secrets: FactorSecrets[] = [];
    const show = (shown: FactorSecrets): void => void secrets.push(shown);
    const asked: string[] = [];
    const typed = ['000000', '12', '000001', '000002', '000003'];
    const secret = async ({ lines = [] }: SecretQuestion): Promise<string> => {
      asked.push(lines.join('\n'));
      return typed.shift() ?? totpCode(secrets[0]!.manualKey, 0);
    };
    const face = Object.assign(Object.create(test.face) as typeof test.face, { secret });
    await turnOnTwoFactor('fra1-edge', show, { ...test.work, face });
    expect(secrets).toHaveLength(1);
    expect(asked[0]).not.toContain('wrong');
    expect(asked[1]).toMatch(/rejected the code[^]*1 wrong code .*4 more lock everyone out/);
    expect(asked[2]).toMatch(/six digits: nothing was sent[^]*1 wrong code .*4 more/);
    expect(asked[5]).toMatch(/4 wrong codes .*the next wrong one locks everyone out/);
    expect(test.changes.filter((call) => call.endsWith('/confirm'))).toHaveLength(5);
    expect((await test.work.readServerMeta(test.server.id)).wrongCodes).toBeUndefined();
  });

  it('stops at the fifth wrong code, also of several runs', async () => {
    const test = await open(ON, ON);
    const secret = async (): Promise<string> => '000000';
    const face = Object.assign(Object.create(test.face) as typeof test.face, { secret });
    const turnOn = () => turnOnTwoFactor('fra1-edge', () => undefined, { ...test.work, face });
    const wrongCodes = [3, 2, 1].map((seconds) => test.work.clock.now() - seconds * 1_000);
    await test.work.changeServerMeta(test.server.id, { wrongCodes: [0, ...wrongCodes] });
    await expect(turnOn()).rejects.toMatchObject({ code: 'panel-code-wrong' });
    expect(test.changes.filter((call) => call.endsWith('/confirm'))).toHaveLength(2);
  });

  it('takes nothing but six digits for a code, and sends nothing else', async () => {
    const test = await open();
    await test.here.turnOnTwoFactor();
    await test.world.registry.save({ ...test.server, panelUrl: NAMED });
    for (const text of ['', '12345', '1234567', 'abcdef']) {
      const secret = async ({ unlessTyped }: SecretQuestion): Promise<string> => {
        if (unlessTyped !== undefined) throw unlessTyped;
        return text;
      };
      const face = Object.assign(Object.create(test.face) as typeof test.face, { secret });
      await expect(showTwoFactor('fra1-edge', { ...test.work, face })).rejects.toMatchObject({
        code: 'code-malformed',
      });
    }
    expect(test.changes).toEqual([]);
  });

  it('is not turned on while the panel answers at its address alone', async () => {
    const test = await open(ON);
    const byAddress = test.world.openPanelApi!;
    // As connectPanel falls back to the address where the name leads nowhere.
    test.world.openPanelApi = (_server, signal) => byAddress(test.server, signal);
    await expect(turnOnTwoFactor('fra1-edge', () => undefined, test.work)).rejects.toMatchObject({
      code: 'panel-name-silent',
    });
    expect(test.changes).toEqual([]);
  });
});
