import type { ActionContext } from './actions/context.js';
import { askToDestroy } from './actions/destroy.js';
import { goBack, interrupt, leave, openOverlay } from './actions/navigation.js';
import {
  askToCancel,
  askToCleanUp,
  attachOperation,
  dismissOperation,
  resumeOperation,
  askToRetry,
  saveLog,
} from './actions/provisioning.js';
import { openAddServer, submitAddServer } from './actions/add-server.js';
import { copyPanelUrl, openPanel, showAccess } from './actions/panel.js';
import { askToRestore } from './actions/restore.js';
import { refreshByKey, setActive } from './actions/servers.js';
import { showStore } from './actions/secret-store.js';
import { askToAdopt, askToDestroyStray } from './actions/strays.js';
import { showCertificate } from './actions/trust.js';
import {
  createServer,
  nextWizardStep,
  openWizard,
  previousWizardStep,
  remeasureRegions,
} from './actions/wizard.js';
import type { CommandId } from './keys/commands.js';
import type { KeyScope } from './keys/scope.js';
import { findOperation, findRow } from './server-rows.js';
import { currentRoute } from './state.js';

type Command = (context: ActionContext, scope: KeyScope) => void | Promise<void>;

/** What each command does. Those that are not here are the screen's own (scroll, filter, focus). */
export const COMMANDS: Readonly<Partial<Record<CommandId, Command>>> = {
  back: goBack,
  leave,
  interrupt,
  help: (context) => openOverlay(context, 'help'),
  palette: (context) => openOverlay(context, 'palette'),
  'activity-log': (context) => openOverlay(context, 'activity-log'),
  doctor: (context) => openOverlay(context, 'doctor'),
  secrets: showStore,
  'servers.open': openRow,
  'servers.create': openWizard,
  'servers.add': openAddServer,
  'servers.panel': ofSelected(openPanel),
  'servers.access': ofSelected(showAccess),
  'servers.certificate': ofSelected(showCertificate),
  'servers.restore': askToRestore,
  'servers.copy-url': ofSelected(copyPanelUrl),
  'servers.destroy': destroyRow,
  'servers.adopt': ofSelected(askToAdopt),
  'servers.refresh': refreshByKey,
  'servers.sandbox': ({ store }) => store.dispatch({ type: 'exit', reason: 'try-sandbox' }),
  'add-server.submit': submitAddServer,
  'wizard.next': nextWizardStep,
  'wizard.back': previousWizardStep,
  'wizard.measure': remeasureRegions,
  'wizard.create': createServer,
  'provisioning.background': leave,
  'provisioning.cancel': ofShown(askToCancel),
  'provisioning.retry': ofShown(askToRetry),
  'provisioning.resume': ofShown(resumeOperation),
  'provisioning.clean-up': ofShown(askToCleanUp),
  'provisioning.dismiss': ofShown(dismissOperation),
  'provisioning.save-log': ofShown(saveLog),
  'provisioning.panel': ofMade(openPanel),
  'provisioning.copy-url': ofMade(copyPanelUrl),
};

type OfId = (context: ActionContext, id: string) => void | Promise<void>;

function ofSelected(action: OfId): Command {
  return (context, { selected }) =>
    selected === undefined ? undefined : action(context, selected);
}

/** Of the provisioning on screen. */
function ofShown(action: OfId): Command {
  return (context, { state }) => {
    const route = currentRoute(state);
    return route.screen === 'provisioning' ? action(context, route.operationId) : undefined;
  };
}

/** Of the server that the provisioning on screen made. */
function ofMade(action: OfId): Command {
  return ofShown((context, operationId) => {
    const server = findOperation(context.store.state, operationId)?.server;
    return server === undefined ? undefined : action(context, server.id);
  });
}

function openRow(context: ActionContext, { state, selected }: KeyScope): void | Promise<void> {
  const row = findRow(state, selected);
  if (row === undefined) return;
  if (row.kind === 'server') return setActive(context, row.id);
  if (row.kind === 'stray') askToAdopt(context, row.id);
  else attachOperation(context, row.id);
}

function destroyRow(context: ActionContext, { state, selected }: KeyScope): void {
  const row = findRow(state, selected);
  if (row?.kind === 'stray') askToDestroyStray(context, row.id);
  else if (row !== undefined) askToDestroy(context, row.id);
}
