import { panelAddress } from '../core/domain.js';
import { InputError } from '../core/errors.js';
import type { ServerEntry } from '../services/registry/registry.js';
import {
  CONFIRM_LINES,
  factorOffQuestion,
  factorOnQuestion,
  type FactorSecrets,
  SECOND_CODE_LINES,
  turnedOffText,
  turnedOnText,
} from '../words/two-factor.js';
import { onPanel, sendOnce, type SetUpPanel } from './on-panel.js';
import { openPanelFor, sendCode } from './open-panel-for.js';
import { requireServer } from './servers.js';
import type { Work } from './work.js';

const FACTOR = { what: 'Second factor of the panel' };

export type { FactorSecrets };

export interface FactorState {
  readonly server: ServerEntry;
  readonly isOn: boolean;
}

export async function showTwoFactor(wanted: string, work: Work): Promise<FactorState> {
  const wish = { ...FACTOR, isLook: true };
  return await onPanel(wanted, wish, work, async ({ server, api }) => ({
    server,
    isOn: await api.twoFactor.isOn(work.signal),
  }));
}

/**
 * Turns the panel's second factor on, once its first code came back. It closes the port of the address, so the panel
 * has to answer at its name before, and the list leads there.
 */
export async function turnOnTwoFactor(
  wanted: string,
  show: (secrets: FactorSecrets) => Promise<void> | void,
  work: Work,
): Promise<ServerEntry> {
  return await onPanel(wanted, FACTOR, work, async (panel) => {
    const { server, domain } = panel;
    const { face, signal } = work;
    if (await panel.api.twoFactor.isOn(signal)) throw isOnAlready(server);
    await face.confirm(factorOnQuestion(server));
    const named = { ...server, domain, panelUrl: panelAddress(domain) };
    const api = await openPanelFor(named, work);
    try {
      if (new URL(api.panelUrl).href !== new URL(named.panelUrl).href)
        throw nameSilent(server, named.panelUrl);
      // Before it is on: an answer that is lost must not leave the list at an address that is closed.
      await keepAddress(named, work);
      const secrets = await api.twoFactor.setUp(signal);
      work.redactor.add(secrets.uri);
      work.redactor.add(secrets.manualKey);
      await show(secrets);
      const confirm = (code: string): Promise<void> =>
        switchTo(true, () => api.twoFactor.confirm(code, signal), { ...panel, api }, work);
      await sendCode(server, CONFIRM_LINES, confirm, work);
    } finally {
      api.close();
    }
    face.say(turnedOnText(server), 'ok');
    return named;
  });
}

/** Turns it off. The code that opened the panel does not count again: another one is asked for. */
export async function turnOffTwoFactor(wanted: string, work: Work): Promise<ServerEntry> {
  return await onPanel(wanted, FACTOR, work, async (panel) => {
    const { server, api } = panel;
    const { face, signal } = work;
    if (!(await api.twoFactor.isOn(signal))) throw isOffAlready(server);
    await face.confirm(factorOffQuestion(server));
    const turnOff = (code: string): Promise<void> =>
      switchTo(false, () => api.twoFactor.turnOff(code, signal), panel, work);
    await sendCode(server, SECOND_CODE_LINES, turnOff, work);
    work.panelSessions.delete(server.id);
    face.say(turnedOffText(server), 'ok');
    return server;
  });
}

/** Turns it on where it is off, and the other way round. */
export async function switchTwoFactor(
  wanted: string,
  show: (secrets: FactorSecrets) => Promise<void> | void,
  work: Work,
): Promise<ServerEntry> {
  const { isOn } = await showTwoFactor(wanted, work);
  return isOn ? await turnOffTwoFactor(wanted, work) : await turnOnTwoFactor(wanted, show, work);
}

/** Sends a code once: where its answer is lost, the panel is asked whether it took effect. */
async function switchTo(
  isOn: boolean,
  send: () => Promise<void>,
  panel: SetUpPanel,
  work: Work,
): Promise<void> {
  const { twoFactor } = panel.api;
  const change = {
    what: `Second factor ${isOn ? 'on' : 'off'}`,
    send: async () => {
      await send();
      return true;
    },
    look: async () => ((await twoFactor.isOn(work.signal)) === isOn ? true : undefined),
  };
  await sendOnce(change, panel, work);
}

/** Leads the list to the panel's name: its address does not answer while the factor is on. */
async function keepAddress({ id, domain, panelUrl }: ServerEntry, work: Work): Promise<void> {
  const listed = await requireServer(work, id);
  if (listed.panelUrl === panelUrl && listed.domain === domain) return;
  await work.registry.change(id, { panelUrl, ...(domain === undefined ? {} : { domain }) });
  work.news({ kind: 'servers-changed' });
}

function isOnAlready({ label }: ServerEntry): InputError {
  return new InputError({
    code: 'two-factor-on',
    message: `The second factor of the panel of ${label} is already on.`,
    hint: 'For another authenticator app turn it off, and on again.',
  });
}

function isOffAlready({ label }: ServerEntry): InputError {
  return new InputError({
    code: 'two-factor-off',
    message: `The second factor of the panel of ${label} is already off.`,
    hint: 'There is nothing to do.',
  });
}

function nameSilent({ label }: ServerEntry, panelUrl: string): InputError {
  return new InputError({
    code: 'panel-name-silent',
    message: `The panel of ${label} answers only at its IP address, which the second factor closes. Nothing was changed.`,
    hint: `It must answer at ${panelUrl} first: check the DNS of that name from this machine.`,
  });
}
