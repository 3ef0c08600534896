import { goBack } from '../../app/actions/navigation.js';
import { copyPanelUrl, openPanel } from '../../app/actions/panel.js';
import {
  changeDomain,
  checkOrRetry,
  copyRecord,
  copyRecords,
  submitSetUp,
  whyNotSubmit,
} from '../../app/actions/set-up.js';
import type { SetUpDraft } from '../../app/form-state.js';
import { currentRoute } from '../../app/state.js';
import type { Call, Command, KeyScope } from '../shell/command.js';

/** Set-up of a server's domain. */
export const SET_UP: readonly Command[] = [
  {
    id: 'set-up.submit',
    keys: ['enter'],
    context: 'set-up-form',
    label: 'set up',
    description: 'Continue to the DNS records; you type the domain again first',
    priority: 10,
    disabled(scope) {
      const draft = draftOf(scope);
      if (draft === undefined) return 'There is no set-up.';
      return draft.isBusy ? 'One moment…' : whyNotSubmit(draft);
    },
    run: ofShown((work, id) => submitSetUp(work, id)),
  },
  {
    id: 'back',
    keys: ['escape'],
    context: 'set-up-form',
    label: 'later',
    description: 'Close without setting anything up',
    priority: 50,
    unnamed: true,
    run: ({ work }) => goBack(work),
  },
  {
    id: 'set-up.done',
    keys: ['enter'],
    context: 'set-up',
    label: 'done',
    description: 'Close the result; asks first, as the second factor is shown once',
    priority: 10,
    hidden: unless(({ step }) => step === 'done'),
    run: ({ work }) => goBack(work),
  },
  {
    id: 'set-up.panel',
    keys: ['p'],
    context: 'set-up',
    label: 'panel',
    description: 'Open the admin panel',
    priority: 15,
    hidden: unless(({ step }) => step === 'done'),
    run: ofShown((work, id) => openPanel(work, id)),
  },
  {
    id: 'set-up.copy',
    keys: ['y'],
    context: 'set-up',
    label: (scope) => (draftOf(scope)?.step === 'done' ? 'copy url' : 'copy record'),
    description: 'Copy the selected DNS record, later the panel’s address',
    priority: 20,
    hidden: unless(({ step }) => step === 'dns' || step === 'done'),
    disabled: (scope) => (draftOf(scope)?.step === 'dns' ? whyNotCopy(scope) : undefined),
    run: ofShown((work, id) =>
      work.store.state.setUps[id]?.step === 'done' ? copyPanelUrl(work, id) : copyRecord(work, id),
    ),
  },
  {
    id: 'set-up.copy-all',
    keys: ['Y'],
    context: 'set-up',
    label: 'both',
    description: 'Copy both DNS records as one line',
    priority: 22,
    hidden: unless(({ step }) => step === 'dns'),
    disabled: whyNotCopy,
    run: ofShown((work, id) => copyRecords(work, id)),
  },
  {
    id: 'set-up.again',
    keys: ['r'],
    context: 'set-up',
    label: (scope) => (draftOf(scope)?.isBusy === true ? 'check now' : 'retry'),
    description: 'Check the DNS now; after a failure try again',
    priority: 12,
    hidden: unless(({ step, isBusy }) => (isBusy ? step === 'dns' : step !== 'done')),
    run: ofShown((work, id) => checkOrRetry(work, id)),
  },
  {
    id: 'set-up.change',
    keys: ['e'],
    context: 'set-up',
    label: 'other domain',
    description: 'Stop the wait for DNS, and enter another domain',
    priority: 25,
    hidden: unless(({ step }) => step === 'dns'),
    run: ofShown((work, id) => changeDomain(work, id)),
  },
  {
    id: 'back',
    keys: ['escape'],
    context: 'set-up',
    label: (scope) => (draftOf(scope)?.step === 'done' ? 'close' : 'later'),
    description: 'Leave; its set-up continues in the background',
    priority: 50,
    unnamed: true,
    run: ({ work }) => goBack(work),
  },
];

function draftOf({ state }: KeyScope): SetUpDraft | undefined {
  const id = shownId(state);
  return id === undefined ? undefined : state.setUps[id];
}

function whyNotCopy(scope: KeyScope): string | undefined {
  return draftOf(scope)?.dns === undefined ? 'The records are not known yet.' : undefined;
}

function shownId(state: KeyScope['state']): string | undefined {
  const route = currentRoute(state);
  return route.screen === 'set-up' ? route.serverId : undefined;
}

/** Hides a key of another part of the set-up; the list of all keys, where there is none, has them all. */
function unless(applies: (draft: SetUpDraft) => boolean): (scope: KeyScope) => boolean {
  return (scope) => {
    const draft = draftOf(scope);
    return draft !== undefined && !applies(draft);
  };
}

function ofShown(action: (work: Call['work'], id: string) => void | Promise<void>): Command['run'] {
  return ({ work, state }) => {
    const id = shownId(state);
    return id === undefined ? undefined : action(work, id);
  };
}
