import { messageOf, PortlamaError } from '../core/errors.js';
import type { Event } from '../core/event.js';
import { toDisposable } from '../core/lifecycle.js';
import type { OpenedPanel } from '../services/panel/connect-panel.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Resource, StepData } from '../services/provisioning/journal/records.js';
import { type UpkeepStepId, UPKEEP_STEPS } from '../services/provisioning/steps/index.js';
import type { UpkeepEnd, UpkeepRun } from '../services/provisioning/worker/upkeep.js';
import { lineText } from '../words/question.js';
import type { Face } from './face.js';
import type { OnboardingWatch } from './onboard-watch.js';
import type { Services, Work } from './work.js';

export interface UpkeepPorts {
  readonly services: Services;
  /** Session of a panel with a second factor. */
  readonly session: string | undefined;
  /** Fires when what waits is to look at once. */
  readonly onWake: Event<void>;
}

/** Surroundings of work on a server in its worker. */
export interface Performing {
  readonly run: UpkeepRun;
  /** Writes to the journal, and asks no questions. */
  readonly work: Work;
  /** Begins a step, and ends it when `act` has; `output` is kept with its end. */
  readonly step: <T>(
    id: UpkeepStepId,
    act: () => Promise<T>,
    output?: (result: T) => StepData,
  ) => Promise<T>;
  readonly watch: OnboardingWatch;
  /** Sleeps for so long, or until the person wants a look now. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Work on a server that exists, in its worker. */
export async function performUpkeep(run: UpkeepRun, ports: UpkeepPorts): Promise<UpkeepEnd> {
  const { request } = run;
  const performing = performingOf(run, ports);
  switch (request.kind) {
    case 'onboard': {
      const { performOnboarding } = await import('./perform-onboarding.js');
      return await performOnboarding(request, performing);
    }
    case 'update': {
      const { performUpdate } = await import('./perform-update.js');
      return await performUpdate(request, performing);
    }
    case 'renew': {
      const { performRenewal } = await import('./perform-renewal.js');
      return await performRenewal(request, performing);
    }
    case 'bind': {
      const { performBinding } = await import('./perform-binding.js');
      return await performBinding(request, performing);
    }
    case 'recover': {
      const { performRecovery } = await import('./perform-recovery.js');
      return await performRecovery(request, performing);
    }
  }
}

/** Takes away what work that ends without success made on its server. Resolves to what is left. */
export async function endUpkeep(run: UpkeepRun, ports: UpkeepPorts): Promise<readonly Resource[]> {
  const { request } = run;
  if (request.kind === 'bind') {
    const { endBinding } = await import('./perform-binding.js');
    return await endBinding(request, performingOf(run, ports));
  }
  if (request.kind !== 'recover') return [];
  const { endRecovery } = await import('./perform-recovery.js');
  return await endRecovery(request, performingOf(run, ports));
}

function performingOf(run: UpkeepRun, ports: UpkeepPorts): Performing {
  const { write, signal } = run;
  const { services, session, onWake } = ports;
  const { clock, environment } = services;
  let current: UpkeepStepId = UPKEEP_STEPS[run.request.kind][0].id;
  /** Reason for the current wait, as last journaled. */
  let waitingFor: string | undefined;
  /** Shows what may be lost: what must not be fails the next step. */
  const tell: UpkeepRun['write'] = (entry) => write(entry).catch(() => undefined);
  const face: Face = {
    progress(text) {
      if (text !== undefined && text !== waitingFor)
        void tell({ event: 'waiting', step: current, text });
      waitingFor = text;
    },
    say(line, tone) {
      const marked = tone === 'ok' || tone === 'warn' ? { tone } : {};
      void tell({ event: 'log', step: current, text: lineText(line, environment), ...marked });
    },
    hold: () => toDisposable(() => undefined),
    follow: () => toDisposable(() => undefined),
    instruct(instruction) {
      void tell({ event: 'instruct', step: current, ...instruction });
      return toDisposable(() => undefined);
    },
    confirm: asksNobody,
    ask: asksNobody,
    choose: asksNobody,
    secret: asksNobody,
  };
  return {
    run,
    work: {
      ...services,
      face,
      signal,
      news: () => undefined,
      openPanelApi: async (server, until, evenDead) =>
        await joinSession(
          await services.openPanelApi(server, until, evenDead),
          server,
          session,
          until,
        ),
    },
    async step(id, act, output = () => ({})) {
      current = id;
      waitingFor = undefined;
      await write({ event: 'step', step: id, status: 'running' });
      const result = await act();
      await write({ event: 'step', step: id, status: 'done', data: output(result) });
      return result;
    },
    watch: journalWatch(tell),
    async pause(ms, until) {
      const woken = new AbortController();
      const waking = onWake(() => woken.abort());
      try {
        await clock.sleep(ms, AbortSignal.any([until, woken.signal]));
      } catch (error) {
        if (!woken.signal.aborted || until.aborted) throw error;
      } finally {
        waking.dispose();
      }
    },
  };
}

function journalWatch(tell: UpkeepRun['write']): OnboardingWatch {
  let last = '';
  return {
    report(news) {
      if (news.part === 'install') {
        void tell({ event: 'tasks', tasks: news.tasks });
        return;
      }
      const said = JSON.stringify({ ...news.dns, at: 0 });
      void tell(said === last ? { event: 'looked' } : { event: 'names', look: news.dns });
      last = said;
    },
  };
}

/** Opens a panel with the session that a person opened it with. */
async function joinSession(
  opened: OpenedPanel,
  { label }: ServerEntry,
  session: string | undefined,
  signal: AbortSignal,
): Promise<OpenedPanel> {
  const { api, wantsCode } = opened;
  if (!wantsCode) return opened;
  try {
    if (session === undefined) throw new Error('no code was given');
    api.join(session);
    await api.onboarding(signal);
    return { api, wantsCode: false };
  } catch (error) {
    api.close();
    throw new PortlamaError({
      code: 'panel-two-factor',
      message: `The panel of ${label} asks for the code of its second factor: ${messageOf(error)}.`,
      hint: 'Resume it, and give a code.',
      cause: error,
    });
  }
}

function asksNobody(): Promise<never> {
  return Promise.reject(new Error('A worker cannot ask for a code.'));
}
