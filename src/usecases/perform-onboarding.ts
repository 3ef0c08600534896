import { InputError, messageOf } from '../core/errors.js';
import { PanelApiError } from '../services/panel/panel-api-error.js';
import type { Onboarding } from '../services/panel/panel-bodies.js';
import type { UpkeepRequest } from '../services/provisioning/journal/records.js';
import type { UpkeepEnd } from '../services/provisioning/worker/upkeep.js';
import { waitForDns } from './onboard-dns.js';
import { install } from './onboard-install.js';
import { isPasswordKept, keepPassword, saveDomain } from './onboard-login.js';
import { openPanelFor } from './open-panel-for.js';
import type { Performing } from './perform-upkeep.js';
import { requireServer } from './servers.js';

type Request = Extract<UpkeepRequest, { kind: 'onboard' }>;

/**
 * Leads a panel from its own state to an installation whose password is stored. The second factor, which is shown once,
 * is left to the program that follows.
 */
export async function performOnboarding(
  request: Request,
  { work, run, step, watch, pause }: Performing,
): Promise<UpkeepEnd> {
  const { domainName: domain, address, dnsWaitMs: patienceMs } = request;
  const server = await requireServer(work, request.serverId);
  const api = await openPanelFor(server, work);
  try {
    const state = await api.onboarding(work.signal);
    if (state.domain?.toLowerCase() !== domain) throw otherDomain(server.label, state.domain);
    const target = { server, domain, address, watch, patienceMs, pause };
    // The panel no longer checks DNS once another machine continues the set-up.
    const unlessBegun = async (error: unknown): Promise<void> => {
      if (!(error instanceof PanelApiError) || !isBegun(await api.onboarding(work.signal)))
        throw error;
    };
    if (!isBegun(state))
      await step('await_dns', () =>
        waitForDns({ ...target, asksPanel: true }, api, work).catch(unlessBegun),
      );
    const hasFailed = run.history.some(
      (record) => record.event === 'error' && record.code === 'onboarding-failed',
    );
    // A run that failed is resumed only by a person who saw that.
    const again = request.again || hasFailed;
    const beforeAgain = () => waitForDns({ ...target, asksPanel: false }, api, work);
    const installed =
      state.status === 'COMPLETED'
        ? { password: undefined, isSeen: false, isRepeated: again }
        : await step('install_panel', async () => {
            const onboarding = { domain, stage: 'installing' } as const;
            await work.changeServerMeta(server.id, { onboarding });
            return await install(server, api, { again, beforeAgain, watch }, work);
          });
    return await step('keep_login', async () => {
      work.face.progress('Storing the password');
      // One that was removed from the list meanwhile leaves no secret.
      await requireServer(work, server.id);
      const { password, isSeen } = installed;
      // One that another machine may have is replaced only by a person who is asked.
      const isOurs = isSeen || (await isPasswordKept(server, work));
      const isReplaced = isOurs && (await keepPassword(server, password, api, work)).isReplaced;
      const onboarding = { domain, stage: 'installing', isReplaced } as const;
      await work.changeServerMeta(server.id, { onboarding });
      if ((installed.isRepeated || hasFailed) && !isReplaced)
        await api.restartService('authelia', work.signal).catch((error: unknown) => {
          work.face.say(
            `Authelia could not be restarted, so it may not know its password yet: ${messageOf(error)}`,
            'warn',
          );
        });
      const saved = await saveDomain(server, domain, work);
      return { server: saved.server, facts: { domain, isReplaced } };
    });
  } finally {
    api.close();
  }
}

function isBegun({ status }: Onboarding): boolean {
  return status === 'PROVISIONING' || status === 'COMPLETED';
}

function otherDomain(label: string, has: string | undefined): InputError {
  return new InputError({
    code: 'domain-changed',
    message: `${label} was given another domain meanwhile: ${has ?? 'none'}.`,
    hint: 'Start its set-up again.',
  });
}
