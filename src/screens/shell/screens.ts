import type { OverlayName, Route } from '../../app/state.js';
import { createAddServerScreen } from '../add-server/add-server.screen.js';
import { createWizardScreen } from '../create-server/create-server.screen.js';
import { createProvisioningScreen } from '../provisioning/provisioning.screen.js';
import { createServerScreen } from '../server/server.screen.js';
import { serverDetails } from '../servers/details.view.js';
import { createSetUpScreen } from '../set-up/set-up.screen.js';
import { SERVERS } from '../servers/servers.keys.js';
import { createTeamScreen } from '../team/team.screen.js';
import { createServersScreen } from '../servers/servers.screen.js';
import type { Dialog } from '../../app/dialogs.js';
import type { Disposable } from '../../core/lifecycle.js';
import type { Frame } from '../../widgets/frame.js';
import { createActivityLog } from '../activity-log/activity-log.screen.js';
import { createDialog, createEntry, createPassphrase } from '../overlays/dialog.js';
import { createDoctor } from '../overlays/doctor.js';
import { createHelp, createPalette } from '../overlays/palette.js';
import { createSort } from '../servers/sort.overlay.js';
import type { Modal, Screen, ScreenContext } from './screen.js';
import type { KeyScope } from './command.js';

/** The one place where a route becomes a screen. */
export function createScreen(route: Route, context: ScreenContext): Screen {
  switch (route.screen) {
    case 'servers':
      return createServersScreen(context);
    case 'create-server':
      return createWizardScreen(context);
    case 'add-server':
      return createAddServerScreen(context);
    case 'server':
      return createServerScreen(context, {
        serverId: route.serverId,
        details: serverDetails,
        commands: SERVERS,
      });
    case 'team':
      return createTeamScreen(context, route.serverId);
    case 'provisioning':
      return createProvisioningScreen(context, route.operationId);
    case 'set-up':
      return createSetUpScreen(context, route.serverId);
  }
}

/** Screens of the routes that are open: those below keep their cursor while another is on top. */
export class ScreenStack {
  private open: readonly { readonly route: Route; readonly screen: Screen }[] = [];

  constructor(private readonly context: ScreenContext) {}

  /** Opens and closes screens to match the routes; returns the one on top. */
  sync(routes: readonly Route[]): Screen {
    const kept = this.open.filter(({ route }, index) => routes[index] === route);
    const closed = this.open.filter((entry) => !kept.includes(entry));
    for (const { screen } of [...closed].reverse()) screen.dispose();
    const opened = routes
      .slice(kept.length)
      .map((route) => ({ route, screen: createScreen(route, this.context) }));
    this.open = [...kept, ...opened];
    return this.open.at(-1)!.screen;
  }

  dispose(): void {
    for (const { screen } of [...this.open].reverse()) screen.dispose();
    this.open = [];
  }
}

interface Open extends Modal {
  readonly key: string;
  readonly onFrame: Disposable;
}

/** Overlays above the screen: help, palette, logs, questions. Follows the state. */
export class Modals implements Disposable {
  private open: readonly Open[] = [];

  constructor(
    private readonly frame: Frame,
    private readonly context: ScreenContext,
  ) {}

  /** Opens and closes overlays to match the state. */
  sync(scope: KeyScope): void {
    const { overlay, dialogs } = scope.state;
    const wanted = [
      ...(overlay === undefined ? [] : [overlay]),
      ...dialogs.slice(0, 1).map(({ id }) => `dialog ${id}`),
    ];
    const kept = this.open.filter(({ key }, index) => wanted[index] === key);
    for (const gone of this.open.filter((entry) => !kept.includes(entry)).reverse()) close(gone);
    const opened = wanted.slice(kept.length).map((key) => this.openOne(key, scope));
    this.open = [...kept, ...opened];
    for (const modal of this.open) modal.show?.(scope.state);
  }

  dispose(): void {
    for (const modal of [...this.open].reverse()) close(modal);
    this.open = [];
  }

  private openOne(key: string, scope: KeyScope): Open {
    const dialog = scope.state.dialogs.find(({ id }) => `dialog ${id}` === key);
    const made =
      dialog === undefined
        ? this.createOverlay(key as OverlayName, scope)
        : this.createDialog(dialog);
    return { key, ...made, onFrame: this.frame.open(made.overlay) };
  }

  private createDialog(dialog: Dialog): Modal {
    if (dialog.kind === 'entry') return createEntry(this.context, dialog);
    return dialog.kind === 'passphrase'
      ? createPassphrase(this.context, dialog)
      : createDialog(this.context, dialog);
  }

  private createOverlay(name: OverlayName, scope: KeyScope): Modal {
    const made = this.makeOverlay(name, scope);
    made.overlay.onClose(() => {
      // A choice may have closed it already, and opened another.
      if (this.open.some(({ overlay }) => overlay === made.overlay))
        this.context.app.closeOverlay();
    });
    return made;
  }

  private makeOverlay(name: OverlayName, scope: KeyScope): Modal {
    switch (name) {
      case 'help':
        return { overlay: createHelp(this.context, scope) };
      case 'palette':
        return { overlay: createPalette(this.context, scope) };
      case 'sort':
        return { overlay: createSort(this.context, scope) };
      case 'activity-log':
        return createActivityLog(this.context);
      case 'doctor':
        return createDoctor(this.context);
    }
  }
}

function close({ onFrame, overlay, content }: Open): void {
  onFrame.dispose();
  overlay.dispose();
  content?.dispose();
}
