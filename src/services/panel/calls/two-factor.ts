import { z } from 'zod';
import type { PanelCaller } from './caller.js';

const PATH = '/api/settings/2fa';
/** Not lenient: a panel that does not say it must not pass for one without. */
const STATE = z.object({ enabled: z.boolean() });
const SET_UP = z.object({
  uri: z.string().startsWith('otpauth://'),
  manualKey: z.string().min(1),
});

/** Second factor of the panel itself. Each code works once, and five wrong ones lock everybody out. */
export function twoFactorCalls(caller: PanelCaller) {
  return {
    isOn: async (signal?: AbortSignal): Promise<boolean> =>
      (await caller.read(STATE, 'GET', PATH, { signal })).enabled,
    /** Both are secrets, in this answer only. Changes nothing before `confirm`. */
    setUp: (signal?: AbortSignal): Promise<z.output<typeof SET_UP>> =>
      caller.read(SET_UP, 'POST', `${PATH}/setup`, { signal }),
    /** Turns it on, and closes the panel's port of the address. */
    confirm: async (code: string, signal?: AbortSignal): Promise<void> => {
      await caller.send('POST', `${PATH}/confirm`, { body: { code }, signal });
    },
    /** Needs a code of its own, besides the one that opened the panel. */
    turnOff: async (code: string, signal?: AbortSignal): Promise<void> => {
      await caller.send('POST', `${PATH}/disable`, { body: { code }, signal });
    },
  };
}
